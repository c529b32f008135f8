import * as v from 'valibot';
import { OutcomeKind } from './incident-life.ts';
import { Category } from './incidents.ts';
import { Timestamp } from './text.ts';

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** How the alerts of one category ended. Imports are not counted, and no member is in it. */
export const CategoryStatistics = v.object({
  category: Category,
  reported: Count,
  closed: Count,
  unfounded: Count,
  falseAlarm: Count,
});
export type CategoryStatistics = v.InferOutput<typeof CategoryStatistics>;

export const Statistics = v.object({
  /** Alerts raised since then are counted. */
  since: Timestamp,
  /** Categories in which something was reported, in the order of the categories. */
  categories: v.array(CategoryStatistics),
  /** Whether all of them were counted; there may be more than one answer counts. */
  complete: v.boolean(),
});
export type Statistics = v.InferOutput<typeof Statistics>;

/** What is left of incidents that were forgotten: how many, of which week, and how they ended. */
export const WeekCount = v.object({
  /** ISO 8601, such as `2026-W07`. */
  week: v.string(),
  category: Category,
  /** How they ended; `open` where nobody said, `imported` for what was no neighbour's alert. */
  outcome: v.picklist([...OutcomeKind.options, 'open', 'imported']),
  count: Count,
});
export type WeekCount = v.InferOutput<typeof WeekCount>;
export const Weeks = v.object({ weeks: v.array(WeekCount) });
export type Weeks = v.InferOutput<typeof Weeks>;
