import { existsSync, readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { connectRedis } from '../redis/client.ts';
import { createGivingWay } from './giving-way.ts';
import type { PushThreadData } from './thread.ts';
import { startPushWorker } from './worker.ts';

// Entry of the push thread: connections of its own, so that encryption and sending never hold up a request.
const { target, vapid, subject, extraOrigins, ways, level, inHand } = workerData as PushThreadData;
const countEveryMs = 2000;
/** Of a thread (nice): where both want a core, who raises an alert goes before those who are told of one. */
const behindRequests = 10;

// Linux alone has priorities of threads, and tells a thread its own number; elsewhere all stay equal.
const self = '/proc/thread-self';
const threadId = existsSync(self) ? Number(basename(readlinkSync(self))) : null;
if (threadId !== null) setPriority(threadId, behindRequests);

const logger = pino({ level, base: null });
// Until Redis is there, nothing needs an end.
let stop: () => Promise<void> | undefined = () => process.exit();
parentPort?.once('message', () => void stop());

const redis = await connectRedis(target, logger);
const giveWay = createGivingWay(inHand);
const worker = await startPushWorker({ redis, logger, vapid, subject, extraOrigins, ways, giveWay });
const count = () => parentPort?.postMessage(worker.counters, []);
const counting = setInterval(count, countEveryMs);

stop = async () => {
  clearInterval(counting);
  await worker.stop();
  count();
  await redis.close();
  // Nothing is left that would keep the thread alive.
  parentPort?.close();
};
