import type { Logger } from 'pino';
import * as v from 'valibot';
import { createEventLog } from '../eventlog/eventlog.ts';
import { createReach } from '../eventlog/reach.ts';
import type { Redis } from '../redis/client.ts';
import { partitionKeys, partitions } from '../redis/keys.ts';
import { createAcknowledgements } from './acknowledgements.ts';
import { type Alert, tells } from './alert.ts';
import { createClaims } from './claims.ts';
import { emptyCounters, type PushCounters } from './counters.ts';
import { createDispatcher } from './dispatcher.ts';
import type { Resolver } from './endpoint.ts';
import { createPushQueue, type DuePush, type Pointer, readAtOnce, TooManyDue } from './queue.ts';
import { createRecipients } from './recipients.ts';
import { createSender } from './sender.ts';
import { createSettler } from './settler.ts';
import { createPreferenceStore } from './preferences/store.ts';
import { createShares } from './shares.ts';
import { createSubscriptionStore } from './store.ts';
import { createTold } from './told.ts';
import { createVapid, type VapidKeys } from './vapid.ts';
import { withWays } from './ways/sender.ts';
import { noWays, type WayOptions } from './ways/carriers.ts';

export type PushWorkerDeps = {
  redis: Redis;
  logger: Logger;
  vapid: VapidKeys;
  /** The operator's contact, from `vapidSubject`. */
  subject: string;
  extraOrigins: readonly string[];
  /** What the operator set for the ways beside push. */
  ways?: WayOptions;
  now?: () => number;
  /** Called between two messages, for what goes before them. */
  giveWay?: () => void;
  /** Monotonic milliseconds. */
  clock?: () => number;
  resolver?: Resolver;
  /** How often everything is looked at without having been nudged. */
  pollMs?: number;
  /** After so long a pointer that was read and not acknowledged is somebody else's. */
  abandonedMs?: number;
  /** For so long a claimed push is this worker's. */
  leaseMs?: number;
  /** For one attempt. */
  timeoutMs?: number;
  trimEveryMs?: number;
  /** So many pushes may be due in one partition. */
  dueLimit?: number;
};

export type PushWorker = { counters: PushCounters; stop(): Promise<void> };

const drainMs = 3000;
const all = Array.from({ length: partitions }, (_, partition) => partition);

/** Reports that follow each other go together; what tells of an earlier entry waits for all before it. */
function inStep(pointers: Pointer[]): Pointer[][] {
  const steps: Pointer[][] = [];
  let last: Pointer | undefined;
  for (const pointer of pointers) {
    const step = steps.at(-1);
    const together = last?.type === 'incident.reported' && pointer.type === 'incident.reported';
    if (step !== undefined && together) step.push(pointer);
    else steps.push([pointer]);
    last = pointer;
  }
  return steps;
}

/**
 * Tells phones. Outbox pointer → due pushes, a page of subscriptions at a time → claimed under a lease → sent, each
 * host in its lane → settled: done, due again, or its subscription removed. Every arrow is one step on Redis, so a
 * worker may die anywhere: what it had in hand is due again after its lease, and nothing else is sent twice.
 */
