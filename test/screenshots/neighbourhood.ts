import { existsSync, readFileSync } from 'node:fs';
import { parseBoundary, toGeometry } from '../../shared/geo/boundary.ts';
import { contains, prepareBoundary } from '../../shared/geo/inside.ts';
import type { Position } from '../../shared/geo.ts';
import type { ReportCommand } from '../../shared/incidents.ts';
import type { BoundaryGeometry, Joined } from '../../shared/neighbourhoods.ts';
import type { Locale } from '../../shared/text.ts';
import { phoneAt } from '../support/app.ts';
import { type Phone, square } from '../support/phone.ts';
import { planRota } from './rota.ts';

const ward = 'Monte-Carlo';
// Sessions are called after the browser that made them.
const browser = {
  'user-agent':
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
};

type Story = Pick<ReportCommand, 'category' | 'severity' | 'description' | 'title'> & {
  answers?: ReportCommand['answers'];
  minutesAgo: number;
};

const names = [
  'Claire Rossi',
  'Marc Oliveira',
  'Inès Bensaïd',
  'Paul Lambert',
  'Giulia Conti',
  'Aïssatou Diop',
];

const stories: Record<Locale, Story[]> = {
  en: [
    { category: 'suspicious', severity: 'minor', minutesAgo: 12, answers: { done: ['tried-doors'], direction: 'Towards the market', top: 'Grey hood', height: 'middle' }, description: 'Somebody tries the doors of parked cars, moving towards the market. Grey hood.' },
    { category: 'fire', severity: 'severe', minutesAgo: 4, answers: { people: 'yes', burning: 'home' }, description: 'Smoke from the third floor, number 14. Everybody is out.' },
    { category: 'theft', severity: 'moderate', minutesAgo: 55, title: 'Two bicycles gone', description: 'A blue one and a child’s bicycle, from the rack by the school.' },
    { category: 'road-hazard', severity: 'moderate', minutesAgo: 95, description: 'A tree lies across the stairs. One person at a time can pass.' },
    { category: 'noise', severity: 'minor', minutesAgo: 170, description: '' },
    { category: 'missing', severity: 'severe', minutesAgo: 31, answers: { who: 'elderly', since: 'today' }, description: 'Emilio, 84, brown coat, left home at six. He answers to his name.' },
    { category: 'damage', severity: 'minor', minutesAgo: 400, description: 'The lamp at the corner is out again.' },
    { category: 'break-in', severity: 'severe', minutesAgo: 1300, answers: { inside: 'gone', entry: ['cellar'] }, description: 'Cellar doors forced overnight in numbers 3 and 5.' },
    { category: 'medical', severity: 'extreme', minutesAgo: 1, answers: { awake: 'no', breathing: 'unknown', need: ['defibrillator', 'first-aid'] }, description: 'A man has collapsed in front of the bakery. Needs the defibrillator.' },
    { category: 'other', severity: 'minor', minutesAgo: 2600, description: 'Found keys with a red ribbon.' },
  ],
  fr: [
    { category: 'suspicious', severity: 'minor', minutesAgo: 12, answers: { done: ['tried-doors'], direction: 'Vers le marché', top: 'Capuche grise', height: 'middle' }, description: 'Une personne essaie les portières des voitures en allant vers le marché. Capuche grise.' },
    { category: 'fire', severity: 'severe', minutesAgo: 4, answers: { people: 'yes', burning: 'home' }, description: 'Fumée au troisième étage du 14. Tout le monde est sorti.' },
    { category: 'theft', severity: 'moderate', minutesAgo: 55, title: 'Deux vélos disparus', description: 'Un bleu et un vélo d’enfant, devant l’école.' },
    { category: 'road-hazard', severity: 'moderate', minutesAgo: 95, description: 'Un arbre est tombé en travers de l’escalier. On passe un par un.' },
    { category: 'noise', severity: 'minor', minutesAgo: 170, description: '' },
    { category: 'missing', severity: 'severe', minutesAgo: 31, answers: { who: 'elderly', since: 'today' }, description: 'Emilio, 84 ans, manteau brun, parti à dix-huit heures. Il répond à son prénom.' },
    { category: 'damage', severity: 'minor', minutesAgo: 400, description: 'Le lampadaire du coin est encore éteint.' },
    { category: 'break-in', severity: 'severe', minutesAgo: 1300, answers: { inside: 'gone', entry: ['cellar'] }, description: 'Portes de cave forcées cette nuit aux numéros 3 et 5.' },
    { category: 'medical', severity: 'extreme', minutesAgo: 1, answers: { awake: 'no', breathing: 'unknown', need: ['defibrillator', 'first-aid'] }, description: 'Un homme s’est effondré devant la boulangerie. Il faut le défibrillateur.' },
    { category: 'other', severity: 'minor', minutesAgo: 2600, description: 'Clés trouvées, avec un ruban rouge.' },
  ],
}; // prettier-ignore

