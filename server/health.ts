import { Hono } from 'hono';
import { register } from 'prom-client';
import { addressOf } from './auth/guards.ts';
import type { Deps } from './deps.ts';
import { AppError } from './errors.ts';
import { measureLive } from './live/metrics.ts';
import type { Live } from './live/rooms.ts';
import { measureOutbox, pushIsRefused } from './push/metrics.ts';
import { createPushQueue } from './push/queue.ts';
import { partitionKeys } from './redis/keys.ts';

const local = new Set(['127.0.0.1', '::1', '0:0:0:0::/64', 'local']);

/** The rooms of this process; null without the role `web`. They start after the routes that tell of them. */
export type LiveNow = () => Pick<Live, 'following' | 'stats'> | null;

/** For whoever runs the machine: is it alive, can it serve, what does it do. Nothing here tells who. */
export function healthRoutes({ env, redis }: Pick<Deps, 'env' | 'redis'>, live: LiveNow = () => null): Hono {
  const app = new Hono();

  app.get('/health/live', (c) => c.json({ status: 'ok' }));

  app.get('/health/ready', async (c) => {
    const { outbox } = partitionKeys(0);
    await redis.send(outbox, 'EXISTS', outbox);
    // One partition may answer while the logs of others cannot be read: rooms that hear nothing are not served.
    if (live()?.following() === false) throw new AppError('UNAVAILABLE');
    // It serves all the same; which service refuses, and why, is for the log and the metrics.
    return c.json({ status: 'ok', ...(pushIsRefused() ? { alarms: ['push'] } : {}) });
  });

  // Metrics tell an outsider how a neighbourhood's night goes: only this machine may read them.
  app.get('/metrics', async (c) => {
    if (!local.has(addressOf(c, env)) || c.req.header('x-forwarded-for') !== undefined)
      throw new AppError('NOT_FOUND');
    const rooms = live();
    if (rooms !== null) measureLive(rooms.stats());
    await measureOutbox(createPushQueue(redis));
    return c.body(await register.metrics(), 200, { 'Content-Type': register.contentType });
  });

  return app;
}
