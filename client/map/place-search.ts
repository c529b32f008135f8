import { distance, type Position } from '../../shared/geo.ts';

/** A street or a place with a name, and where it runs: each part is one point or a line. */
export type NamedPlace = { name: string; kind: 'street' | 'place'; parts: readonly (readonly Position[])[] };
export type HouseNumber = { number: string; position: Position };
/** What the map's own tiles name. */
export type Names = { places: readonly NamedPlace[]; numbers: readonly HouseNumber[] };

export type Suggestion = { label: string; kind: 'street' | 'place' | 'house'; position: Position };

const mostSuggestions = 6;
/** A house stands at most so many metres from the street that it is numbered in. */
const houseReach = 80;

// What people write for what stands on maps, in the languages of both; a beginning of a word needs no entry.
const short: Partial<Record<string, string[]>> = {
  bd: ['boulevard'],
  blvd: ['boulevard'],
  bvd: ['boulevard'],
  rte: ['route'],
  st: ['saint', 'street'],
  ste: ['sainte'],
  rd: ['road'],
  str: ['strasse'],
};

/** Lower case without accents, hyphens and apostrophes: as people type on a phone. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const house = String.raw`\d{1,5} ?(?:bis|ter|quater|[a-d])?`;
const numberFirst = new RegExp(`^(${house}) (\\D.*)$`, 'u');
const numberLast = new RegExp(`^(.*\\D) (${house})$`, 'u');

/** Splits "12 bis rue des Lilas" or "Lilienweg 12"; no number where there is none. */
function split(text: string): { street: string; number: string | null; first: boolean } {
  const before = numberFirst.exec(text);
  if (before) return { street: before[2] ?? '', number: before[1] ?? null, first: true };
  const behind = numberLast.exec(text);
  return { street: behind?.[1] ?? text, number: behind?.[2] ?? null, first: false };
}

/** 0: the name begins so; 1: each word begins one of the name's; null: another name. */
function rankOf(name: string, wanted: string): 0 | 1 | null {
  if (name.startsWith(wanted)) return 0;
  const words = name.split(' ');
  const begins = (word: string) =>
    [word, ...(short[word] ?? [])].some((form) => words.some((one) => one.startsWith(form)));
  return wanted.split(' ').every(begins) ? 1 : null;
}

/** The nearest point of a line, on a plane around `to`. */
function nearestOn(from: Position, until: Position, to: Position): Position {
  const squeeze = Math.cos((to.lat * Math.PI) / 180);
  const [dx, dy] = [(until.lng - from.lng) * squeeze, until.lat - from.lat];
  const along = ((to.lng - from.lng) * squeeze * dx + (to.lat - from.lat) * dy) / (dx * dx + dy * dy);
  // NaN where the line has no length: then its start.
  const share = along > 0 ? Math.min(1, along) : 0;
  return {
    lat: from.lat + share * (until.lat - from.lat),
    lng: from.lng + share * (until.lng - from.lng),
  };
}

/** Where the place comes nearest to `to`, and how near in metres. */
function nearest({ parts }: NamedPlace, to: Position): { position: Position; away: number } {
  let best = { position: to, away: Infinity };
  for (const part of parts) {
    part.forEach((point, at) => {
      const position = nearestOn(part[at - 1] ?? point, point, to);
      const away = distance(position, to);
      if (away < best.away) best = { position, away };
    });
  }
  return best;
}

/**
 * The house of this number in this street, the one nearest to `near` where streets share a name: tiles number houses
 * without saying in which street they stand.
 */
function houseIn(street: NamedPlace, number: string, names: Names, near: Position): Position | null {
  const wanted = number.replaceAll(' ', '');
  const streets = names.places.filter(({ kind }) => kind === 'street');
  let best: { position: Position; away: number } | null = null;
  for (const one of names.numbers) {
    if (plain(one.number).replaceAll(' ', '') !== wanted) continue;
    const away = distance(one.position, near);
    if (away >= (best?.away ?? Infinity)) continue;
    const aside = nearest(street, one.position).away;
    if (aside > houseReach) continue;
    const elsewhere = streets.some((other) => other !== street && nearest(other, one.position).away < aside);
    if (!elsewhere) best = { position: one.position, away };
  }
  return best?.position ?? null;
}

/**
 * Streets, places and houses whose names begin with what was typed; the best first, at most six.
 * @param near what is nearer to it comes first among equals, and long streets are shown where they are nearest to it
 */
export function searchPlaces(names: Names, typed: string, near: Position): Suggestion[] {
  const text = plain(typed);
  if (text.length < 2) return [];
  const { street, number, first } = split(text);
  const found = names.places.flatMap((place) => {
    const name = plain(place.name);
    const rank =
      rankOf(name, text) ?? (number !== null && place.kind === 'street' ? rankOf(name, street) : null);
    return rank === null ? [] : [{ place, rank, ...nearest(place, near) }];
  });
  found.sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(a.place.kind !== 'street') - Number(b.place.kind !== 'street') ||
      a.away - b.away,
  );
  return found.slice(0, mostSuggestions).map(({ place, position }) => {
    const at = number !== null && place.kind === 'street' ? houseIn(place, number, names, near) : null;
    if (at === null || number === null) return { label: place.name, kind: place.kind, position };
    const label = first ? `${number} ${place.name}` : `${place.name} ${number}`;
    return { label, kind: 'house', position: at };
  });
}
