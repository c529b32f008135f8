import { createClient } from 'redis';
import { EmbeddedRedisError } from './embedded-error.ts';
import { durableSettings } from './settings.ts';

/** How a private Redis is reached; a `RedisTarget` that is no cluster. */
export type PrivateTarget = { kind: 'socket'; path: string } | { kind: 'url'; url: string };

export type Health = 'absent' | 'loading' | 'ready';

function clientOf(target: PrivateTarget) {
  // A frozen Redis is noticed by its silence to our pings.
  const socket = { connectTimeout: 2000, socketTimeout: 6000, reconnectStrategy: false as const };
  const where =
    target.kind === 'socket'
      ? { socket: { ...socket, path: target.path, tls: false as const } }
      : { url: target.url, socket };
  return createClient({ RESP: 2, pingInterval: 2000, ...where });
}
type Client = ReturnType<typeof clientOf>;

async function connect(target: PrivateTarget): Promise<Client | null> {
  const client = clientOf(target);
  // Its rejections tell the same.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    return null;
  }
}

async function healthOf(client: Client): Promise<Health> {
  try {
    await client.ping();
    return 'ready';
  } catch (error) {
    return error instanceof Error && error.message.startsWith('LOADING') ? 'loading' : 'absent';
  }
}

/** Asks whether a Redis answers there. */
export async function probe(target: PrivateTarget): Promise<Health> {
  const client = await connect(target);
  if (client === null) return 'absent';
  const health = await healthOf(client);
  client.destroy();
  return health;
}

/** A living Redis that somebody else keeps. */
export type AdoptedRedis = { readonly gone: Promise<void>; release(): void };

/**
 * Holds a connection to a Redis that was found running, to learn of its end.
 * @returns null if it is gone already
 * @throws {EmbeddedRedisError} if it serves another folder, or is not durable
 */
export async function adopt(target: PrivateTarget, dir: string): Promise<AdoptedRedis | null> {
  const client = await connect(target);
  if (client === null) return null;
  const gone = new Promise<void>((resolve) => {
    client.on('error', () => resolve()).on('end', () => resolve());
  });
  try {
    const found = await client.configGet(['dir', ...Object.keys(durableSettings)]);
    const wrong = Object.entries({ dir, ...durableSettings }).find(([name, value]) => found[name] !== value);
    if (wrong !== undefined) {
      const where = target.kind === 'socket' ? target.path : dir;
      throw new EmbeddedRedisError(
        `the Redis at ${where} is not ours: its ${wrong[0]} is "${found[wrong[0]] ?? ''}", not "${wrong[1]}"; stop it`,
      );
    }
  } catch (error) {
    client.destroy();
    if (error instanceof EmbeddedRedisError) throw error;
    return null;
  }
  return { gone, release: () => client.destroy() };
}
