import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { OutcomeKind } from '../../shared/incident-life.ts';
import { Category, Incident } from '../../shared/incidents.ts';
import { defaultRetentionDays } from '../../shared/neighbourhoods.ts';
import { WeekCount } from '../../shared/statistics.ts';
import { Timestamp } from '../../shared/text.ts';
import { weekOf } from '../../shared/weeks.ts';
import type { Deps } from '../deps.ts';
import { entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asString, asStrings } from '../redis/reply.ts';
import { scanSet } from '../redis/scan.ts';
import { endingOfOpen } from './outcomes/freshness-timer.ts';

const day = 24 * 3600 * 1000;
/** Incidents in one commit. */
const batch = 100;
/** The counts stay for five years. */
const weeksKeptMs = 5 * 366 * day;

const Counted = v.object({
  version: v.number(),
  category: Category,
  observedAt: Timestamp,
  outcome: v.optional(v.nullable(v.object({ kind: OutcomeKind })), null),
});

const Photos = v.pick(Incident, ['photoIds']);

/** Everything that is kept of an incident outside the neighbourhood's own hashes and indices. */
function keysOf(neighbourhoodId: string, id: string): string[] {
  const keys = neighbourhoodKeys(neighbourhoodId);
  return [
    keys.incidentLife(id),
    keys.incidentUpdates(id),
    keys.incidentFollowing(id),
    keys.incidentHistory(id),
    keys.incidentReceipts(id),
    keys.incidentContent(id),
    keys.reach(id),
    ...(['alert', 'correction'] as const).flatMap((of) =>
      (['told', 'got', 'saw'] as const).map((how) => keys.reached(id, of, how)),
    ),
    keys.phonesTold(id),
    keys.phonesTried(id),
    keys.phonesByEntry(id),
    keys.phonesCorrected(id),
  ];
}

/**
 * The end of incidents. What is left is how many there were, by week, category and outcome; what the log still says of
 * them is emptied by whoever calls.
 */
