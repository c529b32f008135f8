import type { Position } from '../../shared/geo.ts';

export type CalendarEvent = {
  /** The same for as long as it is the same event. */
  uid: string;
  /** Rises with each change, so that programs know which is the newest. */
  sequence: number;
  startsAt: number;
  endsAt: number;
  summary: string;
  description: string;
  place: string;
  position: Position;
  url: string;
  cancelled: boolean;
};
export type Calendar = { name: string; locale: string; events: readonly CalendarEvent[] };

const encoder = new TextEncoder();
/** Octets in a line, its break not counted (RFC 5545, 3.1). */
const longestLine = 75;

/** Breaks a long line between characters; what follows begins with a blank. */
function folded(line: string): string {
  let out = '';
  let length = 0;
  for (const character of line) {
    const octets = encoder.encode(character).length;
    if (length + octets > longestLine) {
      out += '\r\n ';
      length = 1;
    }
    out += character;
    length += octets;
  }
  return out;
}

/** A TEXT value (RFC 5545, 3.3.11): controls but line breaks have no way of being written. */
const text = (value: string) =>
  value
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(/[\\;,]/gu, (character) => `\\${character}`)
    .replaceAll('\n', '\\n')
    .replaceAll(/\p{Cc}/gu, '');

/** A moment in UTC: needs no time zone's rules beside it. */
const utc = (at: number) => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/gu, '');

/**
 * Writes a calendar to subscribe to (RFC 5545, RFC 7986).
 * @param at when it is asked for
 */
export function writeCalendar({ name, locale, events }: Calendar, at: number): string {
  const lines = [
    ...[
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//Vigie//Vigie//EN',
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
    ],
    // The second is how programs knew it before RFC 7986.
    ...[`NAME;LANGUAGE=${locale}:${text(name)}`, `X-WR-CALNAME:${text(name)}`],
    ...['REFRESH-INTERVAL;VALUE=DURATION:PT1H', 'X-PUBLISHED-TTL:PT1H'],
  ];
  for (const event of events) {
    lines.push(
      ...['BEGIN:VEVENT', `UID:${text(event.uid)}`, `DTSTAMP:${utc(at)}`, `SEQUENCE:${event.sequence}`],
      ...[`DTSTART:${utc(event.startsAt)}`, `DTEND:${utc(event.endsAt)}`],
      ...[`SUMMARY;LANGUAGE=${locale}:${text(event.summary)}`, `DESCRIPTION:${text(event.description)}`],
      ...[
        `LOCATION:${text(event.place)}`,
        `GEO:${event.position.lat};${event.position.lng}`,
        `URL:${event.url}`,
      ],
      ...[`STATUS:${event.cancelled ? 'CANCELLED' : 'CONFIRMED'}`, 'TRANSP:OPAQUE', 'END:VEVENT'],
    );
  }
  lines.push('END:VCALENDAR');
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}
