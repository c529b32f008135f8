import type { Position } from '../../shared/geo.ts';
import { cellGap, coarsePosition, inOneCell } from '../../shared/geo/grid.ts';
import { coarseDelayMs, hiddenMetres } from '../../shared/patrols.ts';

/*
 * What residents learn of a walker's way: cells of the coarse grid, later, without its beginning and its end.
 *
 * Everything here is decided by cells and never by where in a cell somebody is. A zone of so many metres around a
 * home, cut out of many tracks, gives the home away where the tracks meet its edge (Hassan et al., "Analysis of
 * Privacy Protections in Fitness Tracking Social Networks", USENIX Security 2018); what is a function of cells alone
 * can give away no more than a cell, however many rounds are watched.
 *
 * - The beginning: cells nearer than `hiddenMetres` to the cell where sharing began are never told, also later in the
 *   round. A process that hears of a walker later than `beganMs` after they came along cannot know where that was, and
 *   what it would tell might be the cells around a home: it tells nothing of their way until they come along anew.
 * - The end: a cell is told once the walker has been `hiddenMetres` away from it since. What waits when the round ends
 *   is dropped, so the cells around the last place, where the walker may have stood for long, are never told.
 * - In between: each cell is told `coarseDelayMs` after it was entered, at the earliest.
 *
 * What remains: that a round runs and who walks it is known at once, so whoever sees the last cell and the end knows
 * how far somebody can have walked between them.
 */
export type Step = { cell: Position; at: number };
export type Trail = {
  /** Null where it is not known. */
  readonly start: Position | null;
  readonly here: Position;
  /** Not told yet, oldest first; `left` where the walker has been far enough away since. */
  readonly waiting: readonly (Step & { left: boolean })[];
  readonly told: Step | null;
};

/** At a place where cells meet somebody may go back and forth every second. */
const mostWaiting = 600;
/** When a cell was entered is told by the minute. */
const minute = 60_000;

/** The first position that is heard this soon after somebody came along is where their sharing began. */
export const beganMs = minute;

/**
 * A walker's trail with their newest position.
 * @param before null where it is the first that is heard of them here
 * @param began when they came along, or the round began to run if that was later
 */
export function walkOn(before: Trail | null, position: Position, at: number, began: number): Trail {
  const cell = coarsePosition(position);
  if (before === null)
    return { start: at - began <= beganMs ? cell : null, here: cell, waiting: [], told: null };
  if (before.start === null || inOneCell(before.here, cell)) return before;
  const waiting = before.waiting.map((step) =>
    step.left || cellGap(step.cell, cell) < hiddenMetres ? step : { ...step, left: true },
  );
  if (cellGap(before.start, cell) >= hiddenMetres) waiting.push({ cell, at, left: false });
  return { ...before, here: cell, waiting: waiting.slice(-mostWaiting) };
}

/** The trail with what may be told by now; the same object where nothing came to it. */
export function tellOn(trail: Trail, now: number): Trail {
  const last = trail.waiting.findLastIndex(({ left, at }) => left && now - at >= coarseDelayMs);
  const step = trail.waiting[last];
  if (step === undefined) return trail;
  const told = { cell: step.cell, at: step.at - (step.at % minute) };
  return { ...trail, waiting: trail.waiting.slice(last + 1), told };
}
