import * as v from 'valibot';
import { Id, Timestamp } from './text.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

/** A drill ends by itself after so long. */
export const drillMs = day;
/** From one drill's beginning to the next: more often, and a drill is what nobody looks at any more. */
export const drillRestMs = 6 * day;
/** So long after the last one coordinators are reminded. */
export const drillReminderMs = 30 * day;

/**
 * How far a drill got to one member, by whichever of their devices it got furthest on: somebody said that they saw it,
 * or a device says that it showed it, or its push service took it, or it waits until they may be disturbed, or none took
 * it, or they are told by none.
 */
export const DrillStep = v.picklist(['answered', 'shown', 'accepted', 'waiting', 'refused', 'none']);
export type DrillStep = v.InferOutput<typeof DrillStep>;

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Of how many members each is true; together all there are. Numbers only: whose they are is nobody's business. */
export const DrillFigures = v.object({
  answered: count,
  shown: count,
  accepted: count,
  // Of earlier drills it is not known.
  waiting: v.optional(count, 0),
  refused: count,
  none: count,
} satisfies Record<DrillStep, v.GenericSchema<unknown, number>>);
export type DrillFigures = v.InferOutput<typeof DrillFigures>;

/** An exercise (CAP: `Exercise`): told to everybody as an alert is, and no incident. */
export const Drill = v.object({
  id: Id,
  version: v.number(),
  /** Null once they were erased. */
  by: v.nullable(Id),
  startedAt: Timestamp,
  endsAt: Timestamp,
  /** `by` is null where time ended it. */
  end: v.nullable(v.object({ at: Timestamp, by: v.nullable(Id), figures: DrillFigures })),
});
export type Drill = v.InferOutput<typeof Drill>;

export const DrillChanged = v.object({ drill: Drill, seq: v.number() });
export type DrillChanged = v.InferOutput<typeof DrillChanged>;

/** The newest first. */
export const Drills = v.object({ drills: v.array(Drill) });

/** With the figures as they are now, and how far it got to whoever asks. */
export const DrillDetail = v.object({ drill: Drill, figures: DrillFigures, mine: DrillStep });
export type DrillDetail = v.InferOutput<typeof DrillDetail>;

/** A device's word that the drill came, or that somebody said that they saw it. */
export const DrillSeenCommand = v.strictObject({ kind: v.optional(v.picklist(['got', 'saw']), 'saw') });
export type DrillSeenCommand = v.InferInput<typeof DrillSeenCommand>;

/** When the next may begin; null where it may now. */
export const nextDrillAt = (last: Drill | null, now: number): number | null =>
  last === null || now >= last.startedAt + drillRestMs ? null : last.startedAt + drillRestMs;

/** Whether one is due: a month after the last or, where none is on record, after the founding. */
export const isDrillDue = (last: Drill | null, foundedAt: number, now: number): boolean =>
  now >= (last?.startedAt ?? foundedAt) + drillReminderMs;
