import {
  checkDuty,
  type Commitment,
  type Commitments,
  type DutyCheck,
  forgetDutyMs,
} from '../../shared/duty.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import {
  firmOf,
  gapOf,
  longestShiftMs,
  mostDaysAhead,
  settledMs,
  type Shift,
  type ShiftCommand,
  shortestShiftMs,
  type SignUp,
  type SignUpCommand,
  signUpOf,
} from '../../shared/shifts.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';

const minute = 60 * 1000;
const hour = 60 * minute;
const day = 24 * hour;
/** Somebody has patrolled so long, or has been a neighbour so long: then they are not new. */
const experiencedMs = 4 * hour;
const neighbourMs = 30 * day;
/** Who planned it late has so long to find others by themselves. */
const lateMs = 30 * minute;
/** Volunteers are not told of the same gap again before this; of one that was filled and opens again, not before this. */
const shortAgainMs = 3 * hour;
const reopenedMs = 30 * minute;

export const conflict = (message: string, path = '') => refuse('CONFLICT', message, path);

/** Nobody is sent beside a newcomer by a neighbourhood that has nobody else: who coordinates begins. */
export function isNewcomer(
  { role, joinedAt }: Pick<Member, 'role' | 'joinedAt'>,
  servedMs: number,
  at: number,
): boolean {
  return role !== 'coordinator' && servedMs < experiencedMs && at - joinedAt < neighbourMs;
}

export const mayPlan = ({ role }: Pick<Member, 'role'>): boolean => role !== 'resident';

type Times = { startsAt: number; endsAt: number };

/** What is wrong with when it is; null where nothing is. */
function timesRefused({ startsAt, endsAt }: Times, at: number): Refusal | null {
  if (endsAt - startsAt < shortestShiftMs)
    return refuse(
      'INVALID_INPUT',
      `must be at least ${shortestShiftMs / minute} min after the start`,
      'endsAt',
    );
  if (endsAt - startsAt > longestShiftMs)
    return refuse('INVALID_INPUT', `must be at most ${longestShiftMs / hour} h after the start`, 'endsAt');
  if (startsAt <= at) return refuse('INVALID_INPUT', 'must be in the future', 'startsAt');
  if (startsAt > at + mostDaysAhead * day)
    return refuse('INVALID_INPUT', `must be within the next ${mostDaysAhead} days`, 'startsAt');
  return null;
}

/** What is wrong with how many are wanted. */
export function countsRefused({ needed, places }: Pick<ShiftCommand, 'needed' | 'places'>): Refusal | null {
  return places < needed ? refuse('INVALID_INPUT', 'must be as many as are needed, or more', 'places') : null;
}

/** Plans a single shift. */
export function plan(
  command: ShiftCommand,
  { id, by, at }: { id: string; by: string; at: number },
): { ok: true; shift: Shift } | Refusal {
  const refused = timesRefused(command, at) ?? countsRefused(command);
  if (refused !== null) return refused;
  return {
    ok: true,
    shift: {
      ...{ id, version: 1, seriesId: null, date: null, ...command, plannedBy: by, plannedAt: at },
      ...{ status: 'planned', reason: '', follows: null, signUps: [], shortAt: null },
    },
  };
}

/** Why nobody signs up, leaves or changes anything any more; null while they do. */
export function closedTo({ status, startsAt }: Shift, at: number): Refusal | null {
  if (status === 'cancelled') return conflict('is cancelled');
  if (status === 'over' || startsAt <= at) return conflict('has begun');
  return null;
}

/** A newcomer must not take the last place of a shift on which nobody else is experienced. */
function keepsPlace(firm: readonly SignUp[], places: number, newcomer: boolean): boolean {
  return newcomer && firm.length === places - 1 && firm.every((one) => one.newcomer);
}

const dutyWords = {
  overlap: 'lies at the same time as another shift of yours',
  'too-much': 'would be more than 6 h in one go',
  'no-rest': 'would leave you less than 8 h of rest in a day',
  'too-many': 'is one more than anybody may be signed up for',
} as const;

/** What of a duty is refused; what is warned of, until they have read it. */
export function dutyRefused(duty: DutyCheck, evenSo: boolean): Refusal | null {
  if (!duty.ok) return conflict(dutyWords[duty.why]);
  if (evenSo || duty.warnings.length === 0) return null;
  return duty.warnings.includes('much')
    ? conflict('is more than 4 h in one go', 'evenSo')
    : conflict('leaves you less than 8 h of rest before or after another shift', 'evenSo');
}

export type Joining = {
  shift: Shift;
  commitments: Commitments;
  memberId: string;
  newcomer: boolean;
  command: SignUpCommand;
  at: number;
};

const commitmentTo = ({ id, startsAt, endsAt }: Shift): Commitment => ({ shiftId: id, startsAt, endsAt });

