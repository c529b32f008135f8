import { randomBytes } from 'node:crypto';
import { appendFile, open, readdir, readFile, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../../server/redis/embedded.ts';
import { ask, redisProcesses, temporaryFolder, writeMany } from './apps.ts';

const silent = pino({ level: 'silent' });

function socketOf(redis: EmbeddedRedis): string {
  if (redis.target.kind !== 'socket') throw new Error('unreachable');
  return redis.target.path;
}

/** A stopped private Redis with `count` keys. */
async function stoppedRedis(count: number, value: string): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const redis = await startEmbeddedRedis({ dataDir: folder, logger: silent });
  await writeMany(socketOf(redis), count, value);
  await redis.stop();
  return { folder, file: join(folder, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof') };
}

const copiesIn = async (folder: string) =>
  (await readdir(join(folder, 'redis'))).filter((name) => name.startsWith('appendonlydir-damaged-'));

const tears: Record<string, { tear: (file: string) => Promise<void>; left: number }> = {
  'cut off within the last write': {
    tear: async (file) => truncate(file, (await stat(file)).size - 7),
    left: 299,
  },
  'followed by 40 random bytes': { tear: (file) => appendFile(file, randomBytes(40)), left: 300 },
  'followed by 512 zero bytes': { tear: (file) => appendFile(file, Buffer.alloc(512)), left: 300 },
};

describe('an append-only file', () => {
  test.each(Object.entries(tears))(
    '[RU11] %s is mended; a copy is kept and the log says what was lost',
    async (_, { tear, left }) => {
      const { folder, file } = await stoppedRedis(300, 'v');
      await tear(file);
      const torn = await readFile(file);
      const lines: string[] = [];
      const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
      const redis = await startEmbeddedRedis({ dataDir: folder, logger });
      expect(await ask(socketOf(redis), 'DBSIZE')).toBe(left);
      const [copy = '', ...more] = await copiesIn(folder);
      expect(more).toEqual([]);
      expect(torn.equals(await readFile(join(folder, 'redis', copy, 'appendonly.aof.1.incr.aof')))).toBe(
        true,
      );
      await redis.stop();
      expect(lines).toHaveLength(1);
      const said = JSON.parse(lines[0] ?? '') as { bytesCutOff: number; copy: string; msg: string };
      expect(said.bytesCutOff).toBe(torn.length - (await stat(file)).size);
      expect(said.copy).toBe(join(folder, 'redis', copy));
    },
  );

  test('[RU11] torn while the app runs is mended when Redis comes back', async () => {
    const folder = await temporaryFolder();
    const redis = await startEmbeddedRedis({ dataDir: folder, logger: silent });
    await writeMany(socketOf(redis), 10);
    const [pid = 0] = redisProcesses(folder);
    await appendFile(join(folder, 'redis', 'appendonlydir', 'appendonly.aof.1.incr.aof'), Buffer.alloc(512));
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder).filter((other) => other !== pid)).toHaveLength(1);
    expect(await ask(socketOf(redis), 'DBSIZE')).toBe(10);
    await redis.stop();
    expect(await copiesIn(folder)).toHaveLength(1);
  });

  test('[RU11] keeps the three newest copies', async () => {
    const { folder, file } = await stoppedRedis(1, 'v');
    for (let round = 0; round < 4; round += 1) {
      await appendFile(file, Buffer.alloc(512));
      await (await startEmbeddedRedis({ dataDir: folder, logger: silent })).stop();
    }
    expect(await copiesIn(folder)).toHaveLength(3);
  });

  test.each([
    ['more than a MiB before its end', 1500, 1024],
    ['nearer, with acknowledged writes after the place', 800, 300],
  ])('[RU12] damaged %s is refused in one line and left as it is', async (_, count, bytes) => {
    const { folder, file } = await stoppedRedis(count, 'x'.repeat(bytes));
    const handle = await open(file, 'r+');
    const at = (await readFile(file, 'latin1')).indexOf('\r\n*3\r\n', 2000) + 2;
    await handle.write('!!!!', at);
    await handle.close();
    const damaged = await readFile(file);
    const start = startEmbeddedRedis({ dataDir: folder, logger: silent });
    await expect(start).rejects.toThrow(
      /^\S+appendonlydir is damaged, and not only at its end: put a backup of that folder/u,
    );
    expect(damaged.equals(await readFile(file))).toBe(true);
    expect(await copiesIn(folder)).toEqual([]);
    expect(redisProcesses(folder)).toEqual([]);
  });

  test('[RU12] whose base is damaged is refused', async () => {
    const { folder } = await stoppedRedis(10, 'v');
    const handle = await open(join(folder, 'redis', 'appendonlydir', 'appendonly.aof.1.base.rdb'), 'r+');
    await handle.write('XXXX', 30);
    await handle.close();
    await expect(startEmbeddedRedis({ dataDir: folder, logger: silent })).rejects.toThrow(
      /is damaged, and not only at its end/u,
    );
  });
});
