import { periodsOf } from '../shared/reports.ts';
import type { Write } from './eventlog/eventlog.ts';
import { neighbourhoodKeys } from './redis/keys.ts';

/** Counts something of a neighbourhood in its month and its week: numbers alone, of nobody. */
export function counted(neighbourhoodId: string, at: number, what: string, by: number): Write[] {
  if (by === 0) return [];
  const { counts } = neighbourhoodKeys(neighbourhoodId);
  return periodsOf(at).map((period) => ['HINCRBY', counts, `${period}:${what}`, String(by)]);
}
