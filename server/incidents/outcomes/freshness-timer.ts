import type { LogEvent } from '../../../shared/events.ts';
import type { Deps } from '../../deps.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { age } from './outcome.ts';
import { createHistoryStore } from '../history-store.ts';
import { changedIncident, createIncidentStore } from '../store.ts';

/**
 * The timer `freshness:<neighbourhood>:<incident>`, set with every version of an open incident: asks whether it is still
 * so, and without an answer ends it. However often and wherever it runs, each step is done once.
 */
export function freshnessTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const incidents = createIncidentStore(redis);
  const history = createHistoryStore(redis);

  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) return null;
      const next = age(incident, at);
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.dueAt;
      const { incidents: key } = neighbourhoodKeys(neighbourhoodId);
      const type = next.kind === 'asks' ? 'incident.changed' : 'incident.closed';
      const event: LogEvent = { type, by: null, incident: next.incident };
      await eventLog.commit({
        neighbourhoodId,
        event,
        at,
        guards: [{ key, field: incidentId, version: incident.version }],
        writes: [
          ...changedIncident(neighbourhoodId, next.incident),
          ...(await history.appended(neighbourhoodId, event, at)),
        ],
        body: {},
      });
      // Looked at once more, moved or committed: then it waits, or is over.
    }
  };
}
