import type { LogEvent } from '../../../shared/events.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Deps } from '../../deps.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { age, expire } from './outcome.ts';
import { createHistoryStore } from '../history-store.ts';
import { changedIncident, createIncidentStore } from '../store.ts';

type AgingDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** Commits what time does to an incident; nothing where it changed meanwhile. */
function committing({ redis, eventLog }: AgingDeps) {
  const history = createHistoryStore(redis);

  return async (neighbourhoodId: string, incident: Incident, at: number): Promise<void> => {
    const type = incident.status === 'open' ? 'incident.changed' : 'incident.closed';
    const event: LogEvent = { type, by: null, incident };
    await eventLog.commit({
      neighbourhoodId,
      event,
      at,
      guards: [
        {
          key: neighbourhoodKeys(neighbourhoodId).incidents,
          field: incident.id,
          version: incident.version - 1,
        },
      ],
      writes: [
        ...changedIncident(neighbourhoodId, incident),
        ...(await history.appended(neighbourhoodId, event, at)),
      ],
      body: {},
    });
  };
}

/**
 * The timer `freshness:<neighbourhood>:<incident>`, set with every version of an open incident: asks whether it is still
 * so, and without an answer ends it. However often and wherever it runs, each step is done once.
 */
export function freshnessTimer(deps: AgingDeps) {
  const incidents = createIncidentStore(deps.redis);
  const commit = committing(deps);

  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    for (;;) {
      const at = deps.now();
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) return null;
      const next = age(incident, at);
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.dueAt;
      await commit(neighbourhoodId, next.incident, at);
      // Looked at once more, moved or committed: then it waits, or is over.
    }
  };
}

/** Ends what neighbours reported and nobody ended, before it is forgotten: nothing vanishes while it is open. */
export function endingOfOpen(deps: AgingDeps) {
  const incidents = createIncidentStore(deps.redis);
  const commit = committing(deps);

  return async (neighbourhoodId: string, ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      for (;;) {
        const found = await incidents.getWithAuthor(neighbourhoodId, id);
        // An import is nobody's alert: it is never asked about, and counted apart.
        if (found === null || found.author === null || found.incident.status === 'closed') break;
        const at = deps.now();
        await commit(neighbourhoodId, expire(found.incident, at), at);
      }
    }
  };
}
