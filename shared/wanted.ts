import { areaSlack, type PreparedShape, prepareShape } from './geo/area.ts';
import type { Incident, Severity } from './incidents.ts';
import { nextAt, wallClock } from './local-time.ts';
import { type Area, type Hours, type Preferences, usualMorning } from './preferences.ts';

const ranks: Record<Severity, number> = { minor: 0, moderate: 1, severe: 2, extreme: 3 };

/** What of an incident decides whom it concerns. */
export type Happening = Pick<Incident, 'category' | 'severity' | 'position' | 'coarse'> & { sos: boolean };

/** What wakes somebody if they allow it. */
export const isUrgent = ({ severity, sos }: Pick<Happening, 'severity' | 'sos'>): boolean =>
  sos || ranks[severity] >= ranks.severe;

/** Whether a minute of the day lies in these hours; those across midnight too. */
export const inHours = ({ from, to }: Hours, minute: number): boolean =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

export type PreparedArea = Pick<Area, 'categories' | 'leastSeverity' | 'hours'> & { shape: PreparedShape };

export const prepareArea = ({ shape, categories, leastSeverity, hours }: Area): PreparedArea => ({
  ...{ categories, leastSeverity, hours },
  shape: prepareShape(shape),
});

/** @param minute of the member's day */
export function areaWants(area: PreparedArea, happening: Happening, minute: number): boolean {
  if (ranks[happening.severity] < ranks[area.leastSeverity]) return false;
  if (area.categories !== null && !area.categories.includes(happening.category)) return false;
  if (area.hours !== null && !inHours(area.hours, minute)) return false;
  // What is told of no house may have happened anywhere in its cell.
  return area.shape.holds(happening.position, happening.coarse ? 2 * areaSlack : areaSlack);
}

/** Whether a choice wants it wherever it is; null where that is for the member's places to say. */
export function choiceWants(choice: Preferences['choice'], happening: Happening): boolean | null {
  if (happening.sos || choice === 'all') return true;
  if (choice === 'emergencies') return happening.severity === 'extreme';
  return isUrgent(happening) ? true : null;
}

/** Whether a member wants to be told of it at all; one by one: `server/push/preferences` asks of all at once. */
export function wants(
  { choice, areas, timeZone }: Pick<Preferences, 'choice' | 'areas' | 'timeZone'>,
  happening: Happening,
  at: number,
): boolean {
  const { minute } = wallClock(at, timeZone);
  return (
    choiceWants(choice, happening) ?? areas.some((area) => areaWants(prepareArea(area), happening, minute))
  );
}

type Quiet = Pick<Preferences, 'quiet' | 'timeZone' | 'snoozedUntil' | 'urgentThrough'>;

/** Until when nothing may disturb somebody, in epoch milliseconds; null while it may. */
export function quietUntil({ quiet, timeZone, snoozedUntil }: Quiet, at: number): number | null {
  const snoozed = snoozedUntil !== null && snoozedUntil > at ? snoozedUntil : null;
  const isNight = quiet !== null && inHours(quiet, wallClock(at, timeZone).minute);
  if (!isNight) return snoozed;
  return Math.max(nextAt(quiet.to, at, timeZone), snoozed ?? 0);
}

/** When what is held back from now on is told: as quiet hours end, or in the morning. */
export const nextDigest = (
  { quiet, timeZone }: Pick<Preferences, 'quiet' | 'timeZone'>,
  at: number,
): number => nextAt(quiet?.to ?? usualMorning, at, timeZone);
