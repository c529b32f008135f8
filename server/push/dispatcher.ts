import type { Logger } from 'pino';
import { createAlarms } from './alarms.ts';
import type { Alert } from './alert.ts';
import { countAttempt, countDelivery, type PushCounters } from './counters.ts';
import { serviceOf } from './endpoint.ts';
import { createLanes } from './lanes.ts';
import { type Outcome, retryDelay } from './outcome.ts';
import type { PreferenceStore } from './preferences/store.ts';
import type { DuePush } from './queue.ts';
import type { Recipient, Recipients } from './recipients.ts';
import type { Fate, Settler } from './settler.ts';
import type { Subscription, SubscriptionStore } from './store.ts';
import type { Told } from './told.ts';
import type { AnySender } from './ways/sender.ts';

/** What a refusal that the operator has to mend is tried again after. */
const rejectedAgainMs = 15 * 60 * 1000;
/** A removal that Redis did not take. */
const unsavedAgainMs = 5000;

/** Whether somebody's own receiver is told, for which the operator does not answer. */
const isOwnReceiver = (to: Subscription) => 'way' in to && to.way !== 'email';

type DispatcherDeps = {
  recipients: Recipients;
  store: SubscriptionStore;
  preferences: Pick<PreferenceStore, 'holdBack'>;
  told: Told;
  sender: AnySender;
  settler: Settler;
  /** Called between two messages. */
  giveWay: () => void;
  logger: Logger;
  counters: PushCounters;
  now: () => number;
  /** Monotonic milliseconds. */
  clock: () => number;
  /** How long claimed pushes are ours, less the time that one attempt may take. */
  startWithinMs: number;
};

