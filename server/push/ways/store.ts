import * as v from 'valibot';
import { maxWays, Way, WayRun } from '../../../shared/ways.ts';
import { defaultLockScreen, LockScreen } from '../../../shared/push.ts';
import { Timestamp } from '../../../shared/text.ts';
import { AppError } from '../../errors.ts';
import { encodeEntity, entityJson } from '../../eventlog/eventlog.ts';
import { loadScript, type Redis } from '../../redis/client.ts';
import { personKeys } from '../../redis/keys.ts';
import { asNullableString, asRecord, asStrings } from '../../redis/reply.ts';
import type { SubscriptionStore } from '../store.ts';
import { ended, type StoredWay } from './way.ts';

const putScript = loadScript(new URL('./put-way.lua', import.meta.url));
const runScript = loadScript(new URL('./note-run.lua', import.meta.url));

const keptRuns = 20;
const runSeconds = 30 * 24 * 3600;
/** As long as a person without any device is kept; each message begins it anew. */
const keptSeconds = 400 * 24 * 3600;
const attempts = 20;

const Stored: v.GenericSchema<unknown, StoredWay> = v.object({
  ...v.omit(Way, ['runs']).entries,
  // Of before there was a choice.
  lockScreen: v.optional(LockScreen, defaultLockScreen),
  version: v.number(),
  code: v.nullable(v.object({ hash: v.string(), expiresAt: Timestamp, tries: v.number() })),
  origin: v.string(),
  stop: v.string(),
  token: v.nullable(v.string()),
  signing: v.nullable(v.string()),
  fingerprint: v.string(),
});

const parse = (stored: string): StoredWay => v.parse(Stored, JSON.parse(entityJson(stored)));

/** Keeps by what a person is told beside push: their own business, so no log tells of it. */
export function createWayStore(redis: Redis, subscriptions: SubscriptionStore) {
  async function get(personId: string, wayId: string): Promise<StoredWay | null> {
    const { ways } = personKeys(personId);
    const stored = asNullableString(await redis.send(ways, 'HGET', ways, wayId));
    return stored === null ? null : parse(stored);
  }

  async function all(personId: string): Promise<StoredWay[]> {
    const { ways } = personKeys(personId);
    // Bounded by `maxWays`.
    return Object.values(asRecord(await redis.send(ways, 'HGETALL', ways))).map(parse);
  }

  async function put(personId: string, way: StoredWay): Promise<'stored' | 'moved' | 'full'> {
    const { ways } = personKeys(personId);
    const args = [way.id, String(way.version - 1), encodeEntity(way), String(maxWays), String(keptSeconds)];
    return (await redis.run(putScript, [ways], args)) as 'stored' | 'moved' | 'full';
  }

  /** @throws AppError CONFLICT where there are too many */
  async function add(personId: string, way: StoredWay): Promise<void> {
    const issues = [{ path: 'kind', message: `there are ${maxWays} ways already` }];
    if ((await put(personId, way)) === 'full') throw new AppError('CONFLICT', { issues });
  }

  /**
   * Changes a way by what `decide` makes of it, however many do so at once.
   * @param decide null where it changes nothing
   */
  async function change(
    personId: string,
    wayId: string,
    decide: (way: StoredWay) => StoredWay | null,
  ): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const way = await get(personId, wayId);
      const next = way && decide(way);
      if (!next || (await put(personId, next)) === 'stored') return;
    }
    throw new AppError('CONFLICT');
  }

  /** Tells by a way from now on, as it is chosen now, also while that changes. Not by one that is not verified. */
  async function tell(personId: string, wayId: string): Promise<void> {
    for (;;) {
      const way = await get(personId, wayId);
      if (way?.state !== 'verified') return await subscriptions.remove({ personId, deviceId: wayId });
      await subscriptions.putWay(personId, way);
      if ((await get(personId, wayId))?.version === way.version) return;
    }
  }

  /** Whatever waits for it is told to nobody: the way goes first. @returns whether it was there */
  async function remove(personId: string, wayId: string): Promise<boolean> {
    const keys = personKeys(personId);
    const removed = await redis.send(keys.ways, 'HDEL', keys.ways, wayId);
    await subscriptions.remove({ personId, deviceId: wayId });
    const runs = keys.wayRuns(wayId);
    await redis.send(runs, 'DEL', runs);
    return removed === 1;
  }

  /** Nobody is there any more: stays for its owner to see, and is told nothing. */
  async function end(personId: string, wayId: string): Promise<void> {
    await change(personId, wayId, (way) => (way.state === 'ended' ? null : ended(way)));
    await subscriptions.remove({ personId, deviceId: wayId });
  }

  async function noteRun(personId: string, wayId: string, run: WayRun): Promise<void> {
    const keys = personKeys(personId);
    await redis.run(
      runScript,
      [keys.ways, keys.wayRuns(wayId), keys.subscriptions],
      [wayId, JSON.stringify(run), ...[keptRuns, runSeconds, keptSeconds].map(String)],
    );
  }

  async function shown(personId: string, way: StoredWay): Promise<Way> {
    const runs = personKeys(personId).wayRuns(way.id);
    const stored = asStrings(await redis.send(runs, 'LRANGE', runs, '0', String(keptRuns - 1)));
    const { id, kind, address, locale, timeZone, lockScreen, addedAt, state } = way;
    return {
      ...{ id, kind, address, locale, timeZone, lockScreen, addedAt, state },
      runs: stored.map((json) => v.parse(WayRun, JSON.parse(json))),
    };
  }

  async function list(personId: string): Promise<Way[]> {
    const ways = (await all(personId)).toSorted((a, b) => a.addedAt - b.addedAt);
    return await Promise.all(ways.map((way) => shown(personId, way)));
  }

  return { get, all, add, change, tell, remove, end, noteRun, shown, list };
}
