import * as v from 'valibot';
import { Incident } from '../../../shared/incidents.ts';
import { usualPreferences } from '../../../shared/preferences.ts';
import { nextDigest } from '../../../shared/wanted.ts';
import type { Deps } from '../../deps.ts';
import { entityJson } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asString } from '../../redis/reply.ts';
import { isTooSoon, isWorthTelling } from './preference.ts';
import { createPreferenceStore, type DecidedDigest, type DueDigest } from './store.ts';
import { loadTimeZone } from './time-zone.ts';

/** Members whose digests go out in one step. */
const atOnce = 200;

async function loadIncidents(
  redis: Redis,
  neighbourhoodId: string,
  ids: readonly string[],
): Promise<Map<string, Incident>> {
  const found = new Map<string, Incident>();
  const { incidents } = neighbourhoodKeys(neighbourhoodId);
  for (let from = 0; from < ids.length; from += 500) {
    const some = ids.slice(from, from + 500);
    const stored = asArray(await redis.send(incidents, 'HMGET', incidents, ...some));
    for (const entity of stored) {
      if (entity === null) continue;
      const incident = v.parse(Incident, JSON.parse(entityJson(asString(entity))));
      found.set(incident.id, incident);
    }
  }
  return found;
}

/**
 * The timer `digest:<neighbourhood>`: tells members together, once a day, of what did not disturb them. That it was done
 * is written in the step that makes the pushes due: however often and wherever it runs, each digest goes out once.
 */
export function digestTimer({ redis, now }: Pick<Deps, 'redis' | 'now'>) {
  const store = createPreferenceStore(redis);

  async function decide(
    neighbourhoodId: string,
    digests: readonly DueDigest[],
    at: number,
  ): Promise<DecidedDigest[]> {
    const held = [...new Set(digests.flatMap(({ incidentIds }) => incidentIds))];
    const [incidents, preferences, timeZone] = await Promise.all([
      loadIncidents(redis, neighbourhoodId, held),
      store.getMany(
        neighbourhoodId,
        digests.map(({ memberId }) => memberId),
      ),
      loadTimeZone(redis, neighbourhoodId),
    ]);
    // What was the same as another is told as that other.
    const others = [...incidents.values()].flatMap(({ outcome }) => outcome?.duplicateOf ?? []);
    const known = new Map([...incidents, ...(await loadIncidents(redis, neighbourhoodId, others))]);
    const toTell = (ids: readonly string[]) => [
      ...new Set(
        ids
          .map((id) => incidents.get(id)?.outcome?.duplicateOf ?? id)
          .filter((id) => {
            const incident = known.get(id);
            return incident !== undefined && isWorthTelling(incident);
          }),
      ),
    ];
    return digests.map((digest): DecidedDigest => {
      const chosen = preferences.get(digest.memberId) ?? usualPreferences(timeZone);
      const again = nextDigest(chosen, at);
      // Their hours were moved: what waits comes with the next one.
      if (isTooSoon(digest.lastAt, at)) return { digest, again, tells: null, doneWith: [] };
      const incidentIds = toTell(digest.incidentIds);
      const tells = incidentIds.length === 0 ? null : { at, incidentIds };
      return { digest, again, tells, doneWith: digest.incidentIds };
    });
  }

  return async (neighbourhoodId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const rounds = await store.countRounds(neighbourhoodId);
      const due = await store.due(neighbourhoodId, at, atOnce);
      if (due.length === 0) return await store.nextDue(neighbourhoodId);
      await store.send(neighbourhoodId, await decide(neighbourhoodId, due, at), rounds);
      // Looked at once more: sent, or another round came in between.
    }
  };
}
