import { checkDuty, type Commitments } from '../../shared/duty.ts';
import { type Shift, signUpOf } from '../../shared/shifts.ts';
import {
  isOpenSwap,
  mostOpenSwaps,
  type Swap,
  type SwapAnswerCommand,
  type SwapCommand,
  swapLifeMs,
} from '../../shared/swaps.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';
import { handOver, type Taker } from './handover.ts';
import { closedTo, conflict, dutyRefused, freed } from './shift.ts';

/** A closed offer is kept so long after its time, so that devices that were away learn how it ended. */
const keptMs = 7 * 24 * 3600 * 1000;

const isFirmOn = (shift: Shift, memberId: string) => signUpOf(shift, memberId)?.kind === 'firm';

export type Offering = {
  id: string;
  by: string;
  shift: Shift;
  /** For which it is offered; null: given away. */
  forShift: Shift | null;
  command: SwapCommand;
  commitments: Commitments;
  /** Offers of this member that stand already. */
  open: readonly Swap[];
  at: number;
};

/** Offers one's place on a shift: to somebody or to anybody, given away or for a place of theirs. */
export function offer(offering: Offering): { ok: true; swap: Swap } | Refusal {
  const { id, by, shift, forShift, command, commitments, open, at } = offering;
  const { to, forShiftId } = command;
  if (to === by) return refuse('INVALID_INPUT', 'must be somebody else', 'to');
  const closed = closedTo(shift, at);
  if (closed !== null) return closed;
  if (!isFirmOn(shift, by)) return conflict('you are not signed up');
  if (to !== null && isFirmOn(shift, to)) return conflict('is signed up already', 'to');
  const same = (one: Swap) => one.shiftId === shift.id && one.to === to && one.forShiftId === forShiftId;
  if (open.some(same)) return conflict('is offered already');
  if (open.length >= mostOpenSwaps) return conflict('too many offers of yours are open');
  if (forShift !== null) {
    if (to === null) return refuse('INVALID_INPUT', 'must say whose place it is', 'to');
    if (forShift.id === shift.id) return refuse('INVALID_INPUT', 'must be another shift', 'forShiftId');
    const gone = closedTo(forShift, at);
    if (gone !== null) return gone;
    if (!isFirmOn(forShift, to)) return conflict('they are not signed up for it', 'forShiftId');
    if (isFirmOn(forShift, by)) return conflict('you are signed up already', 'forShiftId');
    const mine = freed(commitments, shift.id).shifts;
    const next = { shiftId: forShift.id, startsAt: forShift.startsAt, endsAt: forShift.endsAt };
    const refused = dutyRefused(checkDuty(mine, next), command.evenSo);
    if (refused !== null) return refused;
  }
  const expiresAt = Math.min(at + swapLifeMs, shift.startsAt, forShift?.startsAt ?? Infinity);
  const swap: Swap = {
    ...{ id, version: 1, shiftId: shift.id, by, to, forShiftId, at, expiresAt },
    ...{ state: 'open', takenBy: null },
  };
  return { ok: true, swap };
}

export type Answering = {
  swap: Swap;
  shift: Shift;
  forShift: Shift | null;
  /** Who offered it. */
  offerer: Taker;
  /** Who answers. */
  taker: Taker;
  command: SwapAnswerCommand;
  at: number;
};
export type Answered = { ok: true; swap: Swap; shifts: Shift[]; commitments: Commitments[] };

const after = (swap: Swap, state: Swap['state'], takenBy: string | null = null): Swap => ({
  ...swap,
  version: swap.version + 1,
  state,
  takenBy,
});

/** Accepts, declines or takes back an offer. Accepted, both sides keep all the rules of signing up, or nothing changes. */
export function answer(answering: Answering): Answered | Refusal {
  const { swap, shift, forShift, offerer, taker, command, at } = answering;
  const mine = swap.by === taker.memberId;
  if (!isOpenSwap(swap) || at >= swap.expiresAt) return conflict('is over');
  const closed = (state: Swap['state']): Answered => ({
    ...{ ok: true, swap: after(swap, state), shifts: [], commitments: [] },
  });
  if (command.answer === 'withdraw')
    return mine ? closed('withdrawn') : refuse('FORBIDDEN', 'is not yours to take back');
  if (mine) return refuse('FORBIDDEN', 'nobody swaps with themselves');
  if (swap.to !== null && swap.to !== taker.memberId) return refuse('FORBIDDEN', 'is not for you');
  if (command.answer === 'decline')
    return swap.to === null ? conflict('is for whoever wants: others may') : closed('declined');
  const { evenSo } = command;
  const given = handOver(shift, swap.by, taker, { leaves: forShift?.id ?? null, evenSo, at });
  if (!given.ok) return given;
  if (forShift === null) {
    const free = freed(offerer.commitments, shift.id);
    return {
      ok: true,
      swap: after(swap, 'accepted', taker.memberId),
      shifts: [given.shift],
      commitments: [given.commitments, free],
    };
  }
  // What is much for who offered it, they read then.
  const back = handOver(forShift, taker.memberId, offerer, { leaves: shift.id, evenSo: true, at });
  if (!back.ok) return back;
  return {
    ok: true,
    swap: after(swap, 'accepted', taker.memberId),
    shifts: [given.shift, back.shift],
    commitments: [given.commitments, back.commitments],
  };
}

export type SwapPassed =
  | { kind: 'wait'; dueAt: number }
  | { kind: 'expired'; swap: Swap }
  /** Long over: nobody asks any more. */
  | { kind: 'forget' };

/** When time looks at an offer again, unless a place of it is gone before. */
export const swapDueAt = (swap: Swap): number => swap.expiresAt + (isOpenSwap(swap) ? 0 : keptMs);

/** Whether this member has a place on a shift that can still change hands. */
const hasPlace = (shift: Shift | null, memberId: string, at: number): shift is Shift =>
  shift !== null && closedTo(shift, at) === null && isFirmOn(shift, memberId);

/**
 * What time alone does to an offer, and what becomes of it once one of its places is no more.
 * @param places the shifts as they are now, null where one is gone
 */
export function passSwap(
  swap: Swap,
  { shift, forShift }: { shift: Shift | null; forShift: Shift | null },
  at: number,
): SwapPassed {
  const { by, to, forShiftId } = swap;
  const due = swapDueAt(swap);
  if (!isOpenSwap(swap)) return at < due ? { kind: 'wait', dueAt: due } : { kind: 'forget' };
  const stands = hasPlace(shift, by, at) && (forShiftId === null || hasPlace(forShift, to ?? '', at));
  if (!stands || at >= due) return { kind: 'expired', swap: after(swap, 'expired') };
  // A shift that was moved earlier leaves less time.
  return { kind: 'wait', dueAt: Math.min(due, shift.startsAt, forShift?.startsAt ?? Infinity) };
}
