import * as v from 'valibot';
import { Shift } from './shifts.ts';
import { Id, Timestamp } from './text.ts';

const hour = 3600 * 1000;
/** An offer stands so long, or until one of the shifts begins. */
export const swapLifeMs = 48 * hour;
/** Offers of one member that stand at a time. */
export const mostOpenSwaps = 20;

/** A place on a shift, offered to somebody or to anybody: given away, or for a place of theirs on another. */
export const Swap = v.object({
  id: Id,
  version: v.number(),
  shiftId: Id,
  by: Id,
  /** Null: whoever wants. */
  to: v.nullable(Id),
  /** Null: given away. */
  forShiftId: v.nullable(Id),
  at: Timestamp,
  expiresAt: Timestamp,
  /** `expired`: its time is over, or one of the places is no more. */
  state: v.picklist(['open', 'accepted', 'declined', 'withdrawn', 'expired']),
  takenBy: v.nullable(Id),
});
export type Swap = v.InferOutput<typeof Swap>;

/** `evenSo`: they read that it is much in one go, or little rest. */
export const SwapCommand = v.strictObject({
  to: v.nullable(Id),
  forShiftId: v.optional(v.nullable(Id), null),
  evenSo: v.optional(v.boolean(), false),
});
export type SwapCommand = v.InferOutput<typeof SwapCommand>;
export const SwapAnswerCommand = v.strictObject({
  answer: v.picklist(['accept', 'decline', 'withdraw']),
  evenSo: v.optional(v.boolean(), false),
});
export type SwapAnswerCommand = v.InferOutput<typeof SwapAnswerCommand>;

/** Somebody cannot come: others are asked for their place, one after another. */
export const Cover = v.object({
  id: Id,
  version: v.number(),
  shiftId: Id,
  by: Id,
  at: Timestamp,
  /**
   * `asking` one, then the next; `everyone` was told that nobody took it, and may; `over`: the shift began, or the place
   * is no more.
   */
  state: v.picklist(['asking', 'everyone', 'filled', 'withdrawn', 'over']),
  /** Who is asked now, and until when. */
  asking: v.nullable(Id),
  until: v.nullable(Timestamp),
  /** All who were asked, in this order; what they said is not kept. */
  asked: v.array(Id),
  takenBy: v.nullable(Id),
});
export type Cover = v.InferOutput<typeof Cover>;

export const CoverCommand = v.strictObject({
  answer: v.picklist(['yes', 'no']),
  evenSo: v.optional(v.boolean(), false),
});
/** `cannot` asks for cover at once; `coming` takes that back. */
export const AttendanceCommand = v.strictObject({ answer: v.picklist(['coming', 'cannot']) });
export type AttendanceCommand = v.InferOutput<typeof AttendanceCommand>;

export const SwapChanged = v.object({ swap: Swap, shifts: v.array(Shift), seq: v.number() });
export const CoverChanged = v.object({ cover: v.nullable(Cover), shift: Shift, seq: v.number() });

/** Whether it still matters to anybody. */
export const isOpenSwap = ({ state }: Pick<Swap, 'state'>): boolean => state === 'open';
export const isOpenCover = ({ state }: Pick<Cover, 'state'>): boolean =>
  state === 'asking' || state === 'everyone';
