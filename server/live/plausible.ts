import type { Position } from '../../shared/geo.ts';
import { clockMs } from '../../shared/patrols.ts';

/** One position in so many milliseconds counts. */
export const everyMs = 1000;

/** Where somebody was at some time of the server's, as sure as `accuracy`. */
export type Fix = { position: Position; accuracy?: number | undefined; at: number };

/** Metres between two places that are near each other. */
function apart(a: Position, b: Position): number {
  const metres = 111_320;
  const turn = Math.abs(a.lng - b.lng);
  const east = Math.min(turn, 360 - turn) * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, east) * metres;
}

/** Whether a phone's clock is one to go by. */
export const isInTime = (toldAt: number, now: number): boolean => Math.abs(toldAt - now) <= clockMs;

/** What nobody outdoes: metres a second, and how many metres off a phone can say that it is and count as such. */
export type Reach = { fastest: number; mostAccuracy: number };

/** Whether somebody can have come from one place to the next. */
export function isReachable(before: Fix, next: Fix, { fastest, mostAccuracy }: Reach): boolean {
  const slack = (fix: Fix) => Math.min(fix.accuracy ?? 0, mostAccuracy);
  const metres = apart(before.position, next.position) - slack(before) - slack(next);
  return metres <= (fastest * Math.max(everyMs, next.at - before.at)) / 1000;
}
