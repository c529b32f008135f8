import { join } from 'node:path';
import type { Logger } from 'pino';
import { unpackDistributionRedis } from './apt.ts';
import { isOnPath, type RedisBinary, search, searchPath } from './binary.ts';
import { dockerPlan } from './docker.ts';
import { EmbeddedRedisError } from './embedded-error.ts';
import { prepareFolder, type RedisFolder } from './folder.ts';
import type { PrivateTarget } from './probe.ts';
import { aofFolder, aofManifest, repairTornEnd } from './repair.ts';
import { settingsAsArguments } from './settings.ts';
import { type RedisPlan, supervise } from './supervisor.ts';
import { watched } from './watchdog.ts';

/** A Redis of our own that serves until `stop`. */
export type EmbeddedRedis = {
  readonly target: PrivateTarget;
  /** Redis' folder as we see it. */
  readonly dir: string;
  /** Whether another process on the same data folder runs the Redis that serves now. */
  adopted(): boolean;
  /** Ends it, all written. One that another process runs stays. */
  stop(): Promise<void>;
};

/**
 * Runs a private Redis on `<dataDir>/redis`, durable at every write, and keeps it running: it is started again when it
 * dies, ends with this process however that ends, and is shared with other processes on the same data folder, of which
 * one takes over when the one that started it goes. Never two Redis on one file.
 * @param signal gives up a start under way
 * @returns once Redis answers
 * @throws {EmbeddedRedisError} one line, when none can be had or its file needs a person
 */
export async function startEmbeddedRedis(options: {
  dataDir: string;
  logger: Logger;
  signal?: AbortSignal;
}): Promise<EmbeddedRedis> {
  const { dataDir, logger, signal } = options;
  if (process.platform === 'win32')
    throw new EmbeddedRedisError('on Windows run Vigie under WSL, or set REDIS_URL');
  const folder = await prepareFolder(dataDir);
  const plan = await planFor(folder, join(dataDir, 'redis-bin'), logger);
  const supervised = await supervise(plan, logger, signal);
  return { target: plan.target, dir: folder.dir, ...supervised };
}

async function planFor(folder: RedisFolder, unpacked: string, logger: Logger): Promise<RedisPlan> {
  const onPath = await searchPath();
  if (onPath.found !== null) return localPlan(folder, onPath.found, logger);
  const earlier = await search([join(unpacked, 'bin', 'redis-server')]);
  if (earlier.found !== null) return localPlan(folder, earlier.found, logger);
  const fetched = await unpackDistributionRedis(unpacked, logger);
  const fromPackage = fetched === null ? null : (await search([fetched])).found;
  if (fromPackage !== null) return localPlan(folder, fromPackage, logger);
  const container = await dockerPlan(folder.dir, logger);
  if (container !== null) return container;
  const found =
    onPath.tooOld === null ? 'No Redis found' : `${onPath.tooOld.path} is version ${onPath.tooOld.version}`;
  throw new EmbeddedRedisError(
    `${found}; Vigie needs Redis 7.0 or later, or Valkey: ${await installLine()}, or set REDIS_URL`,
  );
}

/** What to type, for the package manager that is there. */
async function installLine(): Promise<string> {
  const lines = {
    'apt-get': 'sudo apt install redis-server',
    dnf: 'sudo dnf install valkey',
    brew: 'brew install redis',
  };
  for (const [manager, line] of Object.entries(lines)) {
    if (await isOnPath(manager)) return line;
  }
  return Object.values(lines).join(' / ');
}

function localPlan(folder: RedisFolder, binary: RedisBinary, logger: Logger): RedisPlan {
  logger.debug({ server: binary.server, version: binary.version, socket: folder.socket }, 'private redis');
  const settings = { dir: folder.dir, port: '0', unixsocket: folder.socket, unixsocketperm: '700' };
  return {
    target: { kind: 'socket', path: folder.socket },
    command: watched(folder.lock, [binary.server, ...settingsAsArguments(settings)]),
    dir: folder.dir,
    repair: () =>
      repairTornEnd(
        folder.dir,
        { command: [binary.checkAof], manifest: join(folder.dir, aofFolder, aofManifest) },
        logger,
      ),
  };
}
