import { checkDuty, type Commitment, type Commitments } from '../../shared/duty.ts';
import { firmOf, type Shift, signUpOf } from '../../shared/shifts.ts';
import type { Refusal } from '../../shared/refusal.ts';
import { closedTo, committedTo, conflict, dutyRefused } from './shift.ts';

/** Who comes instead, with all that decides whether they may. */
export type Taker = { memberId: string; commitments: Commitments; newcomer: boolean };

export type HandedOver = { ok: true; shift: Shift; commitments: Commitments };

/**
 * Puts one member in another's place on a shift, by all the rules of signing up.
 * @param leaves the shift that the taker leaves for it, which then does not count; null: none
 */
export function handOver(
  shift: Shift,
  from: string,
  taker: Taker,
  { leaves, evenSo, at }: { leaves: string | null; evenSo: boolean; at: number },
): HandedOver | Refusal {
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  if (signUpOf(shift, from)?.kind !== 'firm') return conflict('that place is taken or gone already');
  const { memberId, newcomer } = taker;
  if (memberId === from) return conflict('must be somebody else', 'to');
  if (signUpOf(shift, memberId)?.kind === 'firm') return conflict('is signed up already');
  const others = shift.signUps.filter((one) => one.memberId !== memberId);
  const signUps = others.map((one) =>
    one.memberId === from ? { memberId, kind: 'firm' as const, at, newcomer } : one,
  );
  const firm = firmOf({ signUps });
  if (firm.length > shift.places) return conflict('is full');
  if (firm.length >= shift.places && firm.every((one) => one.newcomer))
    return conflict('the last place is kept for somebody who has patrolled before');
  const without = freedOf(taker.commitments, leaves);
  const next: Commitment = { shiftId: shift.id, startsAt: shift.startsAt, endsAt: shift.endsAt };
  const refused = dutyRefused(checkDuty(without.shifts, next), evenSo);
  if (refused !== null) return refused;
  return {
    ok: true,
    shift: { ...shift, version: shift.version + 1, signUps },
    commitments: committedTo(without, next, at),
  };
}

/** Without this shift, at the same version. */
function freedOf(before: Commitments, shiftId: string | null): Commitments {
  return { ...before, shifts: before.shifts.filter((one) => one.shiftId !== shiftId) };
}

/** Whether somebody could take a place without a word of warning. */
export function isFree(shift: Shift, from: string, taker: Taker, at: number): boolean {
  return handOver(shift, from, taker, { leaves: null, evenSo: false, at }).ok;
}
