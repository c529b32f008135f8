import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './redis.ts';

const root = join(import.meta.dirname, '../..');
const entry = join(root, 'dist/server/index.js');
/** Ends the server with whoever started it. */
const followParent = join(root, 'server/follow-parent.mjs');

/** A process of the built server. */
export type TestProcess = {
  url: string;
  pid: () => number;
  /** As a crash would; `start` brings it back on the same port and data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** As Ctrl-C does. @returns the exit code */
  interrupt(): Promise<number | null>;
  /** What it printed since its last start. */
  output: () => string;
  stop(): Promise<void>;
};

/** Starts the built server with its own data folder; without REDIS_URL it runs its own Redis there. */
export async function startProcess(env: Record<string, string> = {}): Promise<TestProcess> {
  if (!existsSync(entry)) throw new Error('there is no build: run `npm run build` first');
  const dataDir = await mkdtemp(join(process.env['VIGIE_TEST_RUN'] ?? tmpdir(), 'vigie-test-data-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess;
  let output = '';

  async function start(): Promise<void> {
    output = '';
    child = spawn(process.execPath, ['--enable-source-maps', '--import', followParent, entry], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        PORT: String(port),
        HOST: '127.0.0.1',
        DATA_DIR: dataDir,
        TILE_URL: 'none',
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.channel?.unref();
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually(
      async () => {
        if (child.exitCode !== null)
          throw new Error(`the server ended (${child.exitCode}): ${output.slice(-2000)}`);
        return (await fetch(`${url}/health/ready`)).ok;
      },
      { within: 60_000, what: 'the server' },
    );
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  }

  await start();
  return {
    url,
    pid: () => child.pid ?? -1,
    kill: async () => void (await end('SIGKILL')),
    start,
    interrupt: () => end('SIGINT'),
    output: () => output,
    async stop() {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