/** A ward of Monaco where the file is at hand, a square in Lyon otherwise. */
export function readBoundary(file: string): {
  name: string;
  boundary: BoundaryGeometry;
  timeZone: string;
} {
  if (!existsSync(file)) return { name: 'Rue des Lilas', boundary: square, timeZone: 'Europe/Paris' };
  const { features } = JSON.parse(readFileSync(file, 'utf8')) as {
    features: { properties: { name: string }; geometry: BoundaryGeometry }[];
  };
  const found = features.find(({ properties }) => properties.name === ward);
  if (found === undefined) throw new Error(`${file} has no ${ward}`);
  return { name: ward, boundary: found.geometry, timeZone: 'Europe/Monaco' };
}

/** Places inside the boundary, always the same ones, spread like the points of a Halton sequence. */
function placesIn(boundary: BoundaryGeometry, count: number): Position[] {
  const parsed = parseBoundary(boundary);
  if (!parsed.ok) throw new Error(parsed.message);
  const prepared = prepareBoundary(parsed.boundary);
  const corners = toGeometry(parsed.boundary).coordinates.flat(3);
  const lngs = corners.filter((_, index) => index % 2 === 0);
  const lats = corners.filter((_, index) => index % 2 === 1);
  const [west, east, south, north] = [
    Math.min(...lngs),
    Math.max(...lngs),
    Math.min(...lats),
    Math.max(...lats),
  ];
  const halton = (index: number, base: number): number => {
    let [result, fraction, rest] = [0, 1 / base, index];
    while (rest > 0) {
      result += fraction * (rest % base);
      rest = Math.floor(rest / base);
      fraction /= base;
    }
    return result;
  };
  const found: Position[] = [];
  for (let index = 1; found.length < count; index += 1) {
    const place = {
      lat: south + (north - south) * halton(index, 2),
      lng: west + (east - west) * halton(index, 3),
    };
    if (contains(prepared, place)) found.push(place);
  }
  return found;
}

export type Scene = {
  id: string;
  /** The coordinator, who is on the screens. */
  me: Phone;
  incidentId: string;
  /** Somebody else's, which neighbours confirm, dispute and go to. */
  livingId: string;
  /** Somebody else's that ended. */
  endedId: string;
  /** Flagged by two, which is not enough for a jury. */
  flaggedId: string;
  other: Phone;
  /** A neighbourhood of the same person in which nothing has happened yet. */
  emptyId: string;
  inviteCode: string;
  linkCode: string;
  /** A patrol that they go to. */
  shiftId: string;
  /** One on which a neighbour offers their place. */
  offeredId: string;
  here: Position;
};

