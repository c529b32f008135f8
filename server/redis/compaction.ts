import type { Logger } from 'pino';
import type { Redis } from './client.ts';
import { partitionKeys, partitions } from './keys.ts';

const what = 'compaction:all';
const day = 24 * 3600 * 1000;
/** A rewrite that began before something was erased still writes it: another follows. */
const againMs = 10_000;

/** Asks for a rewrite, as soon as a worker looks at its timers. */
export async function requestCompaction(redis: Redis, at: number): Promise<void> {
  const { timers } = partitionKeys(0);
  await redis.send(timers, 'ZADD', timers, String(at), what);
}

/** Sets the daily rewrite, once for all processes. */
export async function planCompaction(redis: Redis, at: number): Promise<void> {
  const { timers } = partitionKeys(0);
  await redis.send(timers, 'ZADD', timers, 'NX', String(at + day), what);
}

/** A key of each node. */
async function nodesOf(redis: Redis): Promise<string[]> {
  const keys = Array.from({ length: partitions }, (_, partition) => partitionKeys(partition).timers);
  if (!redis.isCluster) return keys.slice(0, 1);
  const nodes = new Map<string, string>();
  for (const key of keys) nodes.set(String(await redis.send(key, 'CLUSTER', 'MYID')), key);
  return [...nodes.values()];
}

/** @returns whether a rewrite begins now */
async function rewrite(redis: Redis, key: string, logger: Logger): Promise<boolean> {
  const info = String(await redis.send(key, 'INFO', 'persistence'));
  if (/^aof_enabled:0/mu.test(info)) return true;
  if (/^aof_rewrite_in_progress:1/mu.test(info)) return false;
  try {
    await redis.send(key, 'BGREWRITEAOF');
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('in progress')) return false;
    // Somebody else's Redis may not let us: then its operator decides how long its file remembers.
    logger.warn(
      { reason: error instanceof Error ? error.message : '' },
      'the file of redis was not rewritten',
    );
    return true;
  }
}

/**
 * The timer `compaction:all`: once a day, and when somebody was erased, each Redis rewrites its append-only file, which
 * then holds what is there and no longer what was. Replicas rewrite theirs by their own rules.
 * @param alsoForget what else on the disk holds what was
 */
export function compaction(
  { redis, logger, now }: { redis: Redis; logger: Logger; now: () => number },
  alsoForget: () => Promise<void> = async () => undefined,
) {
  return async (): Promise<number> => {
    const begun: boolean[] = [];
    for (const key of await nodesOf(redis)) begun.push(await rewrite(redis, key, logger));
    await alsoForget();
    return now() + (begun.every(Boolean) ? day : againMs);
  };
}
