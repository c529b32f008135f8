import type { Incident } from '../../../shared/incidents.ts';
import { swiftnessOf } from '../../../shared/reports.ts';
import { type CountedAt, counted } from '../../counts.ts';
import type { Write } from '../../eventlog/eventlog.ts';

/** Counts how quickly neighbours ended an incident, or takes that back where it is open again. */
export function countedClosing(where: CountedAt, before: Incident, after: Incident): Write[] {
  const outcome = after.outcome ?? before.outcome;
  if (outcome === null) return [];
  const what = swiftnessOf(outcome.at - before.reportedAt);
  return counted(where, outcome.at, what, after.outcome === null ? -1 : 1);
}
