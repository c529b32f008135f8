import type { Logger } from 'pino';
import { loadScript, type Redis } from '../redis/client.ts';
import { partitionKeys, partitions } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';

const claimScript = loadScript(new URL('./claim.lua', import.meta.url));
const settleScript = loadScript(new URL('./settle-timer.lua', import.meta.url));
const pollMs = 1000;
const leaseMs = 60_000;
const atOnce = 50;
/** What is due again at once waits for the others. */
const mostRounds = 100;

/**
 * Does what is due for a neighbourhood, or for one thing of it, the subject.
 * @returns when it is due again, in epoch milliseconds; null when it is done with
 */
export type TimerHandler = (neighbourhoodId: string, subject: string) => Promise<number | null>;

type TimerDeps = { redis: Redis; logger: Logger; now: () => number };

/**
 * Runs what is due in one partition; each timer is claimed by one process, and again after its lease. What is due at the
 * same moment runs at once: after a pause it may be much, and none of it can wait for all the others.
 */
export async function runDue(
  deps: TimerDeps,
  partition: number,
  handlers: Record<string, TimerHandler>,
): Promise<void> {
  const { redis, logger, now } = deps;
  const { timers } = partitionKeys(partition);

  async function run(what: string, at: number): Promise<void> {
    const [kind = '', neighbourhoodId = '', subject = ''] = what.split(':');
    const handler = handlers[kind];
    try {
      const next = handler === undefined ? null : await handler(neighbourhoodId, subject);
      // What a command set anew meanwhile stays as it was set.
      await redis.run(
        settleScript,
        [timers],
        [what, String(at + leaseMs), next === null ? '' : String(next)],
      );
    } catch (error) {
      // The lease brings it back.
      logger.warn({ err: error, kind }, 'a timer failed');
    }
  }

  for (let rounds = 0; rounds < mostRounds; rounds += 1) {
    const at = now();
    const due = asStrings(
      await redis.run(claimScript, [timers], [String(at), String(leaseMs), String(atOnce)]),
    );
    await Promise.all(due.map((what) => run(what, at)));
    if (due.length < atOnce) return;
  }
}

/** Follows the timers of all partitions. @returns a function that stops, once what is running has ended */
export function followTimers(deps: TimerDeps, handlers: Record<string, TimerHandler>): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const loop = async () => {
    while (!stopped) {
      const runs = Array.from({ length: partitions }, (_, partition) => runDue(deps, partition, handlers));
      // While Redis is away nothing is due.
      await Promise.allSettled(runs);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return async () => {
    stopped = true;
    wake();
    await running;
  };
}
