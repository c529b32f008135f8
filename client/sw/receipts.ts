import * as v from 'valibot';
import type { DrillSeenCommand } from '../../shared/drills.ts';
import type { SeenCommand } from '../../shared/incident-life.ts';
import type { IncidentMessage } from '../../shared/push.ts';
import { Id } from '../../shared/text.ts';

/** What a notification is about, kept with it for its click: an incident's alert or what took it back, or a drill. */
export const About = v.union([
  v.object({ neighbourhoodId: Id, incidentId: Id, of: v.picklist(['alert', 'correction']) }),
  v.object({ neighbourhoodId: Id, drillId: Id, of: v.literal('drill') }),
]);
export type About = v.InferOutput<typeof About>;

export const aboutOf = ({ kind, neighbourhoodId, incidentId }: IncidentMessage): About => ({
  neighbourhoodId,
  incidentId,
  of: kind === 'correction' ? 'correction' : 'alert',
});

/** Where the receipt goes, below the neighbourhood, and what it says. */
function receiptOf(
  about: About,
  kind: SeenCommand['kind'],
): { path: string; body: SeenCommand | DrillSeenCommand } {
  if (about.of === 'drill') return { path: `drills/${about.drillId}/seen`, body: { kind } };
  return { path: `incidents/${about.incidentId}/seen`, body: { kind, of: about.of } };
}

/**
 * This device's word that a message came, or that somebody opened it. Never rejects: a receipt that gets lost is not
 * counted, and nothing else depends on it.
 */
export async function sendReceipt(about: About, kind: SeenCommand['kind']): Promise<void> {
  const { path, body } = receiptOf(about, kind);
  try {
    await fetch(`/api/neighbourhoods/${about.neighbourhoodId}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify(body),
      credentials: 'same-origin',
      keepalive: true,
    });
  } catch {
    // No network.
  }
}
