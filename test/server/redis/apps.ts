import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'redis';
import { onTestFinished, vi } from 'vitest';

type Said =
  | {
      word: 'serving';
      adopted: boolean;
      target: { kind: 'socket'; path: string } | { kind: 'url'; url: string };
    }
  | { word: 'refused'; reason: string }
  | { word: 'stopped' };

/** A process that runs `embedded-app.ts`. */
export type App = {
  process: ChildProcess;
  /** Its first word: whether it serves. */
  first: Promise<Said>;
  said: Said[];
  /** What it logged so far. */
  log: () => string;
  exited: Promise<unknown>;
};

/** A folder that goes with the running test, which fails if a Redis on it outlives it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'vigie-redis-test-')));
  onTestFinished(async () => {
    await vi.waitFor(() => {
      if (redisProcesses(folder).length > 0) throw new Error('a Redis outlived its test');
    }, 60_000);
    await rm(folder, { recursive: true, force: true });
  }, 70_000);
  return folder;
}

/** An app that ends with the running test. @param path its PATH, for a machine that lacks something, and more of its environment */
export function startApp(dataDir: string, path?: string, more: Record<string, string> = {}): App {
  const script = new URL('./embedded-app.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...more, ...(path === undefined ? {} : { PATH: path }) },
    // A group of its own, so that a test can do to it what Ctrl-C in a terminal does.
    detached: true,
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const said: Said[] = [];
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const first = new Promise<Said>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const words = JSON.parse(line) as Said;
      said.push(words);
      resolve(words);
    });
    child.once('exit', () => reject(new Error(`the app ended without a word: ${log}`)));
  });
  return { process: child, first, said, log: () => log, exited: once(child, 'close') };
}

/** Starts an app that must serve. */
export async function servingApp(
  dataDir: string,
  path?: string,
): Promise<App & { adopted: boolean; socket: string }> {
  const app = startApp(dataDir, path);
  const said = await app.first;
  if (said.word !== 'serving' || said.target.kind !== 'socket')
    throw new Error(`${JSON.stringify(said)} ${app.log()}`);
  return { ...app, adopted: said.adopted, socket: said.target.path };
}

export async function kill(app: App, signal: NodeJS.Signals): Promise<void> {
  app.process.kill(signal);
  await app.exited;
}

/** The pids of Redis servers (not their watchdogs) whose command line names this folder. */
export function redisProcesses(folder: string): number[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes(folder) && /^\s*\d+\s+\S*(?:redis|valkey)-server\s/u.test(line))
    .map((line) => Number.parseInt(line, 10));
}

/** Waits until the Redis there answers, then asks it. */
export async function ask(socket: string, ...command: string[]): Promise<unknown> {
  return await vi.waitFor(
    async () => {
      const client = createClient({
        RESP: 2,
        socket: { path: socket, tls: false, reconnectStrategy: false },
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return await client.sendCommand<string | string[]>(command);
      } finally {
        if (client.isOpen) client.destroy();
      }
    },
    { timeout: 60_000, interval: 20 },
  );
}

/** Writes `k0 … k<count-1>`, each acknowledged before this returns. */
export async function writeMany(socket: string, count: number, value = 'v'): Promise<void> {
  const client = createClient({ socket: { path: socket, tls: false } });
  await client.connect();
  await Promise.all(Array.from({ length: count }, (_, i) => client.set(`k${i}`, value)));
  client.destroy();
}
