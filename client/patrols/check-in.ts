import { type CheckIn, firstDueAt, waitsFor, walkingSince } from '../../shared/home-safe.ts';
import type { Patrol } from '../../shared/patrols.ts';
import type { Id } from '../../shared/text.ts';

const minute = 60_000;

/** What is waited for of a walker, as far as this device knows; null where nothing is. */
export function awaited(
  patrol: Patrol,
  memberId: Id,
  checkIns: Iterable<CheckIn>,
): { state: CheckIn['state']; dueAt: number; everyMs: number } | null {
  if (waitsFor(patrol, memberId) === 'no') return null;
  const since = walkingSince(patrol, memberId);
  const said = [...checkIns].find(
    (one) => one.patrolId === patrol.id && one.memberId === memberId && one.since === since,
  );
  const dueAt = said?.dueAt ?? firstDueAt(patrol, memberId);
  if (dueAt === null || said?.state === 'over') return null;
  return { state: said?.state ?? 'awaited', dueAt, everyMs: patrol.checkIn.everyMinutes * minute };
}

/** How much of the time is left, from 1 to 0. */
export const leftOf = ({ dueAt, everyMs }: { dueAt: number; everyMs: number }, now: number): number =>
  Math.min(1, Math.max(0, (dueAt - now) / everyMs));