/** With this one instead of what was there for the shift; what no longer counts for anybody's rest is dropped. */
export function committedTo(before: Commitments, next: Commitment, at: number): Commitments {
  const others = before.shifts.filter(
    ({ shiftId, endsAt }) => shiftId !== next.shiftId && endsAt > at - forgetDutyMs,
  );
  return {
    ...before,
    version: before.version + 1,
    shifts: [...others, next].toSorted((a, b) => a.startsAt - b.startsAt),
  };
}

/** Takes a shift out of what a member is signed up for. */
export function freed(before: Commitments, shiftId: string): Commitments {
  return {
    ...before,
    version: before.version + 1,
    shifts: before.shifts.filter((one) => one.shiftId !== shiftId),
  };
}

/** Signs a member up, or makes certain what they had said softly. */
export function join(joining: Joining): { ok: true; shift: Shift; commitments: Commitments } | Refusal {
  const { shift, commitments, memberId, newcomer, command, at } = joining;
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  const before = signUpOf(shift, memberId);
  if (before?.kind === command.kind) return conflict('you are signed up already');
  if (before?.kind === 'firm') return conflict('you have said that you come', 'kind');
  const others = shift.signUps.filter((one) => one.memberId !== memberId);
  const firm = firmOf({ signUps: others });
  if (command.kind === 'soft') {
    if (at >= settlesAt(shift)) return conflict('must be for certain: it starts soon', 'kind');
    if (others.length - firm.length >= shift.places) return conflict('is full');
  } else {
    if (firm.length >= shift.places) return conflict('is full');
    if (keepsPlace(firm, shift.places, newcomer))
      return conflict('the last place is kept for somebody who has patrolled before');
  }
  const next = commitmentTo(shift);
  const duty = checkDuty(committedTo(commitments, next, at).shifts, next);
  const refused = dutyRefused(duty, command.evenSo);
  if (refused !== null) return refused;
  const signUp: SignUp = { memberId, kind: command.kind, at, newcomer };
  return {
    ok: true,
    shift: { ...shift, version: shift.version + 1, signUps: [...others, signUp] },
    commitments: committedTo(commitments, next, at),
  };
}

/** The shift as it is now, with a gap that opened again since volunteers were told of one noted to be told once more. */
const noted = (before: Shift, after: Shift): Shift =>
  after.shortAt !== null && gapOf(before) === 0 && gapOf(after) > 0 ? { ...after, shortAgain: true } : after;

/** When volunteers are told of a gap there is: at once, half an hour after they last were, or never again. */
function tellsGapAt({ shortAt, shortAgain }: Shift): number {
  if (shortAt === null) return Number.NEGATIVE_INFINITY;
  return shortAgain === true ? shortAt + reopenedMs : Number.POSITIVE_INFINITY;
}

/** Takes these members out, whatever the time. Who leaves a gap behind late is noticed anew. */
export function without(shift: Shift, memberIds: readonly string[], at: number): Shift {
  const { shortAt } = shift;
  return noted(shift, {
    ...shift,
    version: shift.version + 1,
    signUps: shift.signUps.filter(({ memberId }) => !memberIds.includes(memberId)),
    shortAt: shortAt !== null && at - shortAt >= shortAgainMs ? null : shortAt,
  });
}

/** Takes a member's sign-up back, until it begins. */
export function leave(shift: Shift, memberId: string, at: number): { ok: true; shift: Shift } | Refusal {
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  if (signUpOf(shift, memberId) === null) return conflict('you are not signed up');
  return { ok: true, shift: without(shift, [memberId], at) };
}

/**
 * Changes a shift by itself: it follows its series no more. Whoever it then lies badly for is signed up no more.
 * @param commitments one for each who is signed up
 */
export function change(
  shift: Shift,
  command: ShiftCommand,
  commitments: readonly Commitments[],
  at: number,
): { ok: true; shift: Shift; commitments: Commitments[]; released: string[] } | Refusal {
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  const refused = timesRefused(command, at) ?? countsRefused(command);
  if (refused !== null) return refused;
  return { ok: true, ...replan(shift, { ...command, follows: null }, commitments, at) };
}

