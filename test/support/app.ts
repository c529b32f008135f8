import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { createApp } from '../../server/app.ts';
import { createSessions } from '../../server/auth/session.ts';
import type { Deps } from '../../server/deps.ts';
import { parseEnv } from '../../server/env.ts';
import { createEventLog } from '../../server/eventlog/eventlog.ts';
import { createReach } from '../../server/eventlog/reach.ts';
import { createInHand } from '../../server/in-hand.ts';
import { createLimits } from '../../server/limits.ts';
import { createResizer, type Resizer } from '../../server/photos/resizer.ts';
import { copySubscriptions } from '../../server/push/store.ts';
import type { Redis } from '../../server/redis/client.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { Phone } from './phone.ts';

export type TestApp = {
  app: Hono;
  deps: Deps;
  redis: Redis;
  server: TestRedis;
  resizer: Resizer;
  clock: { now: number };
  stop(): Promise<void>;
};

/** The process for photos, from its source. */
export const resizerOf = (deps: Pick<Deps, 'logger'>, limitMs?: number): Resizer =>
  createResizer({
    logger: deps.logger,
    entry: new URL('../../server/photos/resize-process.ts', import.meta.url),
    execArgv: ['--import', 'tsx'],
    ...(limitMs === undefined ? {} : { limitMs }),
  });

/** The HTTP app on these parts, without tiles or a client. */
export function appOf(
  deps: Deps,
  resizer = resizerOf(deps),
  vapid = { publicKey: 'public', privateKey: 'private' },
  inHand = createInHand(),
): Hono {
  return createApp(deps, {
    tiles: { routes: new Hono(), config: null, close: async () => undefined },
    vapid,
    clientDir: `${tmpdir()}/none`,
    resizer,
    inHand,
  });
}

/** The HTTP app on a Redis of its own, asked without a port; its clock is the test's. */
export async function startApp(
  options: { env?: Record<string, string>; cluster?: boolean } = {},
): Promise<TestApp> {
  const server = await startRedis({ cluster: options.cluster ?? false });
  const redis = await server.connect();
  const dataDir = await mkdtemp(join(tmpdir(), 'vigie-test-data-'));
  const parsed = parseEnv({ RATE_LIMITS: 'off', TILE_URL: 'none', DATA_DIR: dataDir, ...options.env });
  if (!parsed.ok) throw new Error(parsed.message);
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const { env } = parsed;
  const logger = pino({ level: 'silent' });
  const deps: Deps = {
    env,
    logger,
    redis,
    eventLog: createEventLog(redis),
    sessions: createSessions(redis, now),
    limits: createLimits(redis, env.RATE_LIMITS === 'on'),
    reach: createReach(redis, logger),
    onMembership: (...membership) => copySubscriptions(redis, ...membership),
    now,
  };
  const resizer = resizerOf(deps);
  const app = appOf(deps, resizer);
  const stop = async () => {
    resizer.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { app, deps, redis, server, resizer, clock, stop };
}

/** A phone that talks to the app directly. */
export function phoneOf({ app }: TestApp): Phone {
  return new Phone((path, init) => app.request(`http://vigie.test${path}`, init) as Promise<Response>);
}

/** A phone that talks to a running server. */
export function phoneAt(url: string): Phone {
  return new Phone((path, init) => fetch(url + path, init));
}

export const uuid = () => randomUUID();
