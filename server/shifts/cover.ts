import { type Shift, signUpOf } from '../../shared/shifts.ts';
import { type Cover, isOpenCover } from '../../shared/swaps.ts';
import type { Refusal } from '../../shared/refusal.ts';
import { isFree, type Taker } from './handover.ts';
import { conflict } from './shift.ts';

const minute = 60 * 1000;
const hour = 60 * minute;
/** How long one is asked: the more time and the fewer others there are, the longer. */
const shortestAskMs = 10 * minute;
const longestAskMs = 3 * hour;
/** So close to the start all are asked at once. */
const tooLateMs = 2 * shortestAskMs;
const keptMs = 7 * 24 * hour;

/** Somebody who could be asked, with when they were asked last; 0: never. */
export type Candidate = Taker & { askedAt: number };

/**
 * Whom to ask, the next first: those who are free and were not asked yet; first who said that they come if needed, then
 * who was asked least recently.
 */
export function candidatesFor(
  cover: Cover,
  shift: Shift,
  volunteers: readonly Candidate[],
  at: number,
): Candidate[] {
  const soft = ({ memberId }: Candidate) => signUpOf(shift, memberId)?.kind === 'soft';
  return volunteers
    .filter(({ memberId }) => !cover.asked.includes(memberId))
    .filter((one) => isFree(shift, cover.by, one, at))
    .toSorted(
      (a, b) =>
        Number(soft(b)) - Number(soft(a)) || a.askedAt - b.askedAt || (a.memberId < b.memberId ? -1 : 1),
    );
}

/** Begins to ask for somebody in this one's place; whom, `onward` says. */
export function seekCover(
  before: Cover | null,
  { id, shiftId, by, at }: { id: string; shiftId: string; by: string; at: number },
): Cover {
  return {
    ...{ id, version: (before?.version ?? 0) + 1, shiftId, by, at, state: 'asking' },
    ...{ asking: null, until: null, asked: [], takenBy: null },
  };
}

const ended = (cover: Cover, state: Cover['state'], takenBy: string | null = null): Cover => ({
  ...cover,
  version: cover.version + 1,
  ...{ state, asking: null, until: null, takenBy },
});

export const withdrawnCover = (cover: Cover): Cover => ended(cover, 'withdrawn');
export const filledCover = (cover: Cover, by: string): Cover => ended(cover, 'filled', by);

/** Puts the next in the place of who is asked; null who: all are told, and anybody may. */
export function askNext(cover: Cover, shift: Shift, candidates: readonly Candidate[], at: number): Cover {
  const left = shift.startsAt - at;
  const next = left < tooLateMs ? undefined : candidates[0];
  if (next === undefined) return { ...cover, state: 'everyone', asking: null, until: null };
  const share = left / (candidates.length + 1);
  const askMs = Math.min(Math.max(share, shortestAskMs), longestAskMs);
  return {
    ...cover,
    asking: next.memberId,
    until: Math.round(Math.min(at + askMs, shift.startsAt - shortestAskMs)),
    asked: [...cover.asked, next.memberId],
  };
}

export type CoverPassed =
  | { kind: 'wait'; dueAt: number }
  /** Somebody else is asked, or everybody: as in its state. */
  | { kind: 'asked' | 'closed'; cover: Cover }
  | { kind: 'forget' };

/** When time looks at it again. */
export const coverDueAt = (cover: Cover, shift: Pick<Shift, 'startsAt'> | null): number =>
  isOpenCover(cover) ? (cover.until ?? shift?.startsAt ?? 0) : (shift?.startsAt ?? cover.at) + keptMs;

/**
 * What time alone does: who was silent is passed over, and it ends with the place, or as the shift begins. It is never
 * open without somebody being asked, or everybody.
 * @param volunteers all who could be asked
 */
export function passCover(
  cover: Cover,
  shift: Shift | null,
  volunteers: readonly Candidate[],
  at: number,
): CoverPassed {
  if (!isOpenCover(cover))
    return at < coverDueAt(cover, shift)
      ? { kind: 'wait', dueAt: coverDueAt(cover, shift) }
      : { kind: 'forget' };
  const stands =
    shift?.status === 'planned' && shift.startsAt > at && signUpOf(shift, cover.by)?.kind === 'firm';
  if (!stands) return { kind: 'closed', cover: ended(cover, 'over') };
  // A shift that was moved earlier leaves less time than was promised.
  const until = cover.until === null ? null : Math.min(cover.until, shift.startsAt - shortestAskMs);
  if (cover.state === 'everyone' || (until !== null && at < until))
    return { kind: 'wait', dueAt: until ?? shift.startsAt };
  const moved = { ...cover, version: cover.version + 1 };
  return { kind: 'asked', cover: askNext(moved, shift, candidatesFor(cover, shift, volunteers, at), at) };
}

/** Whether this member may take the place now, or say that they do not. */
export function mayAnswer(cover: Cover, memberId: string, answer: 'yes' | 'no'): Refusal | null {
  if (!isOpenCover(cover)) return conflict('is over');
  if (answer === 'no') return cover.asking === memberId ? null : conflict('you are not asked');
  // Whoever was asked and was late may still, while nobody else did.
  if (cover.state === 'everyone' || cover.asked.includes(memberId)) return null;
  return conflict('somebody else is asked first');
}
