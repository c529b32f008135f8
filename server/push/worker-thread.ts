import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { connectRedis } from '../redis/client.ts';
import type { PushThreadData } from './thread.ts';
import { startPushWorker } from './worker.ts';

// Entry of the push thread: connections of its own, so that encryption and sending never hold up a request.
const { target, vapid, subject, extraOrigins, level } = workerData as PushThreadData;
const countEveryMs = 2000;

const logger = pino({ level, base: null });
const redis = await connectRedis(target, logger);
const worker = await startPushWorker({ redis, logger, vapid, subject, extraOrigins });

const counting = setInterval(() => parentPort?.postMessage(worker.counters, []), countEveryMs);
parentPort?.once('message', () => {
  const stop = async () => {
    clearInterval(counting);
    await worker.stop();
    parentPort?.postMessage(worker.counters, []);
    await redis.close();
    // Nothing is left that would keep the thread alive.
    parentPort?.close();
  };
  void stop();
});
