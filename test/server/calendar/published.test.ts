import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import { expect, it } from 'vitest';
import { type CalendarEvent, writeCalendar } from '../../../server/calendar/icalendar.ts';
import { realPath } from '../../shared/geo/real-data.ts';

/** What a program understands of an event: the zone's rules stand in the file, or it is UTC. */
function understood(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  const zones = new Map(
    calendar.getAllSubcomponents('vtimezone').map((zone) => {
      const made = new ICAL.Timezone(zone);
      return [made.tzid, made] as const;
    }),
  );
  const momentOf = (time: ICAL.Time, zone: string | undefined) => {
    const own = zone === undefined ? undefined : zones.get(zone);
    if (own !== undefined) time.zone = own;
    return time.toUnixTime() * 1000;
  };
  return calendar.getAllSubcomponents('vevent').map((one) => {
    const { uid, summary, description, location, startDate, endDate, sequence } = new ICAL.Event(one);
    const zone = one.getFirstProperty('dtstart')?.getFirstParameter('tzid');
    const said = { uid, summary, description: description ?? '', location: location ?? '' };
    const status = String(one.getFirstPropertyValue('status') ?? 'CONFIRMED');
    return {
      // What is not written is the first version (RFC 5545, 3.8.7.4).
      ...{ ...said, sequence: sequence ?? 0, status, repeats: one.hasProperty('rrule') },
      ...{ startsAt: momentOf(startDate, zone), endsAt: momentOf(endDate, zone) },
    };
  });
}

/** Exports of programs that neighbours have, with the moment that stands in each, worked out by hand. */
const files = [
  ['alarm_thunderbird_future.ics', Date.UTC(2024, 9, 23, 14), Date.UTC(2024, 9, 23, 15)],
  ['x_location.ics', Date.UTC(2016, 9, 28, 12), Date.UTC(2016, 9, 28, 12, 30)],
  ['timezoned.ics', Date.UTC(2012, 1, 13, 9), Date.UTC(2012, 1, 17, 17)],
] as const;

it.each(files)(
  '[IC5] %s is read the same way as what Vigie writes of the same shift',
  (name, startsAt, endsAt) => {
    const path = realPath(`ical/${name}`);
    if (path === null) return;
    const [theirs] = understood(readFileSync(path, 'utf8'));
    if (theirs === undefined) throw new Error('there is an event in it');
    expect(theirs).toMatchObject({ startsAt, endsAt });
    const { uid, summary, description, location: place, sequence } = theirs;
    const event: CalendarEvent = {
      ...{ uid, summary, description, place, sequence, startsAt, endsAt },
      ...{ position: { lat: 45.76, lng: 4.835 }, url: 'https://vigie.example/n/x/shifts/y' },
      cancelled: theirs.status === 'CANCELLED',
    };
    const written = writeCalendar({ name: 'Patrols', locale: 'en', events: [event] }, startsAt);
    // A shift is one day of its series, so what comes again is one event of many.
    expect(understood(written)).toEqual([{ ...theirs, repeats: false }]);
  },
);

it('[IC5] what is in published files has no place in ours: floating times, folded names, marks before the first line', () => {
  const odd = ['multiple_calendar_components.ics', 'broken_ical.ics', 'bom_calendar.ics'].map((name) =>
    realPath(`ical/${name}`),
  );
  const event: CalendarEvent = {
    ...{ uid: 'shift@vigie', sequence: 1, startsAt: 0, endsAt: 60_000, summary: 'Patrol', description: '' },
    ...{ place: 'x', position: { lat: 0, lng: 0 }, url: 'https://vigie.example/', cancelled: false },
  };
  const ours = writeCalendar({ name: 'Patrols', locale: 'en', events: [event] }, 0);
  // What makes those files hard to read: seen in each of them, and never in ours.
  const hard = [/^[A-Z-]+\r?\n[ \r\n]/mu, /^[A-Z]+;;/mu, /^\u{FEFF}/u];
  for (const [i, pattern] of hard.entries()) {
    const path = odd[i];
    if (typeof path === 'string') expect(readFileSync(path, 'utf8')).toMatch(pattern);
    expect(ours).not.toMatch(pattern);
  }
});
