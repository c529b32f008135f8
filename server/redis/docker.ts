import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { aofFolder, aofManifest, repairTornEnd } from './repair.ts';
import { settingsAsFile } from './settings.ts';
import type { RedisPlan } from './supervisor.ts';
import { watched } from './watchdog.ts';

const run = promisify(execFile);

const image = 'redis:8';
// Where the image expects its data.
const inside = '/data';

type Access = { port: number; password: string };

/**
 * Plans the private Redis as a container on this machine's Docker engine, reachable from this machine alone and with a
 * password, as unix sockets do not cross the mounts of Docker Desktop. The watchdog runs inside; `docker run -i` brings
 * the end of its standard input to it, so that the container ends with us as a process would. A second container on
 * the same folder fails at the port.
 * @param dir Redis' folder, mounted into the container
 * @returns null where no engine answers
 */
export async function dockerPlan(dir: string, logger: Logger): Promise<RedisPlan | null> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
  } catch {
    return null;
  }
  const { port, password } = await accessOf(join(dir, 'docker.json'));
  // A file, because everybody on the machine can read a command line.
  await writeFile(join(dir, 'docker.conf'), settingsAsFile({ dir: inside, requirepass: password }), {
    mode: 0o600,
  });
  logger.info({ image, port }, 'no Redis on the PATH: running one in Docker (the first time fetches it)');
  const { uid, gid } = userInfo();
  const mounted = ['run', '--rm', '-i', '--user', `${uid}:${gid}`, '-v', `${dir}:${inside}`];
  const server = watched(`${inside}/redis.lock`, ['redis-server', `${inside}/docker.conf`]);
  const checker = {
    command: ['docker', ...mounted, image, 'redis-check-aof'],
    manifest: `${inside}/${aofFolder}/${aofManifest}`,
  };
  return {
    target: { kind: 'url', url: `redis://:${password}@127.0.0.1:${port}` },
    command: ['docker', ...mounted, '-p', `127.0.0.1:${port}:6379`, image, ...server],
    dir: inside,
    repair: () => repairTornEnd(dir, checker, logger),
  };
}

/** The port and the password of the first start, so that every later one and every restart has the same address. */
async function accessOf(file: string): Promise<Access> {
  try {
    const { port, password } = JSON.parse(await readFile(file, 'utf8')) as Partial<Access>;
    if (typeof port === 'number' && typeof password === 'string') return { port, password };
  } catch {
    // The first start, or a file cut short: a new one.
  }
  const access = { port: await freePort(), password: randomBytes(24).toString('base64url') };
  await writeFile(file, JSON.stringify(access), { mode: 0o600 });
  return access;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
