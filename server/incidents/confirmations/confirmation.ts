import { credibilityOf, toldSince, widensAt, witnessMs } from '../../../shared/credibility.ts';
import type { LogEvent } from '../../../shared/events.ts';
import type { Confirmation, ConfirmationKind, Handling } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { afterWidening } from '../handling/handling.ts';

const minute = 60 * 1000;

/** What is disputed for longer than this is no news any more. */
const lastCallMs = 120 * minute;

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
  /** What others say of it; asked for only where not everybody was told yet. */
  others: readonly Confirmation[];
  /** Who has it in hand; asked for only then, too. */
  handling: Handling | null;
  at: number;
};

type Decision =
  | {
      ok: true;
      confirmation: Confirmation;
      /** The incident's next version, where this makes it everybody's. */
      widened: Incident | null;
      /** Who has it in hand, where that changes it. */
      handling: Handling | null;
      event: LogEvent;
    }
  | { ok: false; code: 'FORBIDDEN' | 'CONFLICT'; message: string };

const toEveryone = (incident: Incident): Incident => ({
  ...incident,
  version: incident.version + 1,
  audience: 'everyone',
});

/**
 * Decides on one member's word about an incident, in place of an earlier one; the same again is a fresher look.
 * Whoever reported it is no witness: told to nobody but them, since it is they who ask.
 */
export function confirm(asked: Confirming): Decision {
  const { incident, author, memberId, kind, weight, circle, before, others, at } = asked;
  if (incident.status === 'closed') return { ok: false, code: 'CONFLICT', message: 'This is closed.' };
  if (memberId === author) {
    return { ok: false, code: 'FORBIDDEN', message: 'You reported this: a witness is somebody else.' };
  }
  const version = (before?.version ?? 0) + 1;
  const confirmation = { incidentId: incident.id, memberId, version, kind, weight, circle, at };
  const all = [...others.filter((other) => other.memberId !== memberId), confirmation];
  const witnessed = credibilityOf(all, at, incident.category).state === 'confirmed';
  if (incident.audience === 'everyone' || !witnessed) {
    const event: LogEvent = { type: 'confirmation.given', by: memberId, confirmation };
    return { ok: true, confirmation, widened: null, handling: null, event };
  }
  const widened = toEveryone(incident);
  const handling = afterWidening(asked);
  const event: LogEvent = {
    ...{ type: 'incident.widened', by: memberId, incident: widened, confirmation, handling },
  };
  return { ok: true, confirmation, widened, handling, event };
}

type Waiting =
  | { kind: 'over' }
  | { kind: 'wait'; dueAt: number }
  | { kind: 'widen'; incident: Incident; handling: Handling | null; event: LogEvent };

/** Decides whether everybody is told of what only volunteers were told, now that time went by. */
export function unwitnessed(
  incident: Incident,
  confirmations: readonly Confirmation[],
  before: Handling | null,
  at: number,
): Waiting {
  const { status, audience, severity, category } = incident;
  if (status === 'closed' || audience === 'everyone' || at > toldSince(incident) + lastCallMs)
    return { kind: 'over' };
  const dueAt = widensAt(incident);
  if (at < dueAt) return { kind: 'wait', dueAt };
  if (credibilityOf(confirmations, at, category).state === 'disputed') {
    return { kind: 'wait', dueAt: at + witnessMs[severity] };
  }
  const widened = toEveryone(incident);
  const handling = afterWidening({ incident, handling: before, at });
  return {
    kind: 'widen',
    incident: widened,
    handling,
    event: { type: 'incident.widened', by: null, incident: widened, confirmation: null, handling },
  };
}
