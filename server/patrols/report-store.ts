import * as v from 'valibot';
import {
  minutesWalked,
  PatrolReport,
  periodsUpTo,
  snapshotReports,
  type Counts,
} from '../../shared/reports.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { type CountedAt, counted } from '../counts.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asStrings } from '../redis/reply.ts';
import { timeZoneOf } from '../time-zones.ts';

const parse = (stored: string) => v.parse(PatrolReport, JSON.parse(entityJson(stored)));

/** Counts a round that ended, where anybody walked it. */
export async function countedRound(redis: Redis, neighbourhoodId: string, patrol: Patrol): Promise<Write[]> {
  if (patrol.end === null || patrol.runningSince === null) return [];
  const { at } = patrol.end;
  const where: CountedAt = { neighbourhoodId, timeZone: await timeZoneOf(redis, neighbourhoodId) };
  return [...counted(where, at, 'rounds', 1), ...counted(where, at, 'minutes', minutesWalked(patrol))];
}

/** Stores a report's next version. */
export function changedReport(
  neighbourhoodId: string,
  report: PatrolReport,
): { guards: Guard[]; writes: Write[] } {
  const { patrolReports, reportTimes } = neighbourhoodKeys(neighbourhoodId);
  const { id, version, at } = report;
  return {
    guards: [{ key: patrolReports, field: id, version: version - 1 }],
    writes: [
      ['HSET', patrolReports, id, encodeEntity(report)],
      ['ZADD', reportTimes, String(at), id],
    ],
  };
}

/** Reads what rounds reported, and what was counted of them. */
export function createReportStore(redis: Redis) {
  return {
    async get(neighbourhoodId: string, patrolId: string): Promise<PatrolReport | null> {
      const { patrolReports: key } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(key, 'HGET', key, patrolId));
      return stored === null ? null : parse(stored);
    },

    /** Those of these rounds; null where nobody wrote one. */
    async of(neighbourhoodId: string, patrolIds: readonly string[]): Promise<(PatrolReport | null)[]> {
      if (patrolIds.length === 0) return [];
      const { patrolReports: key } = neighbourhoodKeys(neighbourhoodId);
      const stored = asArray(await redis.send(key, 'HMGET', key, ...patrolIds));
      return stored.map((value) => (typeof value === 'string' ? parse(value) : null));
    },

    /** The newest since then, the newest first. */
    async list(neighbourhoodId: string, since: number): Promise<PatrolReport[]> {
      const { patrolReports, reportTimes } = neighbourhoodKeys(neighbourhoodId);
      const range = ['+inf', String(since), 'BYSCORE', 'REV', 'LIMIT', '0', String(snapshotReports)];
      const ids = asStrings(await redis.send(reportTimes, 'ZRANGE', reportTimes, ...range));
      if (ids.length === 0) return [];
      const stored = asArray(await redis.send(patrolReports, 'HMGET', patrolReports, ...ids));
      return stored.flatMap((value) => (typeof value === 'string' ? [parse(value)] : []));
    },

    /** Those of these incidents that there are. */
    async knownIncidents(neighbourhoodId: string, ids: readonly string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const { incidents } = neighbourhoodKeys(neighbourhoodId);
      const stored = asArray(await redis.send(incidents, 'HMGET', incidents, ...ids));
      return ids.filter((_, i) => stored[i] !== null);
    },

    /** What was counted of the last months and weeks: a fixed number of fields, whatever happened. */
    async summary(neighbourhoodId: string, at: number): Promise<{ months: Counts[]; weeks: Counts[] }> {
      const { counts: key } = neighbourhoodKeys(neighbourhoodId);
      const what = ['rounds', 'minutes', 'found', 'within-hour', 'within-six', 'within-day', 'later'];
      const { months, weeks } = periodsUpTo(at, await timeZoneOf(redis, neighbourhoodId));
      const periods = [...months, ...weeks];
      const fields = periods.flatMap((period) => what.map((one) => `${period}:${one}`));
      const stored = asArray(await redis.send(key, 'HMGET', key, ...fields));
      const counts = periods.map((period, i): Counts => {
        const [rounds = 0, minutes = 0, found = 0, ...closed] = what.map((_, j) =>
          Math.max(0, Number(stored[i * what.length + j] ?? 0)),
        );
        const [hour = 0, six = 0, day = 0, later = 0] = closed;
        return {
          ...{ period, rounds, minutes, found },
          closed: { 'within-hour': hour, 'within-six': six, 'within-day': day, later },
        };
      });
      return { months: counts.slice(0, months.length), weeks: counts.slice(months.length) };
    },
  };
}
