import type { Logger } from 'pino';
import { kindOfError } from '../errors.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { partitionKeys, partitions } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';

const claimScript = loadScript(new URL('./claim.lua', import.meta.url));
const settleScript = loadScript(new URL('./settle-timer.lua', import.meta.url));
const pollMs = 1000;
const leaseMs = 60_000;
/** Of what somebody waits for in need: done again this soon where a worker died with it, which does no harm. */
const urgentLeaseMs = 1000;
const urgentKinds = ['handling', 'walk', 'check-in', 'search'];
const atOnce = 50;
/** Runs of one partition at the same time; and as many again that take only what is urgent, when none of these is free. */
const mostRuns = 4;
/** What is due again at once waits for the others. */
const mostRounds = 100;

/**
 * Does what is due for a neighbourhood, or for one thing of it, the subject.
 * @returns when it is due again, in epoch milliseconds; null when it is done with
 */
export type TimerHandler = (neighbourhoodId: string, subject: string) => Promise<number | null>;

type TimerDeps = { redis: Redis; logger: Logger; now: () => number };

/** What a process is busy with: name → when its lease ends. What comes back to it meanwhile is not begun twice. */
export type Busy = Map<string, string>;

/**
 * Runs what is due in one partition; each timer is claimed by one process, and again after its lease: by the process that
 * is still busy with it too, which only renews the lease by that. What is due at the same moment runs at once: after a
 * pause it may be much, and none of it can wait for all the others.
 * @param which `urgent`: only what must not wait
 */
export async function runDue(
  deps: TimerDeps,
  partition: number,
  handlers: Record<string, TimerHandler>,
  busy: Busy = new Map(),
  which: 'all' | 'urgent' = 'all',
): Promise<void> {
  const { redis, logger, now } = deps;
  const { timers } = partitionKeys(partition);

  async function run(what: string, claimedUntil: string): Promise<void> {
    const isBusy = busy.has(what);
    busy.set(what, claimedUntil);
    if (isBusy) return;
    const [kind = '', neighbourhoodId = '', subject = ''] = what.split(':');
    const handler = handlers[kind];
    try {
      const next = handler === undefined ? null : await handler(neighbourhoodId, subject);
      // What a command set anew meanwhile stays as it was set.
      const leaseEnds = busy.get(what) ?? claimedUntil;
      await redis.run(settleScript, [timers], [what, leaseEnds, next === null ? '' : String(next)]);
    } catch (error) {
      // The lease brings it back.
      logger.warn({ error: kindOfError(error), kind }, 'a timer failed');
    } finally {
      busy.delete(what);
    }
  }

  for (let rounds = 0; rounds < mostRounds; rounds += 1) {
    const limits = [now(), leaseMs, atOnce, urgentLeaseMs].map(String);
    const claimed = asStrings(await redis.run(claimScript, [timers], [...limits, which, ...urgentKinds]));
    const due = claimed.flatMap((what, i) =>
      i % 2 === 0 ? [{ what, leaseEnds: claimed[i + 1] ?? '' }] : [],
    );
    await Promise.all(due.map(({ what, leaseEnds }) => run(what, leaseEnds)));
    if (due.length < atOnce) return;
  }
}

/**
 * Follows the timers of all partitions. What takes long holds up nothing else: each look at a partition is a run of its
 * own, up to a few at a time.
 * @returns a function that stops, once what is running has ended
 */
export function followTimers(deps: TimerDeps, handlers: Record<string, TimerHandler>): () => Promise<void> {
  const busy: Busy = new Map();
  const empty = () => ({ all: new Set<Promise<void>>(), urgent: new Set<Promise<void>>() });
  const running = Array.from({ length: partitions }, empty);

  const look = () => {
    for (const [partition, { all, urgent }] of running.entries()) {
      // What takes long must not hold up a check-in.
      const [which, runs] = all.size < mostRuns ? (['all', all] as const) : (['urgent', urgent] as const);
      if (runs.size >= mostRuns) continue;
      const run = runDue(deps, partition, handlers, busy, which)
        // While Redis is away nothing is due.
        .catch(() => undefined)
        .finally(() => runs.delete(run));
      runs.add(run);
    }
  };
  look();
  const timer = setInterval(look, pollMs);
  return async () => {
    clearInterval(timer);
    await Promise.all(running.flatMap(({ all, urgent }) => [...all, ...urgent]));
  };
}