/** What neighbours do about one incident, and how another ended. */
async function goOn(
  id: string,
  phones: readonly Phone[],
  { livingId, endedId, flaggedId }: Pick<Scene, 'livingId' | 'endedId' | 'flaggedId'>,
  locale: Locale,
): Promise<void> {
  const send = async (i: number, path: string, body: object) => {
    const phone = phones[i];
    if (phone === undefined) throw new Error('nobody lives there');
    await phone.must(phone.post(`/api/neighbourhoods/${id}/incidents/${path}`, body));
  };
  const [inCharge, onTheWay, sawIt, notSo] = [1, 2, 3, 4];
  await send(inCharge, `${livingId}/responses`, { kind: 'on-scene' });
  await send(onTheWay, `${livingId}/responses`, { kind: 'en-route', etaMinutes: 10 });
  await send(sawIt, `${livingId}/confirmations`, { kind: 'confirm' });
  await send(notSo, `${livingId}/confirmations`, { kind: 'dispute' });
  const seen =
    locale === 'fr' ? 'Vu près du marché, il y a dix minutes.' : 'Seen near the market ten minutes ago.';
  const said = locale === 'fr' ? 'Je demande à la boulangerie.' : 'I will ask at the bakery.';
  await send(sawIt, `${livingId}/updates`, { kind: 'observation', text: seen });
  await send(onTheWay, `${livingId}/updates`, { kind: 'comment', text: said });
  for (const i of [0, 5]) await send(i, `${flaggedId}/flags`, { agreement: 'private' });
  for (const [i, kind] of (['got', 'saw', 'saw'] as const).entries())
    await send(i + 1, `${endedId}/seen`, { kind, of: 'alert' });
  const reason = locale === 'fr' ? 'La ville a changé l’ampoule.' : 'The town has changed the bulb.';
  await send(0, `${endedId}/resolution`, { kind: 'resolved', reason });
}

/** Founds a neighbourhood with neighbours and a day's incidents, in the words of one language. */
export async function createScene(url: string, locale: Locale, boundariesFile: string): Promise<Scene> {
  const { name, boundary, timeZone } = readBoundary(boundariesFile);
  const [mine = '', ...others] = names;
  const me = phoneAt(url);
  const { neighbourhood } = await me.must(
    me.post<Joined>('/api/neighbourhoods', { name, boundary, memberName: mine, locale, timeZone }, browser),
  );
  const { id } = neighbourhood;
  const phones = [me];
  for (const other of others) {
    const phone = phoneAt(url);
    await phone.accept((await me.invite(id)).code, other);
    phones.push(phone);
  }
  const places = placesIn(boundary, stories[locale].length + 1);
  let [incidentId, livingId, endedId, flaggedId] = ['', '', '', ''];
  for (const [index, { minutesAgo, ...story }] of stories[locale].entries()) {
    const phone = phones[index % phones.length] ?? me;
    const observedAt = Date.now() - minutesAgo * 60_000;
    const { incident } = await phone.report(id, { ...story, position: places[index], observedAt });
    if (story.category === 'fire') incidentId = incident.id;
    if (story.category === 'missing') livingId = incident.id;
    if (story.category === 'damage') endedId = incident.id;
    if (story.category === 'other') flaggedId = incident.id;
  }
  await goOn(id, phones, { livingId, endedId, flaggedId }, locale);
  const rota = await planRota(id, phones, places[0] ?? { lat: 0, lng: 0 }, locale);
  const empty = await me.found({ name: `${name} 2`, boundary, memberName: mine, locale });
  const { code } = await me.must(me.post<{ code: string }>('/api/device-links'));
  const tablet = phoneAt(url);
  await tablet.must(tablet.post(`/api/device-links/${code}/use`, { deviceName: 'iPad' }));
  const link = await me.must(me.post<{ code: string }>('/api/device-links'));
  const here = places.at(-1);
  if (here === undefined) throw new Error('no place');
  return {
    id,
    me,
    incidentId,
    livingId,
    endedId,
    flaggedId,
    other: phones[1] ?? me,
    emptyId: empty.neighbourhood.id,
    inviteCode: (await me.invite(id, { maxUses: 20 })).code,
    linkCode: link.code,
    ...rota,
    here,
  };
}