export function createForgetting({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const endOpen = endingOfOpen({ redis, eventLog, now });

  /** Guards of these as they are now, and what is counted of them. */
  async function counted(neighbourhoodId: string, ids: readonly string[]) {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const [stored, authors] = await Promise.all(
      [keys.incidents, keys.incidentAuthors].map(async (key) =>
        asArray(await redis.send(key, 'HMGET', key, ...ids)),
      ),
    );
    const guards: Guard[] = [];
    const counts = new Map<string, number>();
    ids.forEach((id, i) => {
      const json = stored?.[i];
      if (typeof json !== 'string') return;
      const { version, category, observedAt, outcome } = v.parse(Counted, JSON.parse(entityJson(json)));
      guards.push({ key: keys.incidents, field: id, version });
      const ended = typeof authors?.[i] === 'string' ? (outcome?.kind ?? 'open') : 'imported';
      const field = `${weekOf(observedAt)}:${category}:${ended}`;
      counts.set(field, (counts.get(field) ?? 0) + 1);
    });
    return { guards, counts };
  }

  /** A command that is committed meanwhile moves one of the guards, or says nothing of the incident itself. */
  async function receiptsOf(neighbourhoodId: string, ids: readonly string[]): Promise<string[]> {
    const { incidentReceipts } = neighbourhoodKeys(neighbourhoodId);
    const found = new Set<string>();
    for (const key of ids.map(incidentReceipts)) {
      for await (const names of scanSet(redis, key)) for (const name of names) found.add(name);
    }
    return [...found];
  }

  /** What says that photos of these are hidden, and who may look all the same. */
  async function hiddenPhotosOf(neighbourhoodId: string, ids: readonly string[]): Promise<string[]> {
    const { incidentContent, photosHidden } = neighbourhoodKeys(neighbourhoodId);
    const photoIds = new Set<string>();
    for (const key of ids.map(incidentContent)) {
      const stored = asNullableString(await redis.send(key, 'GET', key));
      if (stored === null) continue;
      for (const id of v.parse(Photos, JSON.parse(stored)).photoIds) photoIds.add(id);
    }
    if (photoIds.size === 0) return [];
    const found = new Set<string>();
    for await (const names of scanSet(redis, photosHidden)) {
      for (const name of names) if (photoIds.has(name.split(' ')[0] ?? '')) found.add(name);
    }
    return [...found];
  }

  async function forgetBatch(neighbourhoodId: string, ids: readonly string[]): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    for (;;) {
      const { guards, counts } = await counted(neighbourhoodId, ids);
      const receipts = await receiptsOf(neighbourhoodId, ids);
      const photos = await hiddenPhotosOf(neighbourhoodId, ids);
      const writes: Write[] = [
        ['HDEL', keys.incidents, ...ids],
        ['HDEL', keys.incidentAuthors, ...ids],
        ['HDEL', keys.sos, ...ids],
        ['ZREM', keys.incidentTimes, ...ids],
        ['ZREM', keys.incidentOpen, ...ids],
        ['ZREM', keys.incidentPlaces, ...ids],
        ['ZREM', keys.incidentExpiry, ...ids],
        ...(photos.length === 0 ? [] : [['SREM', keys.photosHidden, ...photos] satisfies Write]),
        ...[...ids.flatMap((id) => keysOf(neighbourhoodId, id)), ...receipts].map((key): Write => [
          'UNLINK',
          key,
        ]),
        ...[...counts].map(([field, count]): Write => ['HINCRBY', keys.weeks, field, String(count)]),
      ];
      const committed = await eventLog.commit({
        neighbourhoodId,
        event: { type: 'incidents.forgotten', by: null, incidentIds: [...ids] },
        at: now(),
        guards,
        writes,
        body: {},
      });
      // Else one of them changed meanwhile, and its count with it.
      if (committed !== null) return;
    }
  }

  async function dropOldWeeks(neighbourhoodId: string): Promise<void> {
    const { weeks } = neighbourhoodKeys(neighbourhoodId);
    const oldest = weekOf(now() - weeksKeptMs);
    // Bounded by five years of weeks, categories and outcomes.
    const old = asStrings(await redis.send(weeks, 'HKEYS', weeks)).filter((field) => field < oldest);
    if (old.length > 0) await redis.send(weeks, 'HDEL', weeks, ...old);
  }

  return {
    /**
     * Forgets what one member reported: what bears no name one by one and in an order of chance, so that no entry says
     * whose it was by what it stands beside.
     */
    async forgetOf(
      neighbourhoodId: string,
      named: readonly string[],
      unnamed: readonly string[],
    ): Promise<void> {
      for (let i = 0; i < named.length; i += batch) {
        await forgetBatch(neighbourhoodId, named.slice(i, i + batch));
      }
      const order = unnamed.map((id) => ({ id, place: randomInt(2 ** 32) }));
      for (const { id } of order.toSorted((a, b) => a.place - b.place))
        await forgetBatch(neighbourhoodId, [id]);
    },

    /** Forgets what was reported more than `days` ago, ended first where nobody did, and counts that are too old. */
    forgetDue: async (neighbourhoodId: string, days: number): Promise<void> => {
      const { incidentExpiry } = neighbourhoodKeys(neighbourhoodId);
      const upTo = now() + (defaultRetentionDays - days) * day;
      const range = ['-inf', String(upTo), 'BYSCORE', 'LIMIT', '0', String(batch)];
      for (;;) {
        const ids = asStrings(await redis.send(incidentExpiry, 'ZRANGE', incidentExpiry, ...range));
        if (ids.length === 0) break;
        await endOpen(neighbourhoodId, ids);
        await forgetBatch(neighbourhoodId, ids);
      }
      await dropOldWeeks(neighbourhoodId);
    },
  };
}

/** What is left of forgotten incidents, oldest week first. */
export async function listWeeks(redis: Redis, neighbourhoodId: string): Promise<WeekCount[]> {
  const { weeks } = neighbourhoodKeys(neighbourhoodId);
  const counts: WeekCount[] = [];
  let cursor = '0';
  do {
    const [next, flat] = asArray(await redis.send(weeks, 'HSCAN', weeks, cursor, 'COUNT', '500'));
    cursor = asString(next);
    const values = asStrings(flat ?? null);
    for (let i = 0; i + 1 < values.length; i += 2) {
      const [week = '', category, outcome] = (values[i] ?? '').split(':');
      counts.push(v.parse(WeekCount, { week, category, outcome, count: Number(values[i + 1]) }));
    }
  } while (cursor !== '0');
  // A scan may name a field twice while the hash grows.
  const once = new Map(counts.map((count) => [`${count.week} ${count.category} ${count.outcome}`, count]));
  return [...once.values()].toSorted((a, b) => a.week.localeCompare(b.week));
}
