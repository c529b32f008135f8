import { widensAt } from '../../../shared/credibility.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Deps } from '../../deps.ts';
import type { Write } from '../../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { widenedHandling } from '../handling/store.ts';
import { unwitnessed } from './confirmation.ts';
import { createStandingStore } from './standing-store.ts';
import { createLifeStore } from '../life-store.ts';
import { createHistoryStore } from '../history-store.ts';
import { changedIncident, createIncidentStore } from '../store.ts';

/** The timer of a report that volunteers are told first, set with it and once it is open again. */
export function witnessTimer(neighbourhoodId: string, incident: Incident): Write[] {
  if (incident.audience === 'everyone') return [];
  const { timers } = neighbourhoodKeys(neighbourhoodId);
  return [['ZADD', timers, String(widensAt(incident)), `witness:${neighbourhoodId}:${incident.id}`]];
}

/**
 * The timer `witness:<neighbourhood>:<incident>`: what volunteers were told first everybody is told when nobody has
 * disputed it in time. However often and wherever it runs, everybody is told once.
 */
export function untoldTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const incidents = createIncidentStore(redis);
  const history = createHistoryStore(redis);
  const lives = createLifeStore(redis);
  const standings = createStandingStore(redis);

  return async (neighbourhoodId: string, incidentId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) return null;
      const life = await lives.get(neighbourhoodId, incidentId);
      const confirmations = await standings.ofMembers(neighbourhoodId, life.confirmations);
      const next = unwitnessed(incident, confirmations, life.handling, at);
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.dueAt;
      const { incidents: key } = neighbourhoodKeys(neighbourhoodId);
      const change = { before: life.handling, after: next.handling };
      const handling = widenedHandling(neighbourhoodId, incidentId, change);
      await eventLog.commit({
        neighbourhoodId,
        event: next.event,
        at,
        guards: [{ key, field: incidentId, version: incident.version }, handling.guard],
        writes: [
          ...handling.writes,
          ...changedIncident(neighbourhoodId, next.incident),
          ...(await history.appended(neighbourhoodId, next.event, at)),
        ],
        body: {},
      });
      // Looked at once more, moved or committed: then it is over.
    }
  };
}
