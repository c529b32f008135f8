import { setTimeout } from 'node:timers/promises';
import type { Cursor, LogEvent } from '../../shared/events.ts';
import type { Reach } from '../../shared/incidents.ts';
import type { CheckpointVisited, PatrolPosition } from '../../shared/patrols.ts';
import type { Sharing, SosPosition } from '../../shared/sos.ts';
import { AppError } from '../errors.ts';
import { loadScript, type Redis, type Reply } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asString } from '../redis/reply.ts';
import { reachOf } from './reach.ts';

const commitScript = loadScript(new URL('./commit.lua', import.meta.url));
const attempts = 40;
const receiptSeconds = 30 * 24 * 3600;

/** A version that the decision was based on; 0 means that the entity was not there. */
export type Guard = { key: string; field: string; version: number };
/** A Redis command on one of the neighbourhood's keys. */
export type Write = [command: string, key: string, ...args: string[]];
/** Where the answer to a repeated command is kept, and what tells another command under the same key apart. */
export type Receipt = { key: string; fingerprint: string };

export type Commit<Body extends object> = {
  neighbourhoodId: string;
  event: LogEvent;
  at: number;
  guards: Guard[];
  writes: Write[];
  /** What the caller will answer, kept with the receipt; `seq` is added to it. */
  body: Body;
  receipt?: Receipt;
  /** Begins the log: founding only. */
  epoch?: string;
};

export type Committed<Body> = { replayed: boolean; seq: number; body: Body };

/** One entry as it goes on the wire: `{"seq":12,"at":…,"type":…,…}`. */
export type RawEntry = { seq: number; json: string };
export type Head = { epoch: string; seq: number };
/** What a process hears of a neighbourhood while it listens. */
export type LogMessage =
  | { kind: 'entry'; epoch: string; seq: number; json: string }
  | { kind: 'reach'; incidentId: string; reach: Reach }
  /** Only ever a message: never an entry, a key or a file. */
  | { kind: 'position'; position: SharedPosition }
  /** Whose choice of whom they are not shown to changed; only the servers hear of it. */
  | { kind: 'blocking'; memberId: string }
  /** For those on duty alone: an entry would tell everybody. */
  | { kind: 'visited'; visited: CheckpointVisited };

/** Where somebody is, with who may know: the members named, or all, or all but some. */
export type SharedPosition =
  | (SosPosition & { of: 'sos'; sharing: Sharing })
  | (PatrolPosition & { of: 'patrol'; neighbourhoodId: string; hiddenFrom: string[] });

const withSeq = (seq: number, json: string) => `{"seq":${seq},${json.slice(1)}`;

/** Entities are stored as `<version>|<json>`, so that the commit script can compare versions without parsing. */
export function encodeEntity(entity: { version: number }): string {
  return `${entity.version}|${JSON.stringify(entity)}`;
}

/** Removes the version prefix; the caller parses the JSON with its schema. */
export function entityJson(stored: string): string {
  return stored.slice(stored.indexOf('|') + 1);
}

export const cursorOf = ({ epoch, seq }: Head): Cursor => `${epoch}.${seq}`;

function parseMessage(message: string): LogMessage | null {
  const space = message.indexOf(' ');
  const head = message.slice(0, space);
  if (head === 'reach') {
    const [incidentId = '', ...numbers] = message.slice(space + 1).split(' ');
    return { kind: 'reach', incidentId, reach: reachOf(numbers) };
  }
  if (head === 'position') {
    // Our own, published by the process that checked it.
    return { kind: 'position', position: JSON.parse(message.slice(space + 1)) as SharedPosition };
  }
  if (head === 'blocking') return { kind: 'blocking', memberId: message.slice(space + 1) };
  if (head === 'visited')
    return { kind: 'visited', visited: JSON.parse(message.slice(space + 1)) as CheckpointVisited };
  const dot = head.lastIndexOf('.');
  const seq = Number(head.slice(dot + 1));
  if (space < 0 || dot < 0 || !Number.isSafeInteger(seq)) return null;
  return { kind: 'entry', epoch: head.slice(0, dot), seq, json: withSeq(seq, message.slice(space + 1)) };
}

function rawEntry(reply: Reply): RawEntry {
  const [id, fields] = asArray(reply);
  const seq = Number(asString(id).slice(2));
  return { seq, json: withSeq(seq, asString(asArray(fields ?? null)[1])) };
}

