import * as v from 'valibot';
import { Id, Timestamp } from './text.ts';

/** What of an incident changed. Each is named as in the log's entries. */
export const ChangedPart = v.picklist(['incident', 'response', 'handling', 'confirmation', 'update']);
export type ChangedPart = v.InferOutput<typeof ChangedPart>;

/** Fields with their values; only those that differ. */
const Fields = v.record(v.string(), v.unknown());

/** One part before and after one change. */
export const Difference = v.object({
  of: ChangedPart,
  /** The member whose response or confirmation it is; null for what is one an incident. */
  memberId: v.nullable(Id),
  /** null where there was nothing before. */
  before: v.nullable(Fields),
  after: Fields,
});
export type Difference = v.InferOutput<typeof Difference>;

/** One change of an incident: what happened is the type of the log's entry. */
export const HistoryEntry = v.object({
  at: Timestamp,
  type: v.string(),
  /** null where time did it, or the anonymous reporter. */
  by: v.nullable(Id),
  differences: v.array(Difference),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

export const IncidentHistory = v.object({ changes: v.array(HistoryEntry) });
export type IncidentHistory = v.InferOutput<typeof IncidentHistory>;

/** So many changes of one incident are kept, the newest. */
export const mostChanges = 500;

type Part = { of: ChangedPart; memberId: Id | null; before: object | null; after: object };

// Who and which are said by the difference itself; a version is no news.
const unsaid: ReadonlySet<string> = new Set([
  'id',
  'incidentId',
  'memberId',
  'version',
  'at',
  'circle',
  'weight',
]);

const ofWords: ReadonlySet<string> = new Set(['text', 'mentions']);

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs between two versions of a part. An update's words, and whom they name, stand with the updates themselves. */
export function differenceOf({ of, memberId, before, after }: Part): Difference {
  const earlier = new Map(Object.entries(before ?? {}));
  const leftOut = (name: string) =>
    unsaid.has(name) || (of === 'update' && before === null && ofWords.has(name));
  const differing = Object.entries(after).filter(
    ([name, value]) => !leftOut(name) && (before === null || !same(earlier.get(name), value)),
  );
  return {
    of,
    memberId,
    before:
      before === null
        ? null
        : Object.fromEntries(differing.map(([name]) => [name, earlier.get(name) ?? null])),
    after: Object.fromEntries(differing),
  };
}
