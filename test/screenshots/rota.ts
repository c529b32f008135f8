import type { Position } from '../../shared/geo.ts';
import type { KitId } from '../../shared/kit.ts';
import type { SeriesCommand, Shift, ShiftCommand } from '../../shared/shifts.ts';
import type { Locale } from '../../shared/text.ts';
import type { Phone } from '../support/phone.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

const texts = {
  en: {
    ...{ bakery: 'At the bakery', station: 'In front of the station', school: 'At the school gate' },
    ...{ note: 'Bring a torch. We look at the bicycle cellars first.', reason: 'The storm warning.' },
  },
  fr: {
    ...{ bakery: 'Devant la boulangerie', station: 'Devant la gare', school: 'Au portail de l’école' },
    ...{ note: 'Prenez une lampe. On commence par les locaux à vélos.', reason: 'Alerte tempête.' },
  },
};

/** A way around a few blocks. */
export const wayFrom = ({ lat, lng }: Position): Position[] => [
  { lat, lng },
  { lat: lat + 0.0009, lng: lng + 0.0008 },
  { lat: lat + 0.0004, lng: lng + 0.0022 },
];

/** Patrols are on, with a week of shifts: one short, one full, one cancelled, and a series. @returns one that I go to, and one on which a place is offered */
export async function planRota(
  id: string,
  phones: readonly Phone[],
  here: Position,
  locale: Locale,
): Promise<{ shiftId: string; offeredId: string }> {
  const base = `/api/neighbourhoods/${id}`;
  const [me, ...others] = phones;
  if (me === undefined) throw new Error('nobody lives there');
  for (const [i, phone] of phones.entries())
    await phone.must(phone.send('PUT', `${base}/patrol-word`, { word: i === 4 ? 'against' : 'agree' }));
  const words = texts[locale];
  const evening = new Date(Date.now() + 2 * day).setHours(20, 0, 0, 0);
  const plan = async (
    startsAt: number,
    hours: number,
    place: keyof typeof words,
    more: Partial<ShiftCommand>,
  ) => {
    const meeting = { position: here, words: words[place] };
    const command = { startsAt, endsAt: startsAt + hours * hour, meeting, needed: 2, places: 4, ...more };
    return (await me.must(me.post<{ shift: Shift }>(`${base}/shifts`, command))).shift;
  };
  const join = async (phone: Phone | undefined, shift: Shift, kind = 'firm') => {
    if (phone !== undefined) await phone.must(phone.post(`${base}/shifts/${shift.id}/sign-ups`, { kind }));
  };
  const route = wayFrom(here);
  const kit: KitId[] = ['torch', 'first-aid'];
  const mine = await plan(evening, 2, 'bakery', { note: words.note, kit, route, places: 4 });
  await me.must(me.send('PUT', `${base}/kit`, { kit: ['torch'] }));
  await join(me, mine);
  await join(others[0], mine);
  await join(others[1], mine, 'soft');
  const short = await plan(evening + day, 2, 'station', { needed: 3 });
  await join(others[2], short);
  await others[2]?.must(others[2].post(`${base}/shifts/${short.id}/swaps`, { to: null, forShiftId: null }));
  const full = await plan(evening + 2 * day, 1, 'school', { places: 2 });
  await join(others[0], full);
  await join(me, full);
  const off = await plan(evening + 3 * day, 2, 'station', {});
  await me.must(me.post(`${base}/shifts/${off.id}/cancellation`, { reason: words.reason }));
  const series: SeriesCommand = {
    ...{
      startDate: new Date(Date.now() + day).toISOString().slice(0, 10),
      startTime: '07:45',
      durationMinutes: 45,
    },
    rule: { every: 1, days: [1, 4], until: new Date(Date.now() + 80 * day).toISOString().slice(0, 10) },
    meeting: { position: here, words: words.school },
    ...{ needed: 2, places: 3, route: [], kit: ['vest'], note: '' },
  };
  await me.must(me.post(`${base}/shift-series`, series));
  return { shiftId: mine.id, offeredId: short.id };
}
