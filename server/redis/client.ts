import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { createClient, createCluster } from 'redis';
import { AppError } from '../errors.ts';
import { inBatches } from './batches.ts';

/** Where Redis is. */
export type RedisTarget =
  | { kind: 'socket'; path: string }
  | { kind: 'url'; url: string }
  | { kind: 'cluster'; nodes: string[] };

/** A reply as RESP2 gives it. */
export type Reply = string | number | null | Reply[];

/** A Lua script with its digest; loaded on first use on each node. */
export type Script = { source: string; sha1: string };

/**
 * One Redis or a Redis Cluster behind one face: each call names the key whose slot decides, so that the same code
 * runs on both. Every call rejects with `AppError('UNAVAILABLE')` while Redis is away; what was on its way then has
 * an unknown outcome, which a repetition with the same idempotency key resolves.
 */
export interface Redis {
  send(key: string, ...args: string[]): Promise<Reply>;
  /** @param keys all in one slot; every key that the script touches */
  run(script: Script, keys: string[], args: string[]): Promise<Reply>;
  /** As `run`, for what many write at once: gathered, see `inBatches`, and in no order to other calls. */
  commit(script: Script, keys: string[], args: string[]): Promise<Reply>;
  /** Listens to a sharded channel. */
  subscribe(channel: string, listener: (message: string) => void): Promise<() => Promise<void>>;
  /** Told whenever the listening connection was re-established: messages may have been lost. */
  onResubscribed(listener: () => void): void;
  close(): Promise<void>;
  /** The client itself, for libraries that bring their own scripts. */
  readonly client: object;
  readonly isCluster: boolean;
}

