import { emptyLife, type IncidentLife, type Response } from '../../shared/incident-life.ts';
import type { IncidentStatus } from '../../shared/incidents.ts';
import { byNearness } from '../../shared/responding.ts';
import type { Id } from '../../shared/text.ts';

/** How far an incident has come, in the order in which it goes on. */
export const stages = ['reported', 'acknowledged', 'en-route', 'on-scene', 'closed'] as const;
export type Stage = (typeof stages)[number];

/** Who takes part, whoever is there first. */
export const responders = (life: IncidentLife): Response[] =>
  life.responses.filter(({ kind }) => kind !== 'stood-down').toSorted(byNearness);

/** The stage that an incident is at. */
export function stageOf(status: IncidentStatus, life: IncidentLife): Stage {
  if (status === 'closed') return 'closed';
  const [nearest] = responders(life);
  if (nearest !== undefined && nearest.kind !== 'stood-down') return nearest.kind;
  // Whom it was handed to need not have answered.
  return life.handling?.step === 'owned' ? 'acknowledged' : 'reported';
}

/** About how many minutes until somebody said they would be there, at least one; null once that time has passed. */
export const minutesUntil = (etaAt: number, now: number): number | null =>
  etaAt <= now ? null : Math.max(1, Math.round((etaAt - now) / 60_000));

/** Whether somebody has the incident in hand. */
export const isHandled = (life: IncidentLife | undefined): boolean => life?.handling?.step === 'owned';

export const lifeOf = (lives: ReadonlyMap<Id, IncidentLife>, incidentId: Id): IncidentLife =>
  lives.get(incidentId) ?? emptyLife(incidentId);
