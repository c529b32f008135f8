import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseEnv } from '../../server/env.ts';
import { startServer } from '../../server/server.ts';

/** The whole product in one process, with its own Redis that syncs each write to the disk. Tells its address. */
const dir = await mkdtemp(join(tmpdir(), 'vigie-bench-'));
const parsed = parseEnv({
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: dir,
  RATE_LIMITS: 'off',
  TILE_URL: 'none',
  LOG_LEVEL: 'error',
});
if (!parsed.ok) throw new Error(parsed.message);
const running = await startServer(parsed.env, pino({ level: 'error' }), join(dir, 'none'));
process.send?.(running.url.replace('localhost', '127.0.0.1'));
process.once('SIGTERM', () => {
  void running
    .stop()
    .then(() => rm(dir, { recursive: true, force: true }))
    .finally(() => process.exit(0));
});
