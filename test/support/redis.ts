import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { connectRedis, type Redis, type RedisTarget } from '../../server/redis/client.ts';

/** A Redis of the test's own, as durable as ours; on a socket in a folder of its own, or as a one-node cluster. */
export type TestRedis = {
  target: RedisTarget;
  dir: string;
  pid: number;
  connect(): Promise<Redis>;
  /** Kills it as a crash would; `restart` brings it back on the same file. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * A port to keep, through restarts too: below those that an operating system gives to connections and to whoever asks
 * for any, which could take it while nobody listens on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

async function answers(target: RedisTarget): Promise<boolean> {
  try {
    const redis = await connectRedis(target, pino({ level: 'silent' }));
    await redis.send('x', 'EXISTS', 'x');
    await redis.close();
    return true;
  } catch {
    return false;
  }
}

export async function startRedis({ cluster = false } = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-test-redis-'));
  const port = cluster ? await freePort() : 0;
  const socket = join(dir, 'redis.sock');
  const target: RedisTarget = cluster
    ? { kind: 'cluster', nodes: [`127.0.0.1:${port}`] }
    : { kind: 'socket', path: socket };
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes'],
    ...['--appendfsync', 'always', '--maxmemory-policy', 'noeviction', '--daemonize', 'no'],
    ...(cluster ? ['--cluster-enabled', 'yes'] : ['--unixsocket', socket, '--unixsocketperm', '700']),
  ];
  let child: ChildProcess;
  const opened = new Set<Redis>();

  async function start(first: boolean): Promise<void> {
    child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/ready to accept connections/iu.test(output)) resolve();
      });
      child.once('exit', (code) =>
        reject(new Error(`redis-server exited (${String(code)}): ${output.slice(-800)}`)),
      );
    });
    await ready;
    if (cluster && first) {
      const slots = spawn('redis-cli', ['-p', String(port), 'cluster', 'addslotsrange', '0', '16383'], {
        stdio: 'ignore',
      });
      await once(slots, 'exit');
    }
    // A cluster takes a moment to call itself ok; each try is a connection.
    while (!(await answers(target))) await delay(25);
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.removeAllListeners('exit');
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  await start(true);
  return {
    target,
    dir,
    get pid() {
      return child.pid ?? -1;
    },
    async connect() {
      const redis = await connectRedis(target, pino({ level: 'silent' }));
      opened.add(redis);
      return redis;
    },
    kill: () => kill('SIGKILL'),
    restart: () => start(false),
    async stop() {
      for (const redis of opened) await redis.close();
      await kill('SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
