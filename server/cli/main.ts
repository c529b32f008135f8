import { mkdir } from 'node:fs/promises';
import { pino } from 'pino';
import type { Deps } from '../deps.ts';
import { type Env, exitConfiguration, parseEnv } from '../env.ts';
import { AppError } from '../errors.ts';
import { renewEpochs } from '../eventlog/epochs.ts';
import { createEventLog } from '../eventlog/eventlog.ts';
import { listNeighbourhoods } from '../import/destinations.ts';
import { ImportError } from '../import/import-error.ts';
import { presets } from '../import/presets.ts';
import { connectRedis, type Redis, type RedisTarget } from '../redis/client.ts';
import { startEmbeddedRedis } from '../redis/embedded.ts';
import { type Command, parseCommand, usage, UsageError } from './arguments.ts';
import { importBoundaries } from './import-boundaries.ts';
import { importIncidents } from './import-incidents.ts';
import { createOutput } from './output.ts';

const exitUsage = 64; // sysexits.h, EX_USAGE

const logger = pino({ level: 'warn' }, pino.destination(2));
const output = createOutput(process.stdout, process.stderr);

function fail(message: string, code: number): never {
  output.settle();
  process.stderr.write(`vigie: ${message}\n`);
  process.exit(code);
}

/** Where the server's Redis is; one of our own is started, or shared with the server that runs. */
async function findRedis(env: Env): Promise<{ target: RedisTarget; stop: () => Promise<void> }> {
  const stop = async () => undefined;
  if (env.REDIS_CLUSTER_NODES !== undefined)
    return { target: { kind: 'cluster', nodes: env.REDIS_CLUSTER_NODES }, stop };
  if (env.REDIS_URL !== undefined) return { target: { kind: 'url', url: env.REDIS_URL }, stop };
  await mkdir(env.DATA_DIR, { recursive: true, mode: 0o700 });
  return startEmbeddedRedis({ dataDir: env.DATA_DIR, logger });
}

async function withRedis<T>(env: Env, work: (redis: Redis) => Promise<T>): Promise<T> {
  const found = await findRedis(env);
  try {
    const redis = await connectRedis(found.target, logger);
    try {
      return await work(redis);
    } finally {
      await redis.close();
    }
  } finally {
    await found.stop();
  }
}

async function run(command: Command, env: Env): Promise<boolean> {
  if (command.kind === 'help') {
    process.stdout.write(usage);
    return true;
  }
  if (command.kind === 'mapping') {
    output.result(JSON.stringify(presets.get(command.preset), null, 2));
    return true;
  }
  return withRedis(env, async (redis) => {
    const deps: Pick<Deps, 'redis' | 'eventLog' | 'now'> = {
      redis,
      eventLog: createEventLog(redis),
      now: Date.now,
    };
    if (command.kind === 'restored') {
      output.result(`${await renewEpochs(redis)} logs begin a new epoch`);
      return true;
    }
    if (command.kind === 'neighbourhoods') {
      for (const { id, name } of await listNeighbourhoods(redis)) output.result(`${id}  ${name}`);
      return true;
    }
    if (command.kind === 'boundaries') {
      return importBoundaries(deps, command, env.PUBLIC_URL ?? `http://localhost:${env.PORT}`, output);
    }
    await importIncidents(deps, command, output);
    return true;
  });
}

/** One line that a person can act on. */
function messageOf(error: unknown, command: Command): string {
  if (error instanceof ImportError)
    return 'file' in command ? `${command.file} ${error.message}` : error.message;
  if (error instanceof AppError && error.code === 'UNAVAILABLE') {
    return 'Redis does not answer. What was loaded is there; run the same command again for the rest';
  }
  if (error instanceof Error && 'code' in error && 'path' in error) {
    const path = String(error.path);
    return error.code === 'ENOENT' ? `${path} does not exist` : `cannot use ${path}: ${String(error.code)}`;
  }
  return error instanceof Error ? error.message : String(error);
}

const parsedEnv = parseEnv();
if (!parsedEnv.ok) fail(parsedEnv.message, exitConfiguration);
let command: Command;
try {
  command = parseCommand(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  fail(`${error.message}\nSee npm run vigie -- --help`, exitUsage);
}
try {
  if (!(await run(command, parsedEnv.env))) process.exitCode = 1;
} catch (error) {
  logger.debug({ err: error }, 'command failed');
  fail(messageOf(error, command), 1);
}
