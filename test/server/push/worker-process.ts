import { pino } from 'pino';
import { startPushWorker, type PushWorkerDeps } from '../../../server/push/worker.ts';
import { connectRedis, type RedisTarget } from '../../../server/redis/client.ts';

// A push worker as a process of its own, so that a test can kill it: started with its settings as JSON.
const { target, aheadMs, ...settings } = JSON.parse(process.argv[2] ?? '') as {
  target: RedisTarget;
  /** How far its clock is ahead. */
  aheadMs: number;
} & Omit<PushWorkerDeps, 'redis' | 'logger'>;
const logger = pino({ level: 'silent' });
await startPushWorker({
  redis: await connectRedis(target, logger),
  logger,
  now: () => Date.now() + aheadMs,
  ...settings,
});
