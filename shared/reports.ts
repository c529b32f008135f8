import * as v from 'valibot';
import { onTheWall } from './local-time.ts';
import { Patrol } from './patrols.ts';
import { Id, textSchema, Timestamp } from './text.ts';
import { weekOf } from './weeks.ts';

const minute = 60 * 1000;
const hour = 60 * minute;
const day = 24 * hour;

/** A report is written, and put right, within so long after its round. */
export const reportWithinMs = 7 * day;
/** A note to those who walk next is shown for so long. */
export const handOverMs = 14 * day;
/** Reports that a snapshot carries. */
export const snapshotReports = 20;

/** What a round saw, and what the next should know. */
export const PatrolReport = v.object({
  /** That of its round. */
  id: Id,
  version: v.number(),
  /** Null once they were erased. */
  by: v.nullable(Id),
  at: Timestamp,
  /** Nothing in it: nothing was seen. */
  seen: v.string(),
  incidentIds: v.array(Id),
  handOver: v.string(),
  /** What all its walkers walked together. */
  minutes: v.number(),
});
export type PatrolReport = v.InferOutput<typeof PatrolReport>;

export const ReportCommand = v.strictObject({
  seen: v.optional(textSchema(0, 1000), ''),
  incidentIds: v.optional(v.pipe(v.array(Id), v.maxLength(20)), []),
  handOver: v.optional(textSchema(0, 500), ''),
});
export type ReportCommand = v.InferOutput<typeof ReportCommand>;
export const PatrolReported = v.object({ report: PatrolReport, seq: v.number() });
export type PatrolReported = v.InferOutput<typeof PatrolReported>;

/** A round that is over, and what it saw; null where nobody wrote it down. */
export const PastRound = v.object({ patrol: Patrol, report: v.nullable(PatrolReport) });
export type PastRound = v.InferOutput<typeof PastRound>;
/** So many at a time. */
export const roundsPage = 20;
export const PastRounds = v.object({ rounds: v.array(PastRound), cursor: v.nullable(v.string()) });
export type PastRounds = v.InferOutput<typeof PastRounds>;
export const PastQuery = v.strictObject({
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,16}~[\w-]{16,64}$/u, 'must be a cursor of an earlier page')),
  ),
});

/** What the walkers of a round walked together, in whole minutes: from the moment that they were two. */
export function minutesWalked({
  walkers,
  runningSince,
  end,
}: Pick<Patrol, 'walkers' | 'runningSince' | 'end'>): number {
  if (runningSince === null) return 0;
  const walked = walkers.map(({ joinedAt, leftAt }) =>
    Math.max(0, (leftAt ?? end?.at ?? joinedAt) - Math.max(joinedAt, runningSince)),
  );
  return Math.round(walked.reduce((sum, one) => sum + one, 0) / minute);
}

/** How quickly incidents ended, in steps that name none of them. */
export const Swiftness = v.picklist(['within-hour', 'within-six', 'within-day', 'later']);
export type Swiftness = v.InferOutput<typeof Swiftness>;

export function swiftnessOf(ms: number): Swiftness {
  if (ms <= hour) return 'within-hour';
  if (ms <= 6 * hour) return 'within-six';
  return ms <= day ? 'within-day' : 'later';
}

/** What was counted of a week or a month: of the neighbourhood, never of a person. */
export const Counts = v.object({
  /** `2026-11` or `2026-W48`, by the neighbourhood's clock. */
  period: v.string(),
  rounds: v.number(),
  minutes: v.number(),
  /** Incidents that rounds came upon, or looked after. */
  found: v.number(),
  closed: v.object({
    'within-hour': v.number(),
    'within-six': v.number(),
    'within-day': v.number(),
    later: v.number(),
  }),
});
export type Counts = v.InferOutput<typeof Counts>;

/** The newest first, those without anything included. */
export const Summary = v.object({ months: v.array(Counts), weeks: v.array(Counts) });
export type Summary = v.InferOutput<typeof Summary>;
export const summaryMonths = 12;
export const summaryWeeks = 8;

const monthOf = (wall: number): string => new Date(wall).toISOString().slice(0, 7);

/** The periods that something is counted in, by a zone's clock. */
export function periodsOf(at: number, timeZone: string): [month: string, week: string] {
  const wall = onTheWall(at, timeZone);
  return [monthOf(wall), weekOf(wall)];
}

/** Months and weeks up to now, by a zone's clock, the newest first. */
export function periodsUpTo(at: number, timeZone: string): { months: string[]; weeks: string[] } {
  const wall = onTheWall(at, timeZone);
  const now = new Date(wall);
  return {
    months: Array.from({ length: summaryMonths }, (_, i) =>
      monthOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - i, 1)),
    ),
    weeks: Array.from({ length: summaryWeeks }, (_, i) => weekOf(wall - i * 7 * day)),
  };
}
