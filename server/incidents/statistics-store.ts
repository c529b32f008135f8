import * as v from 'valibot';
import { Outcome } from '../../shared/incident-life.ts';
import { Category, Incident } from '../../shared/incidents.ts';
import type { CategoryStatistics } from '../../shared/statistics.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asString, asStrings } from '../redis/reply.ts';

/** Alerts in one read. */
const page = 500;
/** Alerts counted for one answer: as many as a large neighbourhood raises in a year. */
const most = 5000;

const Counted = v.object({
  ...v.pick(Incident, ['category', 'status', 'reportedAt', 'sos']).entries,
  outcome: v.optional(v.nullable(v.pick(Outcome, ['kind'])), null),
});

/**
 * Counts how the alerts of members ended. What was imported has no author, and so is not among them; an SOS is no alert
 * of a category, and one of one's own may only look ended.
 */
export function createStatisticsStore(redis: Redis) {
  return async function count(neighbourhoodId: string, since: number) {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const counts = new Map<Category, CategoryStatistics>();
    const add = (stored: string) => {
      const { category, status, reportedAt, outcome, sos } = v.parse(Counted, JSON.parse(entityJson(stored)));
      if (reportedAt < since || sos !== null) return;
      const so = counts.get(category) ?? { category, reported: 0, closed: 0, unfounded: 0, falseAlarm: 0 };
      counts.set(category, so);
      so.reported += 1;
      if (status === 'closed') so.closed += 1;
      if (outcome?.kind === 'unfounded') so.unfounded += 1;
      if (outcome?.kind === 'false-alarm') so.falseAlarm += 1;
    };
    // A scan may name an incident twice while the hash grows.
    const seen = new Set<string>();
    let cursor = '0';
    do {
      const [next, flat] = asArray(
        await redis.send(keys.incidentAuthors, 'HSCAN', keys.incidentAuthors, cursor, 'COUNT', String(page)),
      );
      cursor = asString(next);
      const ids = asStrings(flat ?? null).filter((id, at) => at % 2 === 0 && !seen.has(id));
      for (const id of ids) seen.add(id);
      if (ids.length === 0) continue;
      for (const stored of asArray(await redis.send(keys.incidents, 'HMGET', keys.incidents, ...ids))) {
        if (typeof stored === 'string') add(stored);
      }
    } while (cursor !== '0' && seen.size < most);
    const categories = Category.options.flatMap((category) => counts.get(category) ?? []);
    return { categories, complete: cursor === '0' };
  };
}
