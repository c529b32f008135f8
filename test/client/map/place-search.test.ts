import { describe, expect, it } from 'vitest';
import { type HouseNumber, type NamedPlace, plain, searchPlaces } from '../../../client/map/place-search.ts';
import { tilesOf } from '../../../client/map/place-names.ts';
import { distance } from '../../../shared/geo.ts';
import { square } from '../../support/phone.ts';

const near = { lat: 45.76, lng: 4.835 };
const at = (east: number, north: number) => ({
  lat: near.lat + north / 111_195,
  lng: near.lng + east / 77_600,
});
const street = (name: string, ...line: [number, number][]): NamedPlace => ({
  name,
  kind: 'street',
  parts: [line.map(([east, north]) => at(east, north))],
});
const number = (text: string, east: number, north: number): HouseNumber => ({
  number: text,
  position: at(east, north),
});

const names = {
  places: [
    street('Rue des Lilas', [-300, 20], [300, 20]),
    street('Rue de l’Église', [0, 200], [100, 900]),
    street('Boulevard Saint-Michel', [500, -500], [500, 500]),
    street('Avenue d’Œuvre', [-900, 0], [-900, 10]),
    street('Passage', [-300, 60], [300, 60]),
    street('Lilienweg', [-100, -300], [100, -300]),
    street('Straße am Markt', [0, -600], [10, -600]),
    { name: 'École des Lilas', kind: 'place' as const, parts: [[at(5, 5)]] },
  ],
  numbers: [
    number('12', 100, 30),
    number('12', -50, -310),
    number('14 Bis', 150, 25),
    number('12', 700, 700),
    number('7', 100, 55),
  ],
};
const search = (text: string) => searchPlaces(names, text, near);
const labels = (text: string) => search(text).map(({ label }) => label);

describe('searching the map’s names', () => {
  it.each([
    ['rue des l', ['Rue des Lilas']],
    ['RUE DES LILAS', ['Rue des Lilas']],
    ['lil', ['Lilienweg', 'Rue des Lilas', 'École des Lilas']],
    ['eglise', ['Rue de l’Église']],
    ['rue de l’eg', ['Rue de l’Église']],
    ["rue de l'église", ['Rue de l’Église']],
    ['bd st michel', ['Boulevard Saint-Michel']],
    ['av oeuvre', ['Avenue d’Œuvre']],
    ['strasse', ['Straße am Markt']],
    ['nowhere', []],
    ['r', []],
    ['  ', []],
    ['.*(', []],
  ])('[PD11] %s finds %j', (text, found) => {
    expect(labels(text)).toEqual(found);
  });

  it('[PD11] a street is shown where it comes nearest', () => {
    const [found] = search('rue des lilas');
    expect(found?.position.lng).toBeCloseTo(near.lng, 5);
    expect(distance(found?.position ?? near, near)).toBeCloseTo(20, 0);
  });

  it.each([
    ['12 rue des lilas', '12 Rue des Lilas', at(100, 30)],
    ['lilienweg 12', 'Lilienweg 12', at(-50, -310)],
    ['14 bis rue des lilas', '14 bis Rue des Lilas', at(150, 25)],
  ])('[PD11] %s is the house of that street', (text, label, position) => {
    expect(search(text)[0]).toEqual({ label, kind: 'house', position });
  });

  it.each([
    ['a number that the map does not know', '99 rue des lilas', 'Rue des Lilas'],
    ['a house that stands in another street nearby', '7 rue des lilas', 'Rue des Lilas'],
    ['a house far from the street', 'boulevard saint michel 12', 'Boulevard Saint-Michel'],
  ])('[PD11] %s is answered with the street', (_, text, label) => {
    expect(search(text)[0]).toMatchObject({ label, kind: 'street' });
  });

  it('[PD11] of two streets with one name the number is the one nearby', () => {
    const twins = {
      places: [{ name: 'Rue A', kind: 'street' as const, parts: [[at(900, 0), at(990, 0)], [at(0, 0), at(90, 0)]] }],
      numbers: [number('3', 940, 2), number('3', 40, 9)],
    }; // prettier-ignore
    expect(searchPlaces(twins, '3 rue a', near)[0]?.position).toEqual(at(40, 9));
  });

  it('[PD11] typed text without accents, marks and case is the same text', () => {
    expect(plain('  L’Île-d’Œuvre, Straße ')).toBe('l ile d oeuvre strasse');
  });

  it('[PD11] what is read is the neighbourhood, its middle first, never more than 36 tiles', () => {
    const tiles = tilesOf(square, 14);
    expect(tiles.length).toBeLessThanOrEqual(6);
    expect(tiles.every(({ z, x, y }) => z === 14 && x >= 8411 && x <= 8412 && y >= 5843 && y <= 5845)).toBe(
      true,
    );
    const country = {
      type: 'Polygon' as const,
      coordinates: [[[-5, 42], [8, 42], [8, 51], [-5, 51], [-5, 42]]],
    }; // prettier-ignore
    expect(tilesOf(country, 15)).toHaveLength(36);
    const seam = {
      type: 'Polygon' as const,
      coordinates: [[[179.99, -17], [180.01, -17], [180.01, -16.99], [179.99, -16.99], [179.99, -17]]],
    }; // prettier-ignore
    const across = tilesOf(seam, 14).map(({ x }) => x);
    expect(across).toContain(0);
    expect(across).toContain(16_383);
  });
});
