import type { CalendarScope } from '../../shared/calendars.ts';
import type { Neighbourhood } from '../../shared/neighbourhoods.ts';
import { firmOf, gapOf, type Shift, signUpOf } from '../../shared/shifts.ts';
import type { Calendar, CalendarEvent } from './icalendar.ts';

/** Also what a cancelled or past shift still says, for so long. */
export const daysBack = 7;
export const daysAhead = 62;

const words = {
  en: {
    patrol: 'Patrol',
    mine: 'My patrols',
    all: 'Patrols',
    soft: 'only if needed',
    taken: (taken: number, places: number) => `${taken} of ${places} places taken.`,
    gap: (gap: number) => (gap === 1 ? 'One more is needed.' : `${gap} more are needed.`),
  },
  fr: {
    patrol: 'Ronde',
    mine: 'Mes rondes',
    all: 'Rondes',
    soft: 'seulement si besoin',
    taken: (taken: number, places: number) =>
      taken > 1 ? `${taken} places prises sur ${places}.` : `${taken} place prise sur ${places}.`,
    gap: (gap: number) => (gap === 1 ? 'Il manque une personne.' : `Il manque ${gap} personnes.`),
  },
} as const;

type Asked = {
  neighbourhood: Pick<Neighbourhood, 'id' | 'name' | 'locale'>;
  scope: CalendarScope;
  memberId: string;
  origin: string;
};

/** What stands in a calendar goes to whoever keeps the calendar, often a company: numbers, and nobody's name or words. */
function eventOf(shift: Shift, { neighbourhood, scope, memberId, origin }: Asked): CalendarEvent {
  const said = words[neighbourhood.locale];
  const soft = scope === 'mine' && signUpOf(shift, memberId)?.kind === 'soft';
  const gap = gapOf(shift);
  const counted = [said.taken(firmOf(shift).length, shift.places), ...(gap > 0 ? [said.gap(gap)] : [])];
  return {
    uid: `${shift.id}@vigie`,
    sequence: shift.version,
    startsAt: shift.startsAt,
    endsAt: shift.endsAt,
    summary: `${said.patrol}${soft ? ` (${said.soft})` : ''} · ${neighbourhood.name}`,
    description: shift.status === 'cancelled' ? '' : counted.join(' '),
    place: shift.meeting.words,
    position: shift.meeting.position,
    url: `${origin}/n/${neighbourhood.id}/shifts/${shift.id}`,
    cancelled: shift.status === 'cancelled',
  };
}

/** The calendar that a link leads to, with those of these shifts that belong in it. */
export function feedOf(shifts: readonly Shift[], asked: Asked): Calendar {
  const { neighbourhood, scope, memberId } = asked;
  const said = words[neighbourhood.locale];
  const wanted = shifts.filter((shift) => scope === 'neighbourhood' || signUpOf(shift, memberId) !== null);
  return {
    name: `${scope === 'mine' ? said.mine : said.all} · ${neighbourhood.name}`,
    locale: neighbourhood.locale,
    events: wanted.map((shift) => eventOf(shift, asked)),
  };
}
