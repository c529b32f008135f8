import * as v from 'valibot';
import { CheckIn, Search } from '../../shared/home-safe.ts';
import { Patrol } from '../../shared/patrols.ts';
import { PatrolReport, periodsOf } from '../../shared/reports.ts';
import type { Deps, Keeper } from '../deps.ts';
import { AppError } from '../errors.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';
import { createHomeSafeStore, StoredHidden } from './home-safe-store.ts';
import { checkInTimerName } from './walker-timers.ts';

const day = 24 * 3600 * 1000;
const countsKeptMs = 5 * 366 * day;
/** Looked at at once. */
const batch = '500';

type KeeperDeps = Pick<Deps, 'redis' | 'now'>;

/** What is kept of one member's check-ins, of searches and of reports: for handing it over, and for erasing it. */
export function homeSafeKeeper({ redis }: KeeperDeps): Keeper {
  const store = createHomeSafeStore(redis);

  /** Entities that name the member, wherever. */
  async function naming<Schema extends v.GenericSchema>(key: string, memberId: string, schema: Schema) {
    const found = new Map<string, v.InferOutput<Schema>>();
    for await (const page of scanHash(redis, key)) {
      for (const [id, stored] of page) {
        if (stored.includes(memberId)) found.set(id, v.parse(schema, JSON.parse(entityJson(stored))));
      }
    }
    return [...found.values()];
  }

  return {
    async refuse({ neighbourhoodId, memberId }) {
      const { seen } = await store.searchFor(neighbourhoodId, memberId);
      if (seen !== null)
        throw new AppError('CONFLICT', { issues: [{ path: '', message: 'neighbours look for you' }] });
    },

    async handOver({ neighbourhoodId, memberId }) {
      const { checkIns, searches, searchesHidden, patrolReports } = neighbourhoodKeys(neighbourhoodId);
      const [own, reports] = await Promise.all([
        naming(checkIns, memberId, CheckIn),
        naming(patrolReports, memberId, PatrolReport),
      ]);
      const [found, hidden] = await Promise.all([
        naming(searches, memberId, Search),
        naming(searchesHidden, memberId, StoredHidden),
      ]);
      const veiled = hidden.filter(({ from }) => from.includes(memberId));
      // What had to look as if it had ended looks so here too.
      const looked = [
        ...found.filter(({ id }) => !veiled.some(({ searchId }) => searchId === id)),
        ...veiled.flatMap(({ seen }) => seen ?? []),
      ].toSorted((one, other) => one.beganAt - other.beganAt);
      return {
        checkIns: own.map(({ patrolId, since, lastAt }) => ({ patrolId, since, lastAt })),
        // Of searches for them only those that they know of, and of others only what they did.
        searches: looked
          .filter(({ ownerId, end }) => ownerId === memberId || end?.by === memberId)
          .map(({ id, beganAt, end }) => ({ id, beganAt, endedAt: end?.at ?? null })),
        reports: reports
          .filter(({ by }) => by === memberId)
          .map(({ id, at, seen, handOver }) => ({ patrolId: id, at, seen, handOver })),
      };
    },

    /** That somebody walked and was looked for is nobody's to read any more; that somebody helped stays, without a name. */
    async erase({ neighbourhoodId, memberId }) {
      const keys = neighbourhoodKeys(neighbourhoodId);
      // Of all their rounds: before the first word is due nothing but the timer is stored.
      for (const { id } of await naming(keys.patrols, memberId, Patrol)) {
        const timer = checkInTimerName(neighbourhoodId, id, memberId);
        await redis.send(keys.timers, 'ZREM', keys.timers, timer);
      }
      for (const { id } of await naming(keys.checkIns, memberId, CheckIn)) {
        await redis.send(keys.checkIns, 'HDEL', keys.checkIns, id);
        await redis.send(keys.checkInTimes, 'ZREM', keys.checkInTimes, id);
      }
      for (const search of await naming(keys.searches, memberId, Search)) {
        const { id, ownerId, end, version } = search;
        if (search.memberId === memberId) {
          await redis.send(keys.timers, 'ZREM', keys.timers, `search:${neighbourhoodId}:${id}`);
          for (const key of [keys.searches, keys.searchesHidden]) await redis.send(key, 'HDEL', key, id);
          for (const key of [keys.searchesOpen, keys.searchTimes]) await redis.send(key, 'ZREM', key, id);
          continue;
        }
        const without: Search = {
          ...search,
          version: version + 1,
          ownerId: ownerId === memberId ? null : ownerId,
          end: end === null ? null : { ...end, by: end.by === memberId ? null : end.by },
        };
        await redis.send(keys.searches, 'HSET', keys.searches, id, encodeEntity(without));
      }
      for (const report of await naming(keys.patrolReports, memberId, PatrolReport)) {
        const { id, version } = report;
        const without: PatrolReport = { ...report, version: version + 1, by: null, seen: '', handOver: '' };
        await redis.send(keys.patrolReports, 'HSET', keys.patrolReports, id, encodeEntity(without));
      }
    },
  };
}

/** Forgets check-ins, searches and reports with their rounds, and what was counted five years ago. */
export function forgetHomeSafe({ redis, now }: KeeperDeps) {
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const until = String(now() - days * day);
    const kept = [
      { times: keys.checkInTimes, hashes: [keys.checkIns] },
      { times: keys.searchTimes, hashes: [keys.searches, keys.searchesHidden] },
      { times: keys.reportTimes, hashes: [keys.patrolReports] },
    ];
    for (const { times, hashes } of kept) {
      for (;;) {
        const range = ['-inf', until, 'BYSCORE', 'LIMIT', '0', batch];
        const ids = asStrings(await redis.send(times, 'ZRANGE', times, ...range));
        if (ids.length === 0) break;
        for (const hash of hashes) await redis.send(hash, 'HDEL', hash, ...ids);
        await redis.send(keys.searchesOpen, 'ZREM', keys.searchesOpen, ...ids);
        // Last: what a crash leaves is found again.
        await redis.send(times, 'ZREM', times, ...ids);
      }
    }
    const [month, week] = periodsOf(now() - countsKeptMs, 'UTC');
    // Bounded by five years of months and weeks.
    const old = asStrings(await redis.send(keys.counts, 'HKEYS', keys.counts)).filter((field) =>
      field.includes('W') ? field < week : field < month,
    );
    if (old.length > 0) await redis.send(keys.counts, 'HDEL', keys.counts, ...old);
  };
}
