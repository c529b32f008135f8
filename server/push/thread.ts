import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Env } from '../env.ts';
import type { InHand } from '../in-hand.ts';
import type { RedisTarget } from '../redis/client.ts';
import type { PushCounters } from './counters.ts';
import { createPushMetrics } from './metrics.ts';
import { type VapidKeys, vapidSubject } from './vapid.ts';
import { type WayOptions, wayOptionsOf } from './ways/carriers.ts';

/** What the thread is given. */
export type PushThreadData = {
  target: RedisTarget;
  vapid: VapidKeys;
  subject: string;
  extraOrigins: string[];
  ways: WayOptions;
  level: string;
  inHand: InHand;
};

type ThreadOptions = {
  env: Pick<
    Env,
    | 'VAPID_SUBJECT'
    | 'PUBLIC_URL'
    | 'PUSH_EXTRA_ORIGINS'
    | 'SMTP_URL'
    | 'SMTP_FROM'
    | 'WAYS_EXTRA_ORIGINS'
    | 'LOG_LEVEL'
  >;
  target: RedisTarget;
  vapid: VapidKeys;
  logger: Logger;
  /** Commands that go before telling. */
  inHand: InHand;
  /** The thread's file. */
  entry?: URL;
};

const shortestWaitMs = 500;
const longestWaitMs = 30_000;
const stopWithinMs = 6000;

// The build puts the thread's bundle beside this one.
const builtEntry = new URL('./push-worker.js', import.meta.url);

/**
 * Runs the push worker in a thread of its own and starts it again, with back-off, whenever it dies: it keeps nothing
 * that Redis does not have.
 */
export function startPushThread(options: ThreadOptions): { stop(): Promise<void> } {
  const { env, target, vapid, logger, inHand, entry = builtEntry } = options;
  const data: PushThreadData = {
    target,
    vapid,
    subject: vapidSubject(env),
    extraOrigins: env.PUSH_EXTRA_ORIGINS,
    ways: wayOptionsOf(env),
    level: env.LOG_LEVEL,
    inHand,
  };
  let waitMs = shortestWaitMs;
  let stopping = false;
  let restart: NodeJS.Timeout | undefined;
  let thread = start();

  function start(): Worker {
    // Not with the process's own options: what they preload is meant for the process.
    const worker = new Worker(entry, {
      workerData: data,
      execArgv: ['--enable-source-maps'],
      // Messages under way fill the usual young generation before they end, and would be copied again and again.
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    const count = createPushMetrics();
    const startedAt = performance.now();
    worker.on('message', (counters: PushCounters) => count(counters));
    worker.on('error', (error) => logger.error({ err: error }, 'the push thread failed'));
    worker.once('exit', () => {
      if (stopping) return;
      if (performance.now() - startedAt > longestWaitMs) waitMs = shortestWaitMs;
      logger.warn({ againInMs: waitMs }, 'the push thread ended');
      restart = setTimeout(() => {
        thread = start();
      }, waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    });
    return worker;
  }

  return {
    /** Lets what is being sent end, for a few seconds. */
    async stop() {
      stopping = true;
      clearTimeout(restart);
      if (thread.threadId < 0) return;
      const gone = new Promise<void>((resolve) => {
        thread.once('exit', () => resolve());
      });
      thread.postMessage('stop', []);
      const limit = setTimeout(() => void thread.terminate(), stopWithinMs);
      await gone;
      clearTimeout(limit);
    },
  };
}
