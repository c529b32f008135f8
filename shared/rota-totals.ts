import * as v from 'valibot';

/** The sums are of so many days. */
export const totalsDays = 30;

/** How much neighbours patrolled, and I did: sums only, since nobody is to be compared with anybody. */
export const RotaTotals = v.object({
  team: v.object({
    shifts: v.number(),
    /** Of all who came, added up. */
    hours: v.number(),
    /** How many had signed up, and how many of them did not come. */
    places: v.number(),
    absent: v.number(),
  }),
  /** Since I joined. */
  mine: v.object({ hours: v.number() }),
});
export type RotaTotals = v.InferOutput<typeof RotaTotals>;

export const TurnoutCommand = v.strictObject({
  came: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(20)),
});
