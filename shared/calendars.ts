import * as v from 'valibot';
import { Timestamp } from './text.ts';

/** My own shifts, or all of the neighbourhood's, which name nobody. */
export const CalendarScope = v.picklist(['mine', 'neighbourhood']);
export type CalendarScope = v.InferOutput<typeof CalendarScope>;

/** Which calendars a member subscribed to, and since when each link works: the links themselves are nowhere. */
export const Calendars = v.object({
  calendars: v.array(v.object({ scope: CalendarScope, renewedAt: Timestamp })),
});
export type Calendars = v.InferOutput<typeof Calendars>;

/** The only time that its link is told. */
export const CalendarLink = v.object({ scope: CalendarScope, url: v.string(), renewedAt: Timestamp });
export type CalendarLink = v.InferOutput<typeof CalendarLink>;

/** `<neighbourhoodId>.<which>.<secret>`: the first two find it, only the third opens it. */
export const CalendarCode = v.pipe(v.string(), v.regex(/^[\w-]{16}\.[\w-]{16}\.[\w-]{22}$/u));
