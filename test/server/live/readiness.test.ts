import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { parseEnv } from '../../../server/env.ts';
import { AppError, createErrorHandler } from '../../../server/errors.ts';
import { healthRoutes } from '../../../server/health.ts';
import { connectRedis } from '../../../server/redis/client.ts';
import { startServer } from '../../../server/server.ts';
import { eventually } from '../../support/eventually.ts';
import { foundNeighbourhood } from './live-server.ts';
import { useStage } from './stage.ts';

const stage = useStage();
const logger = pino({ level: 'silent' });

function envOf(variables: Record<string, string>) {
  const parsed = parseEnv({ RATE_LIMITS: 'off', TILE_URL: 'none', ...variables });
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.env;
}

it('[LI38] is not ready while it cannot read the logs it follows, though Redis answers', async () => {
  let readable = true;
  const { live, ...server } = await stage.serve({
    heartbeatMs: 50,
    around: (log) => ({
      ...log,
      head: (id) => (readable ? log.head(id) : Promise.reject(new AppError('UNAVAILABLE'))),
    }),
  });
  const app = healthRoutes({ env: envOf({}), redis: stage.redis }, () => live);
  app.onError(createErrorHandler(logger));
  const ready = async () => (await app.request('/health/ready')).status;
  const ada = await stage.phone({ live, ...server }, (await stage.place.enrol()).cookie);
  await ada.join(1);
  expect(await ready()).toBe(200);
  readable = false;
  await eventually(async () => (await ready()) === 503);
  const refused = await app.request('/health/ready');
  expect(await refused.json()).toMatchObject({ code: 'UNAVAILABLE' });
  expect((await app.request('/health/live')).status).toBe(200);
  readable = true;
  await eventually(async () => (await ready()) === 200);
});

it('[LI38] a process that has no rooms is ready as soon as Redis answers', async () => {
  const app = healthRoutes({ env: envOf({}), redis: stage.redis });
  expect((await app.request('/health/ready')).status).toBe(200);
});

it('[LI39] the metrics of a running server tell its connections and its rooms', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'vigie-ready-'));
  stage.atEnd(() => rm(dataDir, { recursive: true }));
  const env = envOf({ ROLES: 'web', HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir });
  const server = await startServer(env, logger, join(dataDir, 'none'));
  stage.atEnd(() => server.stop());
  const redis = await connectRedis(server.target, logger);
  stage.atEnd(() => redis.close());
  stage.place = await foundNeighbourhood(redis);
  const url = server.url.replace('localhost', '127.0.0.1');
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  expect(await metrics()).toMatch(/^vigie_live_sockets 0$/mu);
  const live = { url } as Parameters<typeof stage.phone>[0];
  const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
  await ada.join(1);
  const told = await metrics();
  expect(told).toMatch(/^vigie_live_sockets 1$/mu);
  expect(told).toMatch(/^vigie_live_rooms 1$/mu);
  expect(told).toMatch(/^vigie_live_slow_readers_cut_total 0$/mu);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});
