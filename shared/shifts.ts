import * as v from 'valibot';
import { Position } from './geo.ts';
import { KitList } from './kit.ts';
import { Id, nameSchema, textSchema, Timestamp } from './text.ts';

const minute = 60 * 1000;
const hour = 60 * minute;

/** Nobody goes alone. */
export const fewestNeeded = 2;
export const mostPlaces = 20;
export const shortestShiftMs = 15 * minute;
export const longestShiftMs = 6 * hour;
/** Single shifts are planned so far ahead at most; those of a series are made so far ahead. */
export const mostDaysAhead = 365;
export const seriesDaysAhead = 35;
/** So long before the start whoever came only if needed is asked for good, and volunteers are told of a gap. */
export const settledMs = 24 * hour;
/** A snapshot has the shifts of so many days. */
export const snapshotDays = 14;
/** Corners of a route. */
export const mostCorners = 40;

/** `YYYY-MM-DD`, in the series' time zone. */
export const LocalDate = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/u, 'must be a date such as 2026-03-29'),
  v.check((text) => {
    const at = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
  }, 'must be a date that there is'),
);
export type LocalDate = v.InferOutput<typeof LocalDate>;

/** `HH:MM`, by the clock on the wall. */
export const LocalTime = v.pipe(
  v.string(),
  v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, 'must be a time such as 21:30'),
);

/** Comes for certain, or only if there are too few. */
export const SignUpKind = v.picklist(['firm', 'soft']);
export type SignUpKind = v.InferOutput<typeof SignUpKind>;

export const SignUp = v.object({
  memberId: Id,
  kind: SignUpKind,
  at: Timestamp,
  /** New to patrols when they signed up: goes beside somebody who is not. */
  newcomer: v.boolean(),
  /** What they answered to the reminder, or said by themselves; not there until they did. */
  coming: v.optional(v.boolean()),
});
export type SignUp = v.InferOutput<typeof SignUp>;

export const MeetingPoint = v.strictObject({ position: Position, words: nameSchema(80) });
export type MeetingPoint = v.InferOutput<typeof MeetingPoint>;

const Count = v.pipe(v.number(), v.integer(), v.minValue(fewestNeeded), v.maxValue(mostPlaces));

/** What a planner says of a shift besides its time. */
const plan = {
  meeting: MeetingPoint,
  /** In the order in which it is walked; empty where those who come decide. */
  route: v.optional(v.pipe(v.array(Position), v.maxLength(mostCorners)), []),
  needed: Count,
  places: Count,
  kit: v.optional(KitList, []),
  note: v.optional(textSchema(0, 500), ''),
};

/** A patrol that is planned, with who comes. */
export const Shift = v.object({
  id: Id,
  version: v.number(),
  /** Which series it is one of, and of which day; null where it stands alone. */
  seriesId: v.nullable(Id),
  date: v.nullable(v.string()),
  startsAt: Timestamp,
  endsAt: Timestamp,
  meeting: v.object({ position: Position, words: v.string() }),
  route: v.array(Position),
  /** Fewer do not go. */
  needed: v.number(),
  /** More do not go. */
  places: v.number(),
  kit: KitList,
  note: v.string(),
  /** Null once they were erased. */
  plannedBy: v.nullable(Id),
  plannedAt: Timestamp,
  status: v.picklist(['planned', 'cancelled', 'over']),
  /** Why it was cancelled. */
  reason: v.string(),
  /** Revision of the series that it follows; null where it was changed by itself, and follows no more. */
  follows: v.nullable(v.number()),
  /** In the order in which they signed up; of a cancelled one: who would have come. */
  signUps: v.array(SignUp),
  /** When volunteers were told that there are too few. */
  shortAt: v.nullable(Timestamp),
  /** Of which beginning they were reminded, and which reminder was the last. */
  reminded: v.optional(v.object({ of: v.picklist(['day', 'hour']), startsAt: Timestamp })),
  /** How many of those signed up came, as one of them said. */
  came: v.optional(v.number()),
});
export type Shift = v.InferOutput<typeof Shift>;

