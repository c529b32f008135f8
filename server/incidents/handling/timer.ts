import type { LogEvent } from '../../../shared/events.ts';
import type { Deps } from '../../deps.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { onward } from './handling.ts';
import { changedHandling, createHandlingStore } from './store.ts';
import { createHistoryStore } from '../history-store.ts';
import { createIncidentStore } from '../store.ts';

/**
 * The timer `handling:<neighbourhood>:<incident>`: an owner who was silent for too long loses the incident, and what
 * nobody has in hand is asked of more people. However often and wherever it runs, each step is done once.
 */
export function handlingTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const incidents = createIncidentStore(redis);
  const history = createHistoryStore(redis);
  const store = createHandlingStore(redis);

  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) return null;
      const { handling, responses, staff, guardsOf } = await store.getSituation(
        neighbourhoodId,
        incident,
        at,
      );
      const next = onward({ incident, handling, at }, responses, staff);
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.dueAt;
      const change = changedHandling(neighbourhoodId, next.handling);
      const { incidents: key } = neighbourhoodKeys(neighbourhoodId);
      const event: LogEvent = { type: 'handling.changed', by: null, handling: next.handling };
      await eventLog.commit({
        neighbourhoodId,
        event,
        at,
        guards: [change.guard, { key, field: incidentId, version: incident.version }, ...guardsOf(next.heir)],
        writes: [...change.writes, ...(await history.appended(neighbourhoodId, event, at))],
        body: {},
      });
      // Looked at once more, moved or committed: whoever answered meanwhile, still seeing the old owner, has it now.
    }
  };
}
