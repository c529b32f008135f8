import type { ErrorCode } from '../../shared/errors.ts';
import type { Incident } from '../../shared/incidents.ts';
import { stepAfter } from '../../shared/ladder.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { buddyMs, isPassedOn, type Pairing, type Relay, type RelayStep } from '../../shared/relays.ts';

const ladder = ['first', 'second', 'volunteers'] as const satisfies RelayStep[];

/** Whom a step asks by name. The phone of whoever raised an SOS stays dark: somebody may be looking at it. */
function askedBy(step: RelayStep, { buddyIds }: Pairing, { sos, reportedBy }: Incident): string[] {
  const buddyId = { first: buddyIds[0], second: buddyIds[1], volunteers: undefined }[step];
  return buddyId === undefined || (sos !== null && buddyId === reportedBy) ? [] : [buddyId];
}

type Passing = { incident: Incident; pairing: Pairing; at: number };

/** The next are asked. */
function climb(relay: Relay, from: RelayStep | null, { incident, pairing, at }: Passing): Relay {
  const step = stepAfter(ladder, from, (next) => askedBy(next, pairing, incident).length > 0);
  return {
    ...relay,
    version: relay.version + 1,
    state: 'asking',
    step,
    asked: askedBy(step, pairing, incident),
    told: null,
    dueAt: step === 'volunteers' ? null : at + buddyMs,
  };
}

/** It is over. Who was told of it is to hear that too, unless it merely grew old, or goes on as another. */
function close(relay: Relay, { incident: { outcome }, pairing }: Passing): Relay {
  const next: Relay = { ...relay, version: relay.version + 1, dueAt: null };
  const isNews = outcome !== null && outcome.kind !== 'expired' && outcome.kind !== 'duplicate';
  if (relay.told === null || !isNews) return { ...next, state: 'over' };
  const { by } = relay.told;
  return { ...next, state: 'ending', asked: by === null ? pairing.buddyIds : [by] };
}

/**
 * What time, and what became of the incident, make of telling one person of it; null where nothing changes. An
 * incident from before somebody agreed to be told is none of theirs.
 * @param id of the relay, where it begins
 */
export function pass(relay: Relay | null, id: string, passing: Passing): Relay | null {
  const { incident, pairing, at } = passing;
  const isOpen = incident.status === 'open';
  if (relay === null) {
    if (!isOpen || !isPassedOn(incident) || pairing.at > incident.reportedAt) return null;
    const of = { id, version: 0, incidentId: incident.id, pairingId: pairing.id };
    return climb(
      { ...of, state: 'asking', step: 'first', asked: [], told: null, dueAt: null, at },
      null,
      passing,
    );
  }
  const { state, step, dueAt } = relay;
  if (!isOpen) return state === 'asking' || state === 'told' ? close(relay, passing) : null;
  // Open again: who was told that it is over, or was never reached, is to be told anew.
  if (state === 'ending' || state === 'over') return climb(relay, null, passing);
  return state === 'asking' && dueAt !== null && at >= dueAt ? climb(relay, step, passing) : null;
}

/** Whether it concerns a member: who is asked, or tells them anyway. */
export const concerns = (
  { asked, step, state }: Relay,
  { buddyIds }: Pairing,
  { id, role }: Pick<Member, 'id' | 'role'>,
): boolean =>
  asked.includes(id) ||
  buddyIds.includes(id) ||
  (step === 'volunteers' && role !== 'resident' && state === 'asking');

type Refusal = { ok: false; code: ErrorCode; path: string; message: string };

/** Somebody says that they told them: the first to say so. */
export function tell(
  relay: Relay,
  pairing: Pairing,
  actor: Member,
  at: number,
): Refusal | { ok: true; relay: Relay } {
  const refuse = (code: ErrorCode, message: string): Refusal => ({ ok: false, code, path: '', message });
  const done = relay.state === 'told' || relay.state === 'over';
  // Whoever came too late is told so, not that it is none of theirs.
  const late = relay.step === 'volunteers' && actor.role !== 'resident';
  if (!concerns(relay, pairing, actor) && !(done && late)) return refuse('FORBIDDEN', 'you are not asked');
  if (done) return refuse('CONFLICT', 'somebody has told them');
  const next: Relay = { ...relay, version: relay.version + 1, dueAt: null };
  return {
    ok: true,
    relay:
      relay.state === 'ending'
        ? { ...next, state: 'over' }
        : { ...next, state: 'told', told: { by: actor.id, at } },
  };
}
