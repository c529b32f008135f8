import { changedIncident, createIncidentStore } from '../../server/incidents/store.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import type { TestApp } from './app.ts';

/** Closes an incident as its end by time does. */
export async function closeIncident(
  test: TestApp,
  neighbourhoodId: string,
  incidentId: string,
): Promise<void> {
  const open = await createIncidentStore(test.redis).get(neighbourhoodId, incidentId);
  if (open === null) throw new Error('there is no such incident');
  const at = test.clock.now;
  const outcome = { kind: 'expired' as const, reason: '', by: null, at, duplicateOf: null };
  const incident = { ...open, version: open.version + 1, status: 'closed' as const, outcome };
  const committed = await test.deps.eventLog.commit({
    neighbourhoodId,
    event: { type: 'incident.closed', by: null, incident },
    at,
    guards: [{ key: neighbourhoodKeys(neighbourhoodId).incidents, field: incidentId, version: open.version }],
    writes: changedIncident(neighbourhoodId, incident),
    body: {},
  });
  if (committed === null) throw new Error('the incident changed meanwhile');
}
