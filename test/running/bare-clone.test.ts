import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { processesOf } from './project.ts';

const root = join(import.meta.dirname, '..', '..');
/** Written at the end of an installation and of a build. */
const marks = ['node_modules/.lock-hash', 'dist/.src-hash'];
const notCloned = /^(?:node_modules|dist|data|\.git|test\/output)(?:\/|$)/u;

let folder = '';
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'vigie-bare-')));
  await cp(root, folder, { recursive: true, filter: (path) => !notCloned.test(path.slice(root.length + 1)) });
});

afterAll(async () => {
  for (const npm of started) if (npm.exitCode === null) npm.kill('SIGTERM');
  await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), { timeout: 60_000 });
  await rm(folder, { recursive: true });
});

/** Ends with the line that names the address. */
async function npmStart(): Promise<{ npm: ChildProcess; url: string; exited: Promise<unknown> }> {
  const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
  const npm = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...inherited, PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(npm);
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /Vigie is at (http:\/\/localhost:\d+)/u.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    npm.once('exit', () => reject(new Error(output)));
  });
  return { npm, url, exited: once(npm, 'exit') };
}

const changedAt = async (path: string) => (await stat(join(folder, path))).mtimeMs;

/** What Ctrl-C in a terminal does: the whole foreground group gets it. */
async function ctrlC({ npm, exited }: { npm: ChildProcess; exited: Promise<unknown> }): Promise<void> {
  process.kill(-(npm.pid ?? 0), 'SIGINT');
  await exited;
}

describe('the two commands on a bare clone', () => {
  test(
    '[RU30] npm start serves the app, again without installing or building, and two share one data folder',
    { timeout: 600_000 },
    async () => {
      const first = await npmStart();
      expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
      const page = await fetch(first.url);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/u);
      const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/u.exec(await page.text()) ?? [];
      expect((await fetch(new URL(script, first.url))).status).toBe(200);
      expect((await fetch(new URL('/sw.js', first.url))).status).toBe(200);
      await ctrlC(first);
      // npm may be gone before the server has finished its work.
      await expect.poll(() => processesOf(folder)).toEqual([]);

      const made = await Promise.all(marks.map(changedAt));
      const second = await npmStart();
      expect(await Promise.all(marks.map(changedAt))).toEqual(made);
      const beside = await npmStart();
      expect((await fetch(`${beside.url}/health/ready`)).status).toBe(200);
      expect(redisServers()).toHaveLength(1);
      const owned = redisServers();
      second.npm.kill('SIGKILL');
      await expect
        .poll(() =>
          fetch(second.url).then(
            () => 'serves',
            () => 'gone',
          ),
        )
        .toBe('gone');
      // The Redis of the one that went goes with it; the other one starts its own.
      await expect.poll(() => redisServers().filter((redis) => owned.includes(redis))).toEqual([]);
      await expect.poll(async () => (await fetch(`${beside.url}/health/ready`)).status).toBe(200);
      expect(redisServers()).toHaveLength(1);
      await ctrlC(beside);
      await expect.poll(() => processesOf(folder)).toEqual([]);
    },
  );
});

function redisServers(): string[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return list
    .split('\n')
    .filter((line) => line.includes(folder) && /^\s*\d+ \S*(?:redis|valkey)-server\s/u.test(line));
}