/** Every so many weeks on these days (0 Sunday … 6 Saturday), until a day or so many times. */
export const ShiftRule = v.strictObject({
  every: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)),
  days: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(6))),
    v.minLength(1),
    v.maxLength(7),
    v.check((days) => new Set(days).size === days.length, 'must not name a day twice'),
  ),
  until: v.optional(LocalDate),
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(400))),
});
export type ShiftRule = v.InferOutput<typeof ShiftRule>;

export const ShiftSeries = v.object({
  id: Id,
  version: v.number(),
  /** Counts how often it was planned: its shifts follow. */
  revision: v.number(),
  timeZone: v.string(),
  startDate: v.string(),
  startTime: v.string(),
  durationMinutes: v.number(),
  rule: v.object({
    every: v.number(),
    days: v.array(v.number()),
    until: v.optional(v.string()),
    count: v.optional(v.number()),
  }),
  ...v.pick(Shift, ['meeting', 'route', 'needed', 'places', 'kit', 'note', 'plannedBy', 'plannedAt']).entries,
  status: v.picklist(['running', 'ended']),
});
export type ShiftSeries = v.InferOutput<typeof ShiftSeries>;

export const ShiftCommand = v.strictObject({ startsAt: Timestamp, endsAt: Timestamp, ...plan });
export type ShiftCommand = v.InferOutput<typeof ShiftCommand>;

export const SeriesCommand = v.strictObject({
  startDate: LocalDate,
  startTime: LocalTime,
  durationMinutes: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(shortestShiftMs / minute),
    v.maxValue(longestShiftMs / minute),
  ),
  rule: ShiftRule,
  ...plan,
});
export type SeriesCommand = v.InferOutput<typeof SeriesCommand>;

export const CancelShiftCommand = v.strictObject({ reason: textSchema(1, 200) });

/** `evenSo`: they read that it is much in one go, or little rest. */
export const SignUpCommand = v.strictObject({
  kind: v.optional(SignUpKind, 'firm'),
  evenSo: v.optional(v.boolean(), false),
});
export type SignUpCommand = v.InferOutput<typeof SignUpCommand>;

export const ShiftAnswer = v.object({ shift: Shift });
export const ShiftChanged = v.object({ shift: Shift, seq: v.number() });
export const SeriesChanged = v.object({ series: ShiftSeries, seq: v.number() });
export const ShiftPage = v.object({ shifts: v.array(Shift), series: v.array(ShiftSeries) });
export type ShiftPage = v.InferOutput<typeof ShiftPage>;

/** What one member says of patrols in this neighbourhood. */
export const PatrolWord = v.object({
  memberId: Id,
  version: v.number(),
  /** `none`: took their word back. */
  word: v.picklist(['agree', 'against', 'none']),
  at: Timestamp,
});
export type PatrolWord = v.InferOutput<typeof PatrolWord>;
export const PatrolWordCommand = v.strictObject({ word: PatrolWord.entries.word });
export const PatrolWordAnswer = v.object({ word: PatrolWord });

export const firmOf = ({ signUps }: Pick<Shift, 'signUps'>): SignUp[] =>
  signUps.filter(({ kind }) => kind === 'firm');

/** How many more must come for certain: enough of them, and one who is not new. */
export function gapOf(shift: Pick<Shift, 'signUps' | 'needed'>): number {
  const firm = firmOf(shift);
  const led = firm.some(({ newcomer }) => !newcomer);
  return Math.max(shift.needed - firm.length, led ? 0 : 1);
}

export const signUpOf = ({ signUps }: Pick<Shift, 'signUps'>, memberId: Id): SignUp | null =>
  signUps.find((signUp) => signUp.memberId === memberId) ?? null;