/** Sends claimed pushes, each host in its own lane, and decides what becomes of each. */
export function createDispatcher(deps: DispatcherDeps) {
  const { recipients, store, preferences, told, sender, settler, giveWay, logger, counters, now, clock } =
    deps;
  const lanes = createLanes({ clock });
  const sending = new Set<Promise<unknown>>();
  const alarms = createAlarms({ logger, clock, refusing: counters.refusing });

  /** Offers claimed pushes of one alert to their hosts. */
  async function dispatch(neighbourhoodId: string, seq: number, pushes: DuePush[]): Promise<void> {
    const startBefore = clock() + deps.startWithinMs;
    const alert = await recipients.getAlert(neighbourhoodId, seq);
    if (alert === null) {
      for (const push of pushes) settler.done(push);
      return;
    }
    if (!(await recipients.stillHolds(neighbourhoodId, alert))) {
      for (const push of pushes) settler.done(push, 'given-up', alert);
      return;
    }
    if (alert.besides.length === 0) return await tellOf(alert, neighbourhoodId, seq, pushes, startBefore);
    const devices = pushes.map(({ deviceId }) => deviceId);
    const before = await told.before(neighbourhoodId, alert.subject.id, devices);
    const isTold = ({ deviceId }: DuePush) => before.has(deviceId);
    await tellOf(alert, neighbourhoodId, seq, pushes.filter(isTold), startBefore);
    let others = pushes.filter((push) => !isTold(push));
    for (const beside of alert.besides) {
      if (others.length === 0) return;
      const devices = await recipients.devicesOf(neighbourhoodId, beside);
      const theirs = devices && new Set(devices.map(({ deviceId }) => deviceId));
      const isTheirs = ({ deviceId }: DuePush) => theirs === null || theirs.has(deviceId);
      await tellOf(beside, neighbourhoodId, seq, others.filter(isTheirs), startBefore);
      others = others.filter((push) => !isTheirs(push));
    }
    for (const push of others) settler.done(push);
  }

  async function tellOf(
    alert: Alert,
    neighbourhoodId: string,
    seq: number,
    offered: DuePush[],
    startBefore: number,
  ): Promise<void> {
    if (offered.length === 0) return;
    // Before anything is counted or held back for them: what they are told by another entry is no news.
    const devices = offered.map(({ deviceId }) => deviceId);
    const elsewhere = alert.inSteps
      ? await told.byOther(neighbourhoodId, alert.subject.id, seq, devices)
      : new Set();
    for (const push of offered) if (elsewhere.has(push.deviceId)) settler.done(push);
    const pushes = offered.filter(({ deviceId }) => !elsewhere.has(deviceId));
    const found = await recipients.resolve(
      neighbourhoodId,
      alert,
      pushes.map(({ deviceId }) => deviceId),
    );
    const willing = pushes.filter((_, i) => found[i]?.kind === 'tell').map(({ deviceId }) => deviceId);
    const toTell = alert.inSteps
      ? await told.ofEntry(neighbourhoodId, alert.subject.id, seq, willing)
      : willing;
    if (alert.kept === 'alert') {
      // Whoever is told something in its place is not told of it.
      const itself = pushes.filter((_, i) => isOfItself(found[i])).map(({ deviceId }) => deviceId);
      const tried = toTell.filter((deviceId) => itself.includes(deviceId));
      await told.trying(neighbourhoodId, alert.subject.id, tried);
    }
    await holdBack(neighbourhoodId, alert, found);
    if (alert.subject.kind === 'drill' && alert.kept === 'alert') {
      const waits = pushes.flatMap(({ deviceId }, i) => {
        const recipient = found[i];
        return recipient?.kind === 'wait' ? [{ deviceId, until: recipient.until }] : [];
      });
      await told.drillWaits(neighbourhoodId, alert.subject.id, waits);
    }
    for (const [i, push] of pushes.entries()) {
      const recipient = found[i] ?? { kind: 'nobody' };
      if (recipient.kind === 'signedOut' || recipient.kind === 'left') {
        await forget(neighbourhoodId, push, recipient);
        settler.done(push);
      } else if (recipient.kind === 'tell' && toTell.includes(push.deviceId)) {
        offer(push, recipient.instead?.alert ?? alert, recipient.subscription, startBefore);
      } else if (recipient.kind === 'wait') {
        settler.again(push, recipient.until, push.attempt, 'refused', alert);
      } else if (recipient.kind === 'fold' && !alert.inSteps) settler.done(push, 'given-up', alert);
      else settler.done(push);
    }
  }

  const isOfItself = (recipient: Recipient | undefined) =>
    recipient?.kind === 'tell' && recipient.instead === null;

  /** Before it is settled: a worker that dies in between keeps it twice, which is once. */
  async function holdBack(
    neighbourhoodId: string,
    { subject }: Alert,
    found: readonly Recipient[],
  ): Promise<void> {
    const dues = new Map(
      found.flatMap((recipient) => {
        if (recipient.kind === 'fold') return [[recipient.memberId, recipient.due] as const];
        if (recipient.kind !== 'tell' || recipient.instead === null) return [];
        return [[recipient.subscription.memberId, recipient.instead.due] as const];
      }),
    );
    const members = Array.from(dues, ([memberId, due]) => ({ memberId, due }));
    await preferences.holdBack(neighbourhoodId, subject.id, members, now());
  }

  async function forget(
    neighbourhoodId: string,
    { deviceId }: DuePush,
    { kind, subscription }: { kind: 'signedOut' | 'left'; subscription: Subscription },
  ): Promise<void> {
    counters.removed += 1;
    // Also of somebody signed out: their own record may not name this neighbourhood any more.
    await store.dropFrom(neighbourhoodId, deviceId);
    if (kind === 'signedOut') await store.remove({ personId: subscription.personId, deviceId });
  }

  function offer(push: DuePush, alert: Alert, subscription: Subscription, startBefore: number): void {
    lanes.offer(subscription.host, {
      startBefore,
      forItself: isOwnReceiver(subscription),
      putBack: (afterMs) => settler.again(push, now() + afterMs, push.attempt, 'refused', alert),
      send: async () => {
        await settler.ready();
        if (clock() > startBefore) {
          settler.again(push, now(), push.attempt, 'refused', alert);
          return null;
        }
        const at = now();
        if (at >= alert.expiresAt) {
          giveUp(push, alert);
          return null;
        }
        if (!(await holds(push, alert))) return null;
        const attempt = sender.send(subscription, alert.message(subscription, at), { ...push, at: alert.at });
        sending.add(attempt);
        const outcome = await attempt;
        sending.delete(attempt);
        await conclude(push, alert, subscription, outcome);
        return outcome;
      },
    });
  }

  /** A message waits for its turn: what was over meanwhile is not told any more. */
  async function holds(push: DuePush, alert: Alert): Promise<boolean> {
    try {
      if (await recipients.stillHolds(push.neighbourhoodId, alert)) return true;
      settler.done(push, 'refused', alert);
    } catch {
      settler.again(push, now() + unsavedAgainMs, push.attempt, 'refused', alert);
    }
    return false;
  }

  function giveUp(push: DuePush, alert: Alert): void {
    counters.expired += 1;
    settler.done(push, 'refused', alert);
  }

  function tryAgain(push: DuePush, alert: Alert, afterMs: number, fate: Fate): void {
    const at = now() + afterMs;
    if (at < alert.expiresAt) settler.again(push, at, push.attempt + 1, fate, alert);
    else {
      counters.expired += 1;
      // What nobody knows of counts as told, as it does where a worker died.
      settler.done(push, fate === 'unknown' ? 'given-up' : fate, alert);
    }
  }

  async function conclude(
    push: DuePush,
    alert: Alert,
    subscription: Subscription,
    outcome: Outcome,
  ): Promise<void> {
    giveWay();
    const service = 'way' in subscription ? subscription.way : serviceOf(subscription.host);
    // What somebody's own receiver refuses they are shown themselves.
    const isOurs = !isOwnReceiver(subscription);
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    countAttempt(counters, service, reason);
    if (outcome.kind === 'accepted') {
      countDelivery(counters, now() - alert.at);
      alarms.taken(service);
      settler.done(push, 'accepted', alert);
      return;
    }
    switch (outcome.kind) {
      case 'gone':
        try {
          await store.removeGone(
            { personId: subscription.personId, deviceId: push.deviceId },
            subscription.endpoint,
          );
          counters.removed += 1;
          settler.done(push, 'refused', alert);
        } catch {
          tryAgain(push, alert, unsavedAgainMs, 'refused');
        }
        break;
      case 'retry':
        tryAgain(
          push,
          alert,
          retryDelay(push.attempt, outcome.afterMs, Math.random()),
          outcome.mayHaveArrived ? 'unknown' : 'refused',
        );
        break;
      case 'rejected':
        if (isOurs) alarms.refused(service, reason);
        tryAgain(push, alert, rejectedAgainMs, 'refused');
        break;
      case 'tooLarge':
      case 'impossible':
        if (isOurs) alarms.tell(service, reason);
        settler.done(push, 'refused', alert);
        break;
    }
  }

  return {
    dispatch,
    resting: lanes.resting,
    /** Puts back what has not begun, and waits for what has, at most so long. */
    async close(withinMs: number): Promise<void> {
      lanes.clear();
      const limit = AbortSignal.timeout(withinMs);
      const late = new Promise((resolve) => {
        limit.addEventListener('abort', resolve, { once: true });
      });
      await Promise.race([Promise.allSettled(sending), late]);
      // What was sent is concluded in the turns that follow.
      await new Promise(setImmediate);
    },
  };
}
