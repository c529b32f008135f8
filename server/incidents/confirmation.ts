import type { LogEvent } from '../../shared/events.ts';
import type { Confirmation, ConfirmationKind } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';

type Confirming = {
  incident: Incident;
  /** The member who reported it, also where neighbours do not see it. */
  author: string | null;
  memberId: string;
  kind: ConfirmationKind;
  weight: number;
  circle: string | null;
  /** What this member said before. */
  before: Confirmation | null;
  at: number;
};

type Decision =
  | { ok: true; confirmation: Confirmation; event: LogEvent }
  | { ok: false; code: 'FORBIDDEN' | 'CONFLICT'; message: string };

/**
 * Decides on one member's word about an incident, in place of an earlier one; the same again is a fresher look.
 * Whoever reported it is no witness: told to nobody but them, since it is they who ask.
 */
export function confirm(asked: Confirming): Decision {
  const { incident, author, memberId, kind, weight, circle, before, at } = asked;
  if (incident.status === 'closed') return { ok: false, code: 'CONFLICT', message: 'This is closed.' };
  if (memberId === author) {
    return { ok: false, code: 'FORBIDDEN', message: 'You reported this: a witness is somebody else.' };
  }
  const version = (before?.version ?? 0) + 1;
  const confirmation = { incidentId: incident.id, memberId, version, kind, weight, circle, at };
  return {
    ok: true,
    confirmation,
    event: { type: 'confirmation.given', by: memberId, confirmation },
  };
}
