import fc from 'fast-check';
import ICAL from 'ical.js';
import { expect, it } from 'vitest';
import { type CalendarEvent, writeCalendar } from '../../../server/calendar/icalendar.ts';

// One seed: a run is about what was changed, and not about the dice. Whoever looks for more sets SEED to others.
const seed = Number(process.env['SEED'] ?? 20_261);

const event: CalendarEvent = {
  uid: 'shift@vigie',
  sequence: 3,
  startsAt: Date.UTC(2026, 2, 29, 19),
  endsAt: Date.UTC(2026, 2, 29, 21),
  summary: 'Ronde · Rue des Lilas',
  description: '2 places prises sur 3.\nIl manque une personne ; venez, à deux',
  place: 'Devant la boulangerie, rue de l’Église',
  position: { lat: 45.76, lng: 4.835 },
  url: 'https://vigie.example/n/x/shifts/y',
  cancelled: false,
};

function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return {
    calendar,
    events: calendar.getAllSubcomponents('vevent').map((one) => ({ one, event: new ICAL.Event(one) })),
  };
}

it('[IC1] what is written is read back by an independent parser as it was', () => {
  const words = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.stringMatching(/^[\\;,:"\n àé🏮]{0,120}$/u),
  );
  // Line breaks are one kind, and other controls nobody can write.
  const plain = (text: string) => text.replaceAll(/\r\n?/gu, '\n').replaceAll(/[^\P{Cc}\n]/gu, '');
  const time = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000);
  fc.assert(
    fc.property(words, words, words, time, fc.nat(99), (summary, description, place, at, sequence) => {
      const written = { ...event, summary, description, place, startsAt: at, endsAt: at + 60_000, sequence };
      const text = writeCalendar({ name: summary, locale: 'fr', events: [written, event] }, at);
      expect(text.endsWith('\r\n')).toBe(true);
      const lines = text.slice(0, -2).split('\r\n');
      expect(lines.filter((line) => Buffer.byteLength(line) > 75 || /[\r\n]/u.test(line))).toEqual([]);
      expect(text.isWellFormed()).toBe(true);
      const [found, second] = read(text).events;
      expect(found?.event).toMatchObject({
        summary: plain(summary),
        description: plain(description),
        location: plain(place),
        uid: event.uid,
        sequence,
      });
      expect(found?.event.startDate.toJSDate().getTime()).toBe(at);
      expect(found?.event.endDate.zone.tzid).toBe('UTC');
      expect(second?.event.description).toBe(event.description);
    }),
    { seed, numRuns: 200 },
  );
});

it('[IC1] it says when it was made, where, and whether it takes place', () => {
  const at = Date.UTC(2026, 2, 1, 12);
  const text = writeCalendar({ name: 'Rondes', locale: 'fr', events: [{ ...event, cancelled: true }] }, at);
  expect(text).toContain('\r\nDTSTAMP:20260301T120000Z\r\nSEQUENCE:3\r\nDTSTART:20260329T190000Z\r\n');
  const [one] = read(text).events;
  expect(one?.one.getFirstPropertyValue('status')).toBe('CANCELLED');
  expect(one?.one.getFirstPropertyValue('geo')).toEqual([45.76, 4.835]);
  expect(read(text).calendar.getFirstPropertyValue('prodid')).toBe('-//Vigie//Vigie//EN');
});
