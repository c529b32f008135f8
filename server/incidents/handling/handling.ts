import type { ErrorCode } from '../../../shared/errors.ts';
import type { Handling, HandlingStep, Response } from '../../../shared/incident-life.ts';
import type { Incident, Severity } from '../../../shared/incidents.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { byNearness, stepsAfter } from '../../../shared/responding.ts';

const minute = 60 * 1000;

/**
 * How long silence is borne, in milliseconds: of the owner (and, of a grave alert, of everybody after the report), and
 * of those whom a step asks. Extreme is danger to life, where the first minutes decide; a minor thing can wait until
 * somebody has finished dinner. Steps are shorter than an owner's time: whoever is asked has nothing in hand yet.
 */
export const patience: Readonly<Record<Severity, { owner: number; step: number }>> = {
  extreme: { owner: 3 * minute, step: 2 * minute },
  severe: { owner: 5 * minute, step: 3 * minute },
  moderate: { owner: 20 * minute, step: 15 * minute },
  minor: { owner: 60 * minute, step: 60 * minute },
};
/** Whoever is on the way for so long as they said, or on the scene, has no hand free: so many times the patience. */
const handsFull = 3;
/**
 * The same answer again says that its owner is still there, but not for ever: so many times the patience after they
 * first gave it, it gives no more time. What is new does: another answer, or what they write about the incident.
 */
const sameAnswer = 10;

/** Alerts whose ladder begins with the report, whether or not anybody answers. */
const grave = new Set<Severity>(['severe', 'extreme']);

type Rung = Exclude<HandlingStep, 'owned'>;
const isRung = (step: HandlingStep): step is Rung => step !== 'owned';
/** Who is out anyway answers soon or not at all: of a step's time they get so much. */
const onDutyShare = 1 / 2;

/**
 * Whether there is anybody whom these steps could ask: a step that asks nobody would only lose time. Who is on duty is
 * asked by name.
 */
export type Staff = { onDuty: readonly string[]; volunteers: boolean; everyone: boolean };

type About = { incident: Incident; handling: Handling | null; at: number };

/** When the ladder of a new incident begins by itself; null where it waits for an owner. */
export const beginsAt = ({ status, severity, reportedAt, sos }: Incident): number | null => {
  if (status === 'closed' || !grave.has(severity)) return null;
  return reportedAt + (sos === null ? patience[severity].owner : minute);
};

/** When an owner must be heard of again, who answered so at last. */
function ownerDueAt({ severity }: Incident, response: Response | null, at: number): number {
  const { owner } = patience[severity];
  const most = at + handsFull * owner;
  if (response?.kind === 'on-scene') return most;
  const etaAt = response?.kind === 'en-route' ? (response.etaAt ?? 0) : 0;
  return Math.max(at + owner, Math.min(etaAt, most));
}

/** Until when an answer of theirs renews an owner's time; it takes none away. */
function renewedUntil(incident: Incident, { dueAt }: Handling, response: Response, at: number): number {
  const most = response.at + sameAnswer * patience[incident.severity].owner;
  return Math.max(dueAt ?? 0, Math.min(ownerDueAt(incident, response, at), most));
}

function ownedBy({ incident, handling, at }: About, ownerId: string, response: Response | null): Handling {
  return {
    incidentId: incident.id,
    version: (handling?.version ?? 0) + 1,
    step: 'owned',
    ownerId,
    since: at,
    dueAt: ownerDueAt(incident, response, at),
    silent: (handling?.silent ?? []).filter((id) => id !== ownerId),
  };
}

function asksAnybody(step: Rung, { severity }: Incident, staff: Staff): boolean {
  if (step === 'exhausted') return true;
  // A round is not called off its way for what can wait.
  return step === 'on-duty' ? grave.has(severity) && staff.onDuty.length > 0 : staff[step];
}

function stepMs({ severity }: Incident, step: HandlingStep): number {
  const whole = patience[severity].step;
  return step === 'on-duty' ? whole * onDutyShare : whole;
}

/** The next step that asks anybody, without an owner. The last asks everybody and is never left out. */
function climb({ incident, handling, at }: About, staff: Staff, silent: readonly string[]): Handling {
  const rungs = stepsAfter[handling?.step ?? 'none'].filter(isRung);
  const step = rungs.find((next) => asksAnybody(next, incident, staff)) ?? 'exhausted';
  return {
    incidentId: incident.id,
    version: (handling?.version ?? 0) + 1,
    step,
    ownerId: null,
    since: at,
    dueAt: step === 'exhausted' ? null : at + stepMs(incident, step),
    silent: [...silent],
    ...(step === 'on-duty' ? { asked: [...staff.onDuty] } : {}),
  };
}

/** Who has it next: of those who have answered and not stood down, without those who let it lie. */
const heirOf = (responses: readonly Response[], silent: readonly string[]): Response | null =>
  responses
    .filter(({ kind, memberId }) => kind !== 'stood-down' && !silent.includes(memberId))
    .toSorted(byNearness)[0] ?? null;

type Next = { handling: Handling; heir: Response | null };