/** Writes and reads the neighbourhoods' logs. Nobody else touches these streams. */
export function createEventLog(redis: Redis) {
  /**
   * Commits one decision in one atomic step.
   * @returns the first answer again when the receipt says that the command was done before;
   *   `null` when a guard moved: load again and decide again
   * @throws AppError IDEMPOTENCY_KEY_REUSED, or UNAVAILABLE (then the outcome is unknown)
   */
  async function commit<Body extends object>(commit: Commit<Body>): Promise<Committed<Body> | null> {
    const keys = neighbourhoodKeys(commit.neighbourhoodId);
    const { type, ...rest } = commit.event;
    const entry = JSON.stringify({ at: commit.at, type, ...rest });
    const declared = [
      keys.log,
      keys.meta,
      commit.receipt?.key ?? keys.receipt('none', 'none'),
      keys.outbox,
      keys.channel,
      keys.outboxChannel,
    ];
    const number = (key: string) => {
      const known = declared.indexOf(key, 6);
      return String(known >= 0 ? known + 1 : declared.push(key));
    };
    const args = [
      commit.receipt?.fingerprint ?? '',
      JSON.stringify(commit.body),
      String(receiptSeconds),
      entry,
      commit.neighbourhoodId,
      type,
      commit.epoch ?? '',
      String(commit.guards.length),
    ];
    for (const { key, field, version } of commit.guards) args.push(number(key), field, String(version));
    args.push(String(commit.writes.length));
    for (const [command, key, ...rest] of commit.writes)
      args.push(String(rest.length + 2), command, number(key), ...rest);
    const reply = asArray(await redis.commit(commitScript, declared, args));
    if (reply[0] === 'moved') return null;
    if (reply[0] === 'committed') return { replayed: false, seq: asNumber(reply[1]), body: commit.body };
    if (reply[1] !== commit.receipt?.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    // The body is our own, written by the commit that made the receipt.
    return { replayed: true, seq: asNumber(reply[2]), body: JSON.parse(asString(reply[3])) as Body };
  }

  /** Looks a receipt up before deciding, so that a repetition does not depend on today's state. */
  async function replay<Body extends object>(receipt: Receipt): Promise<Committed<Body> | null> {
    const [fingerprint, seq, body] = asArray(
      await redis.send(receipt.key, 'HMGET', receipt.key, 'fingerprint', 'seq', 'body'),
    );
    if (asNullableString(fingerprint) === null) return null;
    if (fingerprint !== receipt.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    return { replayed: true, seq: asNumber(seq), body: JSON.parse(asString(body)) as Body };
  }

  /**
   * Decides and commits until no guard moved. Losers wait a random moment, so that fifty who tap at once all get
   * their turn.
   * @throws AppError CONFLICT after `attempts` lost races
   */
  async function decideAndCommit<Body extends object>(
    decide: () => Promise<Commit<Body>>,
  ): Promise<Committed<Body>> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const committed = await commit(await decide());
      if (committed !== null) return committed;
      await setTimeout(Math.random() * Math.min(5 * 2 ** attempt, 500));
    }
    throw new AppError('CONFLICT');
  }

  /** The log's newest entry; null where there is no such log. */
  async function head(neighbourhoodId: string): Promise<Head | null> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const [epoch, newest] = await Promise.all([
      redis.send(keys.meta, 'HGET', keys.meta, 'epoch'),
      redis.send(keys.log, 'XREVRANGE', keys.log, '+', '-', 'COUNT', '1'),
    ]);
    const name = asNullableString(epoch);
    if (name === null) return null;
    const [entry] = asArray(newest);
    return { epoch: name, seq: entry === undefined ? 0 : rawEntry(entry).seq };
  }

  /** The oldest entry still kept; 0 where the log is empty. */
  async function first(neighbourhoodId: string): Promise<number> {
    const { log } = neighbourhoodKeys(neighbourhoodId);
    const [entry] = asArray(await redis.send(log, 'XRANGE', log, '-', '+', 'COUNT', '1'));
    return entry === undefined ? 0 : rawEntry(entry).seq;
  }

  /** Entries in `(after, upTo]`, in order, at most `limit`. */
  async function read(
    neighbourhoodId: string,
    after: number,
    upTo: number,
    limit = 500,
  ): Promise<RawEntry[]> {
    if (upTo <= after) return [];
    const { log } = neighbourhoodKeys(neighbourhoodId);
    const reply = await redis.send(log, 'XRANGE', log, `(0-${after}`, `0-${upTo}`, 'COUNT', String(limit));
    return asArray(reply).map(rawEntry);
  }

  /** Hears each entry as it is committed. May lose messages: `onResubscribed` and seq gaps say when to read. */
  function subscribe(neighbourhoodId: string, listener: (message: LogMessage) => void) {
    return redis.subscribe(neighbourhoodKeys(neighbourhoodId).channel, (text) => {
      const message = parseMessage(text);
      if (message !== null) listener(message);
    });
  }

  /** Tells every process that follows the neighbourhood where somebody is, and keeps it nowhere. */
  async function tellPosition(position: SharedPosition): Promise<void> {
    const { channel } = neighbourhoodKeys(position.neighbourhoodId);
    await redis.send(channel, 'SPUBLISH', channel, `position ${JSON.stringify(position)}`);
  }

  /** Tells every process that follows the neighbourhood that a member chose anew whom they are not shown to. */
  async function tellBlocking(neighbourhoodId: string, memberId: string): Promise<void> {
    const { channel } = neighbourhoodKeys(neighbourhoodId);
    await redis.send(channel, 'SPUBLISH', channel, `blocking ${memberId}`);
  }

  /** Tells every process that follows the neighbourhood that a round reached one more checkpoint. */
  async function tellVisited(neighbourhoodId: string, visited: CheckpointVisited): Promise<void> {
    const { channel } = neighbourhoodKeys(neighbourhoodId);
    await redis.send(channel, 'SPUBLISH', channel, `visited ${JSON.stringify(visited)}`);
  }

  return {
    commit,
    tellPosition,
    tellBlocking,
    tellVisited,
    replay,
    decideAndCommit,
    head,
    first,
    read,
    subscribe,
    onResubscribed: (listener: () => void) => redis.onResubscribed(listener),
  };
}

export type EventLog = ReturnType<typeof createEventLog>;