/** The shift as it is planned now, with those for whom that is possible: in the order in which they signed up. */
export function replan(
  shift: Shift,
  over: Partial<Shift> & Times & Pick<Shift, 'places'>,
  commitments: readonly Commitments[],
  at: number,
): { shift: Shift; commitments: Commitments[]; released: string[] } {
  const next: Shift = { ...shift, ...over, id: shift.id, version: shift.version + 1 };
  const moved = next.startsAt !== shift.startsAt || next.endsAt !== shift.endsAt;
  const mine = new Map(commitments.map((one) => [one.memberId, one]));
  const fits = ({ memberId }: SignUp) =>
    !moved || checkDuty(mine.get(memberId)?.shifts ?? [], commitmentTo(next)).ok;
  const able = shift.signUps.filter(fits);
  const kept = new Set([
    ...firmOf({ signUps: able }).slice(0, next.places),
    ...able.filter(({ kind }) => kind === 'soft').slice(0, next.places),
  ]);
  const released = shift.signUps.filter((one) => !kept.has(one)).map(({ memberId }) => memberId);
  return {
    shift: noted(shift, {
      ...next,
      signUps: shift.signUps.filter((one) => kept.has(one)),
      shortAt: moved ? null : next.shortAt,
    }),
    commitments: commitments
      .filter(({ memberId }) => moved || released.includes(memberId))
      .map((one) =>
        released.includes(one.memberId) ? freed(one, shift.id) : committedTo(one, commitmentTo(next), at),
      ),
    released,
  };
}

/** Cancels a shift; with it go the sign-ups, whom the entry names. */
export function cancel(shift: Shift, reason: string, at: number): { ok: true; shift: Shift } | Refusal {
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  return { ok: true, shift: { ...shift, version: shift.version + 1, status: 'cancelled', reason } };
}

/** From when on soft intentions are called in, and volunteers told that there are too few. */
export function settlesAt({ startsAt, plannedAt }: Pick<Shift, 'startsAt' | 'plannedAt'>): number {
  return Math.min(startsAt, Math.max(startsAt - settledMs, plannedAt + lateMs));
}

/** When a shift that was changed is looked at: at once where it starts soon and has a gap; null: never. */
export function dueAt(shift: Shift, at: number): number | null {
  if (shift.status !== 'planned') return null;
  const settles = settlesAt(shift);
  if (at < settles) return settles;
  return at < shift.startsAt && gapOf(shift) > 0 ? at : shift.endsAt;
}

/** Who only comes if needed, and is: in the order of their word, but somebody experienced first where all are new. */
function called(shift: Shift): SignUp[] {
  const firm = [...firmOf(shift)];
  const soft = shift.signUps.filter(({ kind }) => kind === 'soft');
  const calls: SignUp[] = [];
  while (gapOf({ signUps: [...firm, ...calls.map(asFirm)], needed: shift.needed }) > 0) {
    const all = [...firm, ...calls];
    const led = all.some(({ newcomer }) => !newcomer);
    const left = soft.filter((one) => !calls.includes(one));
    const next = (led ? undefined : left.find(({ newcomer }) => !newcomer)) ?? left[0];
    if (next === undefined || all.length >= shift.places) break;
    if (keepsPlace(all, shift.places, next.newcomer)) break;
    calls.push(next);
  }
  return calls;
}
const asFirm = (signUp: SignUp): SignUp => ({ ...signUp, kind: 'firm' });

export type Passed =
  | { kind: 'wait'; dueAt: number | null }
  | { kind: 'ended' | 'firmed' | 'short'; shift: Shift; memberIds: string[] };

/**
 * What time alone does to a shift: it ends; before it begins, soft intentions are called in where there are too few, and
 * then volunteers are told.
 * @param on whether there are patrols at all: nobody is called to one where there are none
 */
export function pass(shift: Shift, at: number, on: boolean): Passed {
  const version = shift.version + 1;
  if (shift.status !== 'planned') return { kind: 'wait', dueAt: null };
  if (at >= shift.endsAt) {
    // Who said that they cannot come, and whose place nobody took, did not serve.
    const served = firmOf(shift).flatMap(({ memberId, coming }) => (coming === false ? [] : [memberId]));
    return { kind: 'ended', shift: { ...shift, version, status: 'over' }, memberIds: served };
  }
  const settles = settlesAt(shift);
  if (at < settles) return { kind: 'wait', dueAt: settles };
  if (at >= shift.startsAt) return { kind: 'wait', dueAt: shift.endsAt };
  if (!on) return { kind: 'wait', dueAt: Math.min(shift.startsAt, at + hour) };
  const calls = called(shift);
  if (calls.length > 0) {
    const signUps = shift.signUps.map((one) => (calls.includes(one) ? asFirm(one) : one));
    return {
      kind: 'firmed',
      shift: { ...shift, version, signUps },
      memberIds: calls.map(({ memberId }) => memberId),
    };
  }
  if (gapOf(shift) === 0) return { kind: 'wait', dueAt: shift.endsAt };
  const tellsAt = tellsGapAt(shift);
  if (at >= tellsAt)
    return { kind: 'short', shift: { ...shift, version, shortAt: at, shortAgain: false }, memberIds: [] };
  return { kind: 'wait', dueAt: tellsAt < shift.startsAt ? tellsAt : shift.endsAt };
}
