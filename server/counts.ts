import { periodsOf } from '../shared/reports.ts';
import type { Write } from './eventlog/eventlog.ts';
import { neighbourhoodKeys } from './redis/keys.ts';

/** A neighbourhood, and the clock by which its months and weeks begin. */
export type CountedAt = { neighbourhoodId: string; timeZone: string };

/** Counts something of a neighbourhood in its month and its week: numbers alone, of nobody. */
export function counted(
  { neighbourhoodId, timeZone }: CountedAt,
  at: number,
  what: string,
  by: number,
): Write[] {
  if (by === 0) return [];
  const { counts } = neighbourhoodKeys(neighbourhoodId);
  return periodsOf(at, timeZone).map((period) => ['HINCRBY', counts, `${period}:${what}`, String(by)]);
}
