import { gapOf, firmOf, type Shift, type SignUpKind, signUpOf } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';

/** How a shift stands, for a row's badge. */
export type Standing =
  | { kind: 'cancelled' | 'over' | 'running' | 'full' | 'enough' }
  /** So many are missing; `guide`: enough of them, but all new. */
  | { kind: 'gap'; count: number; guide: boolean };

export function standingOf(shift: Shift, now: number): Standing {
  if (shift.status === 'cancelled') return { kind: 'cancelled' };
  if (shift.status === 'over' || shift.endsAt <= now) return { kind: 'over' };
  if (shift.startsAt <= now) return { kind: 'running' };
  const gap = gapOf(shift);
  const firm = firmOf(shift).length;
  if (gap > 0) return { kind: 'gap', count: gap, guide: firm >= shift.needed };
  return { kind: firm >= shift.places ? 'full' : 'enough' };
}

/** Whether one more may say that they come. The server decides; this is what a button is shown for. */
export function isOpen(shift: Shift, now: number): boolean {
  return shift.status === 'planned' && shift.startsAt > now && firmOf(shift).length < shift.places;
}

export const kindOf = (shift: Shift, memberId: Id | undefined): SignUpKind | null =>
  memberId === undefined ? null : (signUpOf(shift, memberId)?.kind ?? null);

const byStart = (a: Shift, b: Shift) => a.startsAt - b.startsAt;

/** Those not over that this member is signed up for, the next first. */
export function mine(shifts: Iterable<Shift>, memberId: Id | undefined, now: number): Shift[] {
  return [...shifts]
    .filter((shift) => shift.status === 'planned' && shift.endsAt > now && kindOf(shift, memberId) !== null)
    .toSorted(byStart);
}

/** Those of these days, by day: an entry for each day, also for one without shifts. */
export function byDay(
  shifts: Iterable<Shift>,
  days: readonly string[],
  dateOf: (at: number) => string,
): Map<string, Shift[]> {
  const found = new Map<string, Shift[]>(days.map((day) => [day, []]));
  for (const shift of [...shifts].toSorted(byStart)) found.get(dateOf(shift.startsAt))?.push(shift);
  return found;
}

/** What is still to come. @param gaps only where somebody is missing */
export function coming(shifts: Iterable<Shift>, now: number, gaps: boolean): Shift[] {
  return [...shifts]
    .filter((shift) => shift.endsAt > now && shift.status !== 'over')
    .filter((shift) => !gaps || (shift.status === 'planned' && gapOf(shift) > 0))
    .toSorted(byStart);
}
