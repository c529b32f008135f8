import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stopChild } from './child.ts';

const root = new URL('../../', import.meta.url);

/**
 * Builds the server as it is shipped and starts it in one process with its own Redis, which syncs each write to the
 * disk before it is answered.
 */
export async function startBuiltApp(env: Record<string, string> = {}): Promise<{
  url: string;
  redisSocket: string;
  stop: () => Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'vigie-bench-'));
  const built = join(dir, 'server');
  const vite = ['node_modules/vite/bin/vite.js', 'build', '--ssr', '--config', 'vite.server.config.ts'];
  await promisify(execFile)(process.execPath, [...vite, '--outDir', built, '--logLevel', 'error'], {
    cwd: root,
  });
  const child = spawn(process.execPath, [join(built, 'index.js')], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: join(dir, 'data'),
      RATE_LIMITS: 'off',
      TILE_URL: 'none',
      LOG_LEVEL: 'error',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /Vigie is at http:\/\/[^:\s]+:(\d+)/u.exec(output)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${String(code)}`)));
  });
  return {
    url,
    redisSocket: join(dir, 'data/redis/redis.sock'),
    async stop() {
      await stopChild(child);
      await rm(dir, { recursive: true, force: true });
    },
  };
}
