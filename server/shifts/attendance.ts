import { type Shift, signUpOf } from '../../shared/shifts.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';
import { closedTo, conflict } from './shift.ts';

const day = 24 * 3600 * 1000;
/** How long after a shift somebody still says how many came. */
const turnoutMs = 7 * day;

/** Says whether one comes to a shift that one is signed up for. */
export function attend(
  shift: Shift,
  memberId: string,
  coming: boolean,
  at: number,
): { ok: true; shift: Shift } | Refusal {
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  if (signUpOf(shift, memberId)?.kind !== 'firm') return conflict('you are not signed up');
  const signUps = shift.signUps.map((one) => (one.memberId === memberId ? { ...one, coming } : one));
  return { ok: true, shift: { ...shift, version: shift.version + 1, signUps } };
}

/** Says how many came: a number, and nobody's name. */
export function countTurnout(
  shift: Shift,
  memberId: string,
  came: number,
  at: number,
): { ok: true; shift: Shift } | Refusal {
  const firm = shift.signUps.filter(({ kind }) => kind === 'firm');
  if (!firm.some((one) => one.memberId === memberId)) return refuse('FORBIDDEN', 'you were not signed up');
  if (shift.status === 'cancelled') return conflict('is cancelled');
  if (at < shift.startsAt) return conflict('has not begun');
  if (at > shift.endsAt + turnoutMs) return conflict('is too long ago');
  if (came > firm.length) return refuse('INVALID_INPUT', 'must be at most as many as signed up', 'came');
  return { ok: true, shift: { ...shift, version: shift.version + 1, came } };
}
