import * as v from 'valibot';
import type { SeenCommand } from '../../shared/incident-life.ts';
import type { IncidentMessage } from '../../shared/push.ts';
import { Id } from '../../shared/text.ts';

/** What a notification is about, kept with it for its click. */
export const About = v.object({
  neighbourhoodId: Id,
  incidentId: Id,
  of: v.picklist(['alert', 'correction']),
});
export type About = v.InferOutput<typeof About>;

export const aboutOf = ({ kind, neighbourhoodId, incidentId }: IncidentMessage): About => ({
  neighbourhoodId,
  incidentId,
  of: kind === 'correction' ? 'correction' : 'alert',
});

/**
 * This device's word that a message came, or that somebody opened it. Never rejects: a receipt that gets lost is not
 * counted, and nothing else depends on it.
 */
export async function sendReceipt(
  { neighbourhoodId, incidentId, of }: About,
  kind: SeenCommand['kind'],
): Promise<void> {
  try {
    await fetch(`/api/neighbourhoods/${neighbourhoodId}/incidents/${incidentId}/seen`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
      body: JSON.stringify({ kind, of } satisfies SeenCommand),
      credentials: 'same-origin',
      keepalive: true,
    });
  } catch {
    // No network.
  }
}
