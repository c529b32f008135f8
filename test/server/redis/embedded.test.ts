import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { createClient } from 'redis';
import { describe, expect, test, vi } from 'vitest';
import { startEmbeddedRedis } from '../../../server/redis/embedded.ts';
import { ask, kill, redisProcesses, servingApp, startApp, temporaryFolder, writeMany } from './apps.ts';

const logger = pino({ level: 'silent' });

describe('a private Redis', () => {
  test('[RU1] is reached by a unix socket in a folder that is ours alone, has no port, and writes through', async () => {
    const folder = await temporaryFolder();
    const { socket } = await servingApp(folder);
    expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700);
    expect((await stat(socket)).mode & 0o777).toBe(0o700);
    expect(await ask(socket, 'CONFIG', 'GET', 'port')).toEqual(['port', '0']);
    expect(await ask(socket, 'CONFIG', 'GET', 'append*sync')).toEqual(['appendfsync', 'always']);
    expect(await ask(socket, 'CONFIG', 'GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    expect(await ask(socket, 'CONFIG', 'GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    expect(await ask(socket, 'CONFIG', 'GET', 'save')).toEqual(['save', '']);
  });

  test('[RU2] ends when the app is killed with SIGKILL, and the next start has every acknowledged write', async () => {
    const folder = await temporaryFolder();
    const first = await servingApp(folder);
    await writeMany(first.socket, 500);
    await kill(first, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder)).toEqual([]);
    const second = await servingApp(folder);
    expect(second.adopted).toBe(false);
    expect(await ask(second.socket, 'DBSIZE')).toBe(500);
  });

  test('[RU3] comes back after its own SIGKILL with every acknowledged write, and the app lives on', async () => {
    const folder = await temporaryFolder();
    const app = await servingApp(folder);
    for (let round = 1; round <= 5; round += 1) {
      await ask(app.socket, 'SET', `round${round}`, 'acknowledged');
      const [pid = 0] = redisProcesses(folder);
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => redisProcesses(folder).filter((other) => other !== pid)).toHaveLength(1);
      expect(await ask(app.socket, 'DBSIZE')).toBe(round);
    }
    expect(app.process.exitCode).toBeNull();
  });

  test('[RU3] comes back when its watchdog is killed, and still ends with the app', async () => {
    const folder = await temporaryFolder();
    const app = await servingApp(folder);
    await ask(app.socket, 'SET', 'a', '1');
    const [pid = 0] = redisProcesses(folder);
    process.kill(await parentOf(pid), 'SIGKILL');
    await expect.poll(() => redisProcesses(folder).filter((other) => other !== pid)).toHaveLength(1);
    await expect.poll(() => redisProcesses(folder)).toHaveLength(1);
    expect(await ask(app.socket, 'GET', 'a')).toBe('1');
    await kill(app, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder)).toEqual([]);
  });

  test('[RU4] serves two apps on one folder as one process; the survivor takes over with all data', async () => {
    const folder = await temporaryFolder();
    const apps = await Promise.all([servingApp(folder), servingApp(folder)]);
    expect(apps.filter((app) => app.adopted)).toHaveLength(1);
    expect(new Set(apps.map((app) => app.socket)).size).toBe(1);
    expect(redisProcesses(folder)).toHaveLength(1);
    const [owner] = apps.filter((app) => !app.adopted);
    const [survivor] = apps.filter((app) => app.adopted);
    if (owner === undefined || survivor === undefined) throw new Error('unreachable');
    await writeMany(survivor.socket, 200);
    const before = redisProcesses(folder);
    await kill(owner, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder).filter((pid) => !before.includes(pid))).toHaveLength(1);
    expect(redisProcesses(folder)).toHaveLength(1);
    expect(await ask(survivor.socket, 'DBSIZE')).toBe(200);
    await kill(survivor, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder)).toEqual([]);
  });

  test('[RU4] is one process however many start it at the same moment', async () => {
    const folder = await temporaryFolder();
    const many = await Promise.all(
      Array.from({ length: 6 }, () => startEmbeddedRedis({ dataDir: folder, logger })),
    );
    expect(redisProcesses(folder)).toHaveLength(1);
    expect(many.filter((redis) => !redis.adopted())).toHaveLength(1);
    await Promise.all(many.map((redis) => redis.stop()));
    expect(redisProcesses(folder)).toEqual([]);
  });

  test('[RU4] stays with its owner when an app that adopted it leaves', async () => {
    const folder = await temporaryFolder();
    const owner = await servingApp(folder);
    const guest = await servingApp(folder);
    const before = redisProcesses(folder);
    await kill(guest, 'SIGINT');
    expect(guest.said.at(-1)).toEqual({ word: 'stopped' });
    expect(await ask(owner.socket, 'GET', 'last-words')).toBe('written');
    expect(redisProcesses(folder)).toEqual(before);
  });

  test('[RU5] does not hear Ctrl-C itself: the app finishes its work on it, then ends it', async () => {
    const folder = await temporaryFolder();
    const app = await servingApp(folder);
    process.kill(-(app.process.pid ?? 0), 'SIGINT');
    await app.exited;
    expect(app.said.at(-1)).toEqual({ word: 'stopped' });
    expect(redisProcesses(folder)).toEqual([]);
    const next = await servingApp(folder);
    expect(await ask(next.socket, 'GET', 'last-words')).toBe('written');
  });

  test('[RU6] is locked without the flock command too, and a stale lock does not stop a start', async () => {
    const folder = await temporaryFolder();
    const path = await commandsOnly(folder, ['sh', 'cat', 'rm', 'redis-server', 'redis-check-aof']);
    const apps = await Promise.all([servingApp(folder, path), servingApp(folder, path)]);
    expect(apps.filter((app) => !app.adopted)).toHaveLength(1);
    expect(redisProcesses(folder)).toHaveLength(1);
    const [pid = 0] = redisProcesses(folder);
    process.kill(await parentOf(pid), 'SIGKILL');
    for (const app of apps) await kill(app, 'SIGKILL');
    await expect.poll(() => redisProcesses(folder)).toEqual([]);
    const next = await servingApp(folder, path);
    expect(next.adopted).toBe(false);
  });

  test('[RU7] is not adopted when it is not durable: one line says why', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'redis'));
    const socket = join(folder, 'redis', 'redis.sock');
    const foreign = spawn('redis-server', [
      '--port',
      '0',
      '--unixsocket',
      socket,
      '--dir',
      join(folder, 'redis'),
      '--save',
      '',
    ]);
    await ask(socket, 'PING');
    const said = await startApp(folder).first;
    foreign.kill('SIGTERM');
    await once(foreign, 'exit');
    expect(said.word === 'refused' && said.reason).toMatch(
      /^the Redis at .* is not ours: its appendonly is "no", not "yes"; stop it$/u,
    );
  });

  test('[RU8] works in a data folder whose path is too long for a socket, also for a second app', async () => {
    const folder = await temporaryFolder();
    const dataDir = join(folder, 'a-long-name-'.repeat(8), 'another-long-name-'.repeat(8));
    const owner = await servingApp(dataDir);
    const guest = await servingApp(join(dataDir, '..', 'another-long-name-'.repeat(8)));
    expect(guest.adopted).toBe(true);
    expect(Buffer.byteLength(owner.socket)).toBeLessThan(104);
    expect((await stat(dirname(owner.socket))).mode & 0o777).toBe(0o700);
    expect(redisProcesses(owner.socket)).toHaveLength(1);
    await kill(guest, 'SIGINT');
    await kill(owner, 'SIGINT');
    expect(redisProcesses(owner.socket)).toEqual([]);
    await rm(dirname(owner.socket), { recursive: true });
  });

  test('[RU9] leaves nothing behind when the start is given up or the app stops it', async () => {
    const folder = await temporaryFolder();
    const abort = new AbortController();
    const start = startEmbeddedRedis({ dataDir: folder, logger, signal: abort.signal });
    await expect.poll(() => redisProcesses(folder), { interval: 1 }).toHaveLength(1);
    abort.abort();
    // It may have been ready a moment before.
    const outcome = await start.then(
      (redis) => redis.stop(),
      (error: Error) => error.message,
    );
    expect([undefined, 'stopped while Redis was starting']).toContain(outcome);
    expect(redisProcesses(folder)).toEqual([]);
  });

  test('[RU10] a start that cannot succeed is refused in one line with the reason', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'redis'));
    // Redis wants a folder of this name.
    await writeFile(join(folder, 'redis', 'appendonlydir'), '');
    const refused = startEmbeddedRedis({ dataDir: folder, logger });
    await expect(refused).rejects.toThrow(/^Redis does not start \(exit code 1: .*append-only.*\)$/u);
    expect(redisProcesses(folder)).toEqual([]);
  });

  test('[RU3] keeps every write that was acknowledged while it is killed again and again', async () => {
    const folder = await temporaryFolder();
    const redis = await startEmbeddedRedis({ dataDir: folder, logger });
    if (redis.target.kind !== 'socket') throw new Error('unreachable');
    const client = createClient({
      disableOfflineQueue: true,
      socket: { path: redis.target.path, tls: false, reconnectStrategy: 20 },
    });
    client.on('error', () => undefined);
    await client.connect();
    const acknowledged: string[] = [];
    let next = 0;
    const stop = new AbortController();
    const writers = Array.from({ length: 8 }, async () => {
      while (!stop.signal.aborted) {
        const key = `w${(next += 1)}`;
        // Without an answer its fate is unknown, which is allowed.
        await client.set(key, '1').then(
          () => acknowledged.push(key),
          () => new Promise((resolve) => setImmediate(resolve)),
        );
      }
    });
    for (let round = 0; round < 5; round += 1) {
      const reached = acknowledged.length + 200;
      await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(reached), {
        timeout: 60_000,
        interval: 5,
      });
      for (const pid of redisProcesses(folder)) process.kill(pid, 'SIGKILL');
    }
    stop.abort();
    await Promise.all(writers);
    client.destroy();
    expect(await ask(redis.target.path, 'EXISTS', ...acknowledged)).toBe(acknowledged.length);
    await redis.stop();
  });
});

/** A PATH on which only these commands are. */
async function commandsOnly(folder: string, commands: readonly string[]): Promise<string> {
  const bin = join(folder, 'path');
  await mkdir(bin, { recursive: true });
  for (const command of commands) {
    const [real = ''] = ['/usr/bin', '/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((place) =>
      join(place, command),
    );
    await symlink(real, join(bin, command));
  }
  return bin;
}

async function parentOf(pid: number): Promise<number> {
  const child = spawn('ps', ['-o', 'ppid=', '-p', String(pid)]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child, 'close');
  return Number.parseInt(text, 10);
}
