import * as v from 'valibot';
import { Position } from './geo.ts';
import { parseBoundary } from './geo/boundary.ts';
import { Category, Severity } from './incidents.ts';
import { BoundaryGeometry, TimeZone } from './neighbourhoods.ts';
import { Id, nameSchema, Timestamp } from './text.ts';

/** So many places matter to one member, each of so many points: what all members chose fits into memory. */
export const mostAreas = 8;
export const mostPoints = 30;
/** Alerts a day that disturb somebody who chose nothing. */
export const usualBudget = 12;
/** When the digest comes to whoever has no quiet hours: seven in the morning. */
export const usualMorning = 7 * 60;

const whole = (from: number, to: number) => v.pipe(v.number(), v.integer(), v.minValue(from), v.maxValue(to));

/** Hours of the day, as minutes from midnight on a clock on the wall, `to` not included; across midnight too. */
export const Hours = v.pipe(
  v.strictObject({ from: whole(0, 1439), to: whole(0, 1439) }),
  v.check(({ from, to }) => from !== to, 'must end at another time than they begin'),
);
export type Hours = v.InferOutput<typeof Hours>;

const pointsOf = (geometry: BoundaryGeometry): number =>
  (geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()).reduce(
    (sum, ring) => sum + ring.length - 1,
    0,
  );

/** Lengths are in metres. */
export const Shape = v.variant('kind', [
  v.strictObject({ kind: v.literal('circle'), centre: Position, radius: whole(50, 5000) }),
  v.strictObject({
    kind: v.literal('polygon'),
    geometry: v.pipe(
      BoundaryGeometry,
      v.check((geometry) => {
        const points = pointsOf(geometry);
        return points <= mostPoints && parseBoundary(geometry).ok;
      }, `must be a place with at most ${mostPoints} corners`),
    ),
  }),
  /** A way; `width` from one side of it to the other. */
  v.strictObject({
    kind: v.literal('line'),
    points: v.pipe(v.array(Position), v.minLength(2), v.maxLength(mostPoints)),
    width: whole(20, 1000),
  }),
]);
export type Shape = v.InferOutput<typeof Shape>;

/** A place that matters to a member, and what of it. */
export const Area = v.strictObject({
  name: nameSchema(40),
  shape: Shape,
  /** null = of every kind */
  categories: v.nullable(v.pipe(v.array(Category), v.minLength(1), v.maxLength(Category.options.length))),
  leastSeverity: Severity,
  /** null = at every hour */
  hours: v.nullable(Hours),
});
export type Area = v.InferOutput<typeof Area>;

/**
 * The three ready choices. `all`: whatever happens in the neighbourhood. `near`: what one's places want, and what is
 * severe wherever it is. `emergencies`: only where lives are in danger. An SOS is told in all three.
 */
export const Choice = v.picklist(['all', 'near', 'emergencies']);
export type Choice = v.InferOutput<typeof Choice>;

const settled = {
  choice: Choice,
  areas: v.pipe(v.array(Area), v.maxLength(mostAreas, `must be at most ${mostAreas}`)),
  /** null = none */
  quiet: v.nullable(Hours),
  /** Whether what is severe, and an SOS, comes through quiet hours and a snooze. */
  urgentThrough: v.boolean(),
  /** What of an incident comes by itself: its alert and how it ends, or all that neighbours see of it. */
  follow: v.picklist(['first', 'all']),
  /** Beyond so many a day what is minor or moderate waits for the digest; null = never. */
  budget: v.nullable(whole(1, 50)),
  timeZone: TimeZone,
};
export const PreferencesCommand = v.strictObject(settled);
export type PreferencesCommand = v.InferOutput<typeof PreferencesCommand>;

/** How one member of a neighbourhood wants to be told; nobody else learns it. */
export const Preferences = v.object({
  version: v.number(),
  ...settled,
  /** Until when all is quiet; null = not at all. */
  snoozedUntil: v.nullable(Timestamp),
});
export type Preferences = v.InferOutput<typeof Preferences>;

/** What holds for whoever chose nothing. */
export const usualPreferences = (timeZone: string): Preferences => ({
  version: 0,
  ...{ choice: 'all', areas: [], quiet: null, urgentThrough: true, follow: 'first', budget: usualBudget },
  ...{ timeZone, snoozedUntil: null },
});

export const SnoozeCommand = v.strictObject({ for: v.picklist(['hour', 'morning', 'nothing']) });
export type SnoozeCommand = v.InferOutput<typeof SnoozeCommand>;

/** Incidents that did not disturb somebody: those they were told of together, last, and those that wait. */
export const Digest = v.object({
  last: v.nullable(v.object({ at: Timestamp, incidentIds: v.array(Id) })),
  waiting: v.array(Id),
});
export type Digest = v.InferOutput<typeof Digest>;