function passOn(about: About, responses: readonly Response[], staff: Staff, silent: readonly string[]): Next {
  const heir = heirOf(responses, silent);
  const handling =
    heir === null
      ? climb(about, staff, silent)
      : { ...ownedBy(about, heir.memberId, heir), silent: [...silent] };
  return { handling, heir };
}

/**
 * What a member's answer makes of who has the incident in hand; null where it changes nothing.
 * @param others what the others answered, and
 * @param staff whom a step could ask: both count only where the owner stands down
 */
export function afterResponse(
  about: About,
  response: Response,
  others: readonly Response[],
  staff: Staff,
): Next | null {
  const { incident, handling, at } = about;
  const { memberId } = response;
  const standsDown = response.kind === 'stood-down';
  if (handling === null || handling.ownerId === null)
    return standsDown ? null : { handling: ownedBy(about, memberId, response), heir: null };
  const version = handling.version + 1;
  if (handling.ownerId === memberId) {
    if (standsDown)
      return passOn(
        about,
        others.filter((other) => other.memberId !== memberId),
        staff,
        handling.silent,
      );
    return {
      handling: { ...handling, version, dueAt: renewedUntil(incident, handling, response, at) },
      heir: null,
    };
  }
  // Heard of again: it may come back to them.
  if (standsDown || !handling.silent.includes(memberId)) return null;
  return {
    handling: { ...handling, version, silent: handling.silent.filter((id) => id !== memberId) },
    heir: null,
  };
}

/**
 * What the owner's word on an open incident makes of their time: they were heard of. Null where it changes nothing.
 * @param response what they answered last
 */
export function afterUpdate(
  { incident, handling, at }: About,
  memberId: string,
  response: Response | null,
): Handling | null {
  if (incident.status === 'closed' || handling?.ownerId !== memberId) return null;
  return { ...handling, version: handling.version + 1, dueAt: ownerDueAt(incident, response, at) };
}

/**
 * What becomes of the ladder of an incident that everybody hears of only now, though everyone was asked already: that
 * was volunteers alone, so it goes on behind them. Null where it changes nothing.
 */
export function afterWidening({ incident, handling, at }: About): Handling | null {
  if (handling?.step !== 'everyone' && handling?.step !== 'exhausted') return null;
  const dueAt = at + stepMs(incident, 'volunteers');
  return { ...handling, version: handling.version + 1, step: 'volunteers', since: at, dueAt };
}

type HandingOver = About & {
  actor: Member;
  /** Whom it shall be handed to, with what they answered; null where there is no such member. */
  heir: { member: Member; response: Response | null } | null;
  author: string | null;
  sos: boolean;
};
type Result =
  | { ok: true; handling: Handling }
  | { ok: false; code: ErrorCode; path: string; message: string };

/** Decides on handing an incident over: the owner may, and coordinators. */
export function handOver({ actor, heir, author, sos, ...about }: HandingOver): Result {
  const { incident, handling } = about;
  if (sos && actor.id === author)
    return { ok: false, code: 'FORBIDDEN', path: '', message: 'nobody handles their own SOS' };
  if (actor.role !== 'coordinator' && handling?.ownerId !== actor.id)
    return {
      ok: false,
      code: 'FORBIDDEN',
      path: '',
      message: 'only its owner or a coordinator hands it over',
    };
  if (incident.status === 'closed')
    return { ok: false, code: 'CONFLICT', path: '', message: 'the incident is closed' };
  if (heir?.member.status !== 'active')
    return { ok: false, code: 'INVALID_INPUT', path: 'memberId', message: 'must be an active member' };
  if (sos && heir.member.id === author)
    return { ok: false, code: 'INVALID_INPUT', path: 'memberId', message: 'must not be who needs help' };
  if (handling?.ownerId === heir.member.id)
    return { ok: false, code: 'CONFLICT', path: 'memberId', message: 'has it in hand already' };
  return { ok: true, handling: ownedBy(about, heir.member.id, heir.response) };
}

type Onward = { kind: 'over' } | { kind: 'wait'; dueAt: number } | ({ kind: 'go' } & Next);

/**
 * What time makes of who has an incident in hand: nothing yet, nothing ever again, or the next owner or step.
 * @param responses of members who are active, the owner's own too
 */
export function onward(about: About, responses: readonly Response[], staff: Staff): Onward {
  const { incident, handling, at } = about;
  if (incident.status === 'closed') return { kind: 'over' };
  if (handling === null) {
    const due = beginsAt(incident);
    if (due === null) return { kind: 'over' };
    return at < due ? { kind: 'wait', dueAt: due } : { kind: 'go', ...passOn(about, responses, staff, []) };
  }
  const { ownerId, dueAt, silent } = handling;
  // Somebody answered while the owner was standing down, or losing it.
  if (ownerId === null && heirOf(responses, silent) !== null)
    return { kind: 'go', ...passOn(about, responses, staff, silent) };
  if (dueAt === null) return { kind: 'over' };
  if (at < dueAt) return { kind: 'wait', dueAt };
  const lost = ownerId === null ? silent : [...silent.filter((id) => id !== ownerId), ownerId];
  return { kind: 'go', ...passOn(about, responses, staff, lost) };
}