export async function startPushWorker(deps: PushWorkerDeps): Promise<PushWorker> {
  const { redis, logger, now = Date.now, pollMs = 1000, abandonedMs = 30_000, leaseMs = 45_000 } = deps;
  const { timeoutMs = 10_000, trimEveryMs = 60_000, giveWay = () => undefined } = deps;
  const counters = emptyCounters();
  const store = createSubscriptionStore(redis, now);
  const queue = createPushQueue(redis, deps.dueLimit === undefined ? {} : { dueLimit: deps.dueLimit });
  const preferences = createPreferenceStore(redis);
  const recipients = createRecipients({
    redis,
    eventLog: createEventLog(redis),
    store,
    preferences,
    giveWay,
    now,
  });
  const told = createTold(redis);
  const waitingForRoom = new Set<number>();
  const shares = createShares({
    onRoom: () => {
      for (const partition of waitingForRoom) void pump(partition);
    },
  });
  const reach = createReach(redis, logger);
  const settler = createSettler({ queue, now, logger, reach, onOver: shares.give });
  const acknowledgements = createAcknowledgements({ queue });
  const outward = { now, timeoutMs, ...(deps.resolver === undefined ? {} : { resolver: deps.resolver }) };
  const push = createSender({
    vapid: createVapid(deps.vapid, deps.subject, now),
    extraOrigins: deps.extraOrigins,
    giveWay,
    ...outward,
  });
  const sender = withWays(push, { redis, store, ways: deps.ways ?? noWays, ...outward });
  const dispatcher = createDispatcher({
    recipients,
    store,
    preferences,
    told,
    sender,
    settler,
    giveWay,
    logger,
    counters,
    now,
    clock: deps.clock ?? (() => performance.now()),
    startWithinMs: leaseMs - timeoutMs,
  });
  const claims = createClaims({ queue, shares, settler, resting: dispatcher.resting, now, leaseMs });

  async function makeDue(pointer: Pointer, alert: Alert): Promise<void> {
    if (alert.audience.to === 'told') {
      const ends = alert.kept === 'correction';
      const { subject } = alert;
      const found = await Promise.all(
        alert.besides.map((beside) => recipients.devicesOf(pointer.neighbourhoodId, beside)),
      );
      if (found.includes(null)) {
        // The dispatcher tells apart who was told before.
        await queue.unmark(pointer.neighbourhoodId, subject.id);
        while (await queue.fanOutPage(pointer, now(), null));
        return;
      }
      const besides = found.flatMap((devices) => devices ?? []);
      while (await queue.fanOutToldPage(pointer, now(), { subjectId: subject.id, ends, besides }));
      return;
    }
    const devices = await recipients.devicesOf(pointer.neighbourhoodId, alert);
    while (await queue.fanOutPage(pointer, now(), devices));
  }

  /** Makes the pushes of one pointer due. @returns whether the pointer is done with and not yet acknowledged */
  async function fanOutOne(pointer: Pointer): Promise<boolean> {
    const { neighbourhoodId, seq } = pointer;
    if (!tells(pointer.type)) return true;
    try {
      const alert = await recipients.getAlert(neighbourhoodId, seq);
      const worth = alert !== null && now() < alert.expiresAt;
      if (!worth || !(await recipients.stillHolds(neighbourhoodId, alert))) return true;
      await makeDue(pointer, alert);
      return false;
    } catch (error) {
      // Of the error only its kind: its message may quote what somebody wrote.
      const about = { neighbourhoodId, seq, reason: error instanceof Error ? error.name : typeof error };
      if (error instanceof v.ValiError || error instanceof SyntaxError) {
        // Read again it would not be different, and it must not hold up those behind it.
        logger.error(about, 'log entry not readable: nobody is pushed to');
        return true;
      }
      // Stays unacknowledged, and is read again as abandoned.
      if (error instanceof TooManyDue) counters.postponed += 1;
      logger.debug(about, 'alert waits');
      return false;
    }
  }

  /** What a storm brings shares its round trips to Redis, and each of them its wait for the disk. */
  async function fanOut(partition: number, pointers: Pointer[]): Promise<void> {
    const reachable = await queue.withSubscriptions(pointers.map(({ neighbourhoodId }) => neighbourhoodId));
    for (const some of inStep(pointers)) {
      const ended = await Promise.all(
        some.map(async (pointer) => !reachable.has(pointer.neighbourhoodId) || (await fanOutOne(pointer))),
      );
      acknowledgements.add(
        partition,
        some.filter((_, i) => ended[i]),
      );
    }
  }

  async function sendDue(partition: number): Promise<void> {
    for (;;) {
      if (stopped) return;
      // Before: there may be room again while this is under way.
      waitingForRoom.add(partition);
      const { pushes, more, waits } = await claims.claim(partition);
      if (!waits && !more) waitingForRoom.delete(partition);
      await Promise.all(byAlert(pushes).map(dispatchAlert));
      if (!more) return;
    }
  }

  async function dispatchAlert(pushes: DuePush[]): Promise<void> {
    const [first] = pushes;
    if (first === undefined) return;
    try {
      await dispatcher.dispatch(first.neighbourhoodId, first.seq, pushes);
    } catch (error) {
      logger.debug({ err: error }, 'pushes put back');
      for (const push of pushes) settler.again(push, now() + pollMs, push.attempt);
    }
  }

  async function work(partition: number): Promise<void> {
    for (;;) {
      const pointers = await queue.readNew(partition);
      if (pointers.length === 0 || stopped) break;
      await fanOut(partition, pointers);
    }
    await sendDue(partition);
  }

  // One run a partition at a time; whoever nudges meanwhile makes it run once more.
  const wanted = new Set<number>();
  const running = new Map<number, Promise<void>>();
  let stopped = false;

  function pump(partition: number): Promise<void> {
    wanted.add(partition);
    const current = running.get(partition) ?? run(partition);
    running.set(partition, current);
    return current;
  }

  async function run(partition: number): Promise<void> {
    try {
      for (; wanted.delete(partition);) {
        if (stopped) return;
        await work(partition);
      }
    } catch (error) {
      // Redis is away, or lost its data and with it the group: the next look finds out.
      logger.debug({ err: error }, 'push queue not readable');
      await queue.open(partition).catch(() => undefined);
    } finally {
      running.delete(partition);
    }
  }

  /** What tells nobody and was not acknowledged before a crash must not stand before an alert that was under way. */
  async function takeOver(partition: number): Promise<void> {
    let pointers: Pointer[];
    do {
      pointers = await queue.readAbandoned(partition, abandonedMs);
      await fanOut(partition, pointers);
    } while (pointers.length === readAtOnce && !stopped);
  }

  const lastDone = { abandoned: performance.now(), trimmed: performance.now() };
  async function tick(): Promise<void> {
    claims.lookAgain();
    await Promise.all(all.map(pump));
    const at = performance.now();
    if (at - lastDone.abandoned >= abandonedMs / 3) {
      lastDone.abandoned = at;
      await Promise.allSettled(all.map(takeOver));
      const oldest = await Promise.allSettled(all.map(queue.oldestDue));
      const times = oldest.flatMap((result) => (result.status === 'fulfilled' ? (result.value ?? []) : []));
      counters.queueAgeMs = Math.max(0, now() - Math.min(now(), ...times));
    }
    if (at - lastDone.trimmed >= trimEveryMs) {
      lastDone.trimmed = at;
      await Promise.allSettled(all.map(queue.trim));
    }
  }

  await Promise.all(all.map(queue.open));
  const unsubscribes = await Promise.all(
    all.map((partition) =>
      redis.subscribe(partitionKeys(partition).outboxChannel, () => void pump(partition)),
    ),
  );
  redis.onResubscribed(() => {
    if (!stopped) for (const partition of all) void pump(partition);
  });

  let timer: NodeJS.Timeout;
  let ticking: Promise<void> = Promise.resolve();
  const schedule = (delay: number) => {
    timer = setTimeout(() => {
      ticking = tick().finally(() => {
        if (!stopped) schedule(pollMs);
      });
    }, delay);
  };
  schedule(0);

  return {
    counters,
    /** Sends what has begun, puts back what has not, and writes both. */
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.all([...unsubscribes.map((unsubscribe) => unsubscribe()), ticking, ...running.values()]);
      await dispatcher.close(drainMs);
      await settler.close();
      await reach.close();
      await acknowledgements.close();
      sender.close();
    },
  };
}

function byAlert(pushes: DuePush[]): DuePush[][] {
  const alerts = new Map<string, DuePush[]>();
  for (const push of pushes) {
    const key = `${push.neighbourhoodId} ${push.seq}`;
    const others = alerts.get(key);
    if (others === undefined) alerts.set(key, [push]);
    else others.push(push);
  }
  return [...alerts.values()];
}
