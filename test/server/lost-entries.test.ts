import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Snapshot } from '../../shared/protocol.ts';
import { parseEnv } from '../../server/env.ts';
import { startServer } from '../../server/server.ts';
import { phoneAt } from '../support/app.ts';
import { street } from '../support/phone.ts';
import { temporaryFolder } from './redis/apps.ts';

it('[EL12] a repair that cuts whole writes off begins a new epoch, so that no device goes on from its cursor', async () => {
  const folder = await temporaryFolder();
  const parsed = parseEnv({
    DATA_DIR: folder,
    HOST: '127.0.0.1',
    PORT: '0',
    ROLES: 'web',
    RATE_LIMITS: 'off',
    TILE_URL: 'none',
  });
  if (!parsed.ok) throw new Error(parsed.message);
  const start = () => startServer(parsed.env, pino({ level: 'silent' }), join(folder, 'none'));

  const before = await start();
  const { id, founder } = await street(() => phoneAt(before.url), []);
  for (let i = 0; i < 12; i += 1) await founder.report(id);
  const { cursor } = (await founder.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`)).body;
  await before.stop();

  const file = join(folder, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof');
  const written = await readFile(file, 'latin1');
  // The beginning of a command some reports before the end.
  const damage = written.lastIndexOf('\r\n*1\r\n$5\r\nMULTI', written.length - 8000) + 2;
  expect(damage).toBeGreaterThan(2);
  const handle = await open(file, 'r+');
  await handle.write('?', damage);
  await handle.close();

  const after = await start();
  const phone = phoneAt(after.url);
  phone.cookie = founder.cookie;
  const { body } = await phone.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`);
  const [epoch, seq] = body.cursor.split('.');
  const [epochBefore, seqBefore] = cursor.split('.');
  expect(Number(seq)).toBeLessThan(Number(seqBefore));
  expect(epoch).not.toBe(epochBefore);
  expect((await phone.get(`/api/neighbourhoods/${id}/log?after=${cursor}`)).status).toBe(422);
  expect(await readdir(join(folder, 'redis'))).not.toContain('entries-lost');
  await after.stop();
});
