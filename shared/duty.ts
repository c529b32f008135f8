import * as v from 'valibot';
import { Id, Timestamp } from './text.ts';

const hour = 3600 * 1000;
/** Shifts with less than this between them belong to one stretch of duty. */
export const restMs = 8 * hour;
/** So much in one stretch is said to be much; more than the second is refused. */
export const muchDutyMs = 4 * hour;
export const mostDutyMs = 6 * hour;
/** A stretch from its first start to its last end: with a full rest in every day. */
export const longestStretchMs = 24 * hour - restMs;
/** What ended longer ago than this can no longer be of one stretch with anything. */
export const forgetDutyMs = 24 * hour;
/** Shifts that one member may be signed up for at a time. */
export const mostCommitments = 60;

/** A time that a member is signed up for. */
export const Commitment = v.object({ shiftId: Id, startsAt: Timestamp, endsAt: Timestamp });
export type Commitment = v.InferOutput<typeof Commitment>;

/** All of one member's, as one entity: what they are signed up for at once is decided on all of it. */
export const Commitments = v.object({ memberId: Id, version: v.number(), shifts: v.array(Commitment) });
export type Commitments = v.InferOutput<typeof Commitments>;

export type DutyWarning = 'much' | 'short-rest';
export type DutyCheck =
  | { ok: true; warnings: DutyWarning[] }
  | { ok: false; why: 'overlap' | 'too-much' | 'no-rest' | 'too-many' };

const lasts = ({ startsAt, endsAt }: Commitment) => endsAt - startsAt;

/** The stretch of duty that `next` would be part of, in the order of time. */
function stretchOf(others: readonly Commitment[], next: Commitment): Commitment[] {
  const all = [...others, next].toSorted((a, b) => a.startsAt - b.startsAt);
  const at = all.indexOf(next);
  let from = at;
  let to = at;
  const rests = (i: number) => (all[i + 1]?.startsAt ?? Infinity) - (all[i]?.endsAt ?? -Infinity) >= restMs;
  while (from > 0 && !rests(from - 1)) from -= 1;
  while (to < all.length - 1 && !rests(to)) to += 1;
  return all.slice(from, to + 1);
}

/**
 * Whether one more shift can be served beside the others: never two at once, never too much in one go, and a rest in
 * every day. Others that are of the same shift do not count.
 */
export function checkDuty(before: readonly Commitment[], next: Commitment): DutyCheck {
  const others = before.filter(({ shiftId }) => shiftId !== next.shiftId);
  if (others.some(({ startsAt, endsAt }) => startsAt < next.endsAt && next.startsAt < endsAt))
    return { ok: false, why: 'overlap' };
  if (others.length >= mostCommitments) return { ok: false, why: 'too-many' };
  const stretch = stretchOf(others, next);
  const duty = stretch.reduce((sum, one) => sum + lasts(one), 0);
  if (duty > mostDutyMs) return { ok: false, why: 'too-much' };
  const span = (stretch.at(-1)?.endsAt ?? 0) - (stretch[0]?.startsAt ?? 0);
  if (span > longestStretchMs) return { ok: false, why: 'no-rest' };
  const warnings: DutyWarning[] = [];
  if (duty > muchDutyMs) warnings.push('much');
  // Something lies between two shifts, but not a full rest.
  if (span > duty) warnings.push('short-rest');
  return { ok: true, warnings };
}