/** Reads a script that lies beside the importing file; the build copies it beside the bundle. */
export function loadScript(file: URL): Script {
  const source = readFileSync(file, 'utf8');
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

const connection = {
  // A command is refused at once instead of waiting for a Redis that is away: the caller gets 503.
  disableOfflineQueue: true,
  RESP: 2,
  // A Redis that stopped answering is noticed by its silence to our pings.
  pingInterval: 1000,
  // A timer and an abort signal for each command would cost more than most commands; the socket's own time-out, which
  // also ends commands that were written, is enough.
  commandOptions: { timeout: 0 },
} as const;
const socketOptions = {
  socketTimeout: 4000,
  connectTimeout: 3000,
  reconnectStrategy: (retries: number) => Math.min(50 * 2 ** Math.min(retries, 6), 1000),
};

/** Connections that a large batch of commits is spread over. */
const lanes = 6;

function unavailable(error: unknown): AppError {
  return new AppError('UNAVAILABLE', { cause: error });
}

// Replies that start with one of these say that Redis lives but cannot serve now.
const passing = /^(LOADING|CLUSTERDOWN|TRYAGAIN|MISCONF|OOM|READONLY|MASTERDOWN|BUSY|NOREPLICAS)\b/u;

/** Redis' own refusal of a command (a bug of ours) stays an error; all else is Redis being away. */
function mapError(error: unknown): unknown {
  if (error instanceof Error && /^[A-Z]{2,}[ :]/u.test(error.message) && !passing.test(error.message))
    return error;
  return unavailable(error);
}

type Commander = {
  /** @param lane which of several connections to one Redis; what goes by different ones has no order */
  send(key: string, args: string[], lane?: number): Promise<Reply>;
  sSubscribe(channel: string, listener: (message: string) => void): Promise<void>;
  sUnsubscribe(channel: string, listener: (message: string) => void): Promise<void>;
  close(): Promise<void>;
  client: object;
  isCluster: boolean;
};

async function connectSingle(
  target: Exclude<RedisTarget, { kind: 'cluster' }>,
  logger: Logger,
  onReady: () => void,
) {
  const where =
    target.kind === 'socket'
      ? { socket: { path: target.path, tls: false as const, ...socketOptions } }
      : target.url.startsWith('unix://')
        ? { socket: { path: target.url.slice('unix://'.length), tls: false as const, ...socketOptions } }
        : { url: target.url, socket: socketOptions };
  const client = createClient({ ...connection, ...where });
  const subscriber = client.duplicate();
  let quiet = false;
  const onError = (error: Error) => {
    if (!quiet) logger.warn({ reason: error.message }, 'redis is away');
    quiet = true;
  };
  client.on('error', onError).on('ready', () => {
    if (quiet) logger.info('redis is back');
    quiet = false;
  });
  subscriber.on('error', () => undefined).on('ready', onReady);
  await Promise.all([client.connect(), subscriber.connect()]);
  const more: (typeof client)[] = [];
  /** A lane is opened when it is first asked for; until it is there, and while it is away, the first one serves. */
  function laneOf(lane: number): typeof client {
    if (lane > more.length) {
      const another = client.duplicate();
      more.push(another.on('error', () => undefined));
      another.connect().catch(() => undefined);
    }
    const found = more[lane - 1];
    return found?.isReady === true ? found : client;
  }
  return {
    send: (_key, args, lane = 0) => laneOf(lane).sendCommand<Reply>(args),
    sSubscribe: (channel, listener) => subscriber.sSubscribe(channel, listener),
    sUnsubscribe: (channel, listener) => subscriber.sUnsubscribe(channel, listener),
    close: async () => {
      for (const each of [client, subscriber, ...more]) each.destroy();
    },
    client,
    isCluster: false,
  } satisfies Commander;
}

async function connectCluster(nodes: string[], logger: Logger, onReady: () => void) {
  const cluster = createCluster({
    RESP: 2,
    rootNodes: nodes.map((node) => ({ url: `redis://${node}` })),
    defaults: { ...connection, socket: socketOptions },
  });
  cluster.on('error', (error: Error) => logger.warn({ reason: error.message }, 'redis cluster is away'));
  cluster.on('node-ready', onReady);
  await cluster.connect();
  return {
    send: (key, args) => cluster.sendCommand<Reply>(key, false, args),
    sSubscribe: (channel, listener) => cluster.sSubscribe(channel, listener),
    sUnsubscribe: (channel, listener) => cluster.sUnsubscribe(channel, listener),
    close: async () => {
      cluster.destroy();
    },
    client: cluster,
    isCluster: true,
  } satisfies Commander;
}

/**
 * Connects, with a second connection for listening.
 * @throws whatever the client says if Redis cannot be reached at all
 */
export async function connectRedis(target: RedisTarget, logger: Logger): Promise<Redis> {
  const resubscribed = new Set<() => void>();
  const onReady = () => {
    for (const listener of resubscribed) listener();
  };
  const commander: Commander =
    target.kind === 'cluster'
      ? await connectCluster(target.nodes, logger, onReady)
      : await connectSingle(target, logger, onReady);

  async function send(key: string, ...args: string[]): Promise<Reply> {
    try {
      return await commander.send(key, args);
    } catch (error) {
      throw mapError(error);
    }
  }

  async function run(script: Script, keys: string[], args: string[], lane = 0): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args];
    const [slot = ''] = keys;
    try {
      return await commander.send(slot, ['EVALSHA', script.sha1, ...rest], lane);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw mapError(error);
      return await send(slot, 'EVAL', script.source, ...rest);
    }
  }

  const batched = inBatches(lanes);
  return {
    send,
    run: (script, keys, args) => run(script, keys, args),
    // A node of a cluster must not wait for another.
    commit: (script, keys, args) =>
      commander.isCluster ? run(script, keys, args) : batched((lane) => run(script, keys, args, lane)),
    async subscribe(channel, listener) {
      try {
        await commander.sSubscribe(channel, listener);
      } catch (error) {
        throw mapError(error);
      }
      return async () => {
        // The connection may be gone at shutdown, and with it the subscription.
        await commander.sUnsubscribe(channel, listener).catch(() => undefined);
      };
    },
    onResubscribed: (listener) => void resubscribed.add(listener),
    close: () => commander.close(),
    client: commander.client,
    isCluster: commander.isCluster,
  };
}
