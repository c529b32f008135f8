import { beforeEach, expect, it } from 'vitest';
import { archiveIsCapped, createArchive, isInside } from '../../client/incidents/archive.ts';
import { createNeighbourhoodState } from '../../client/state/neighbourhood.ts';
import type { Bbox } from '../../shared/geo.ts';

const id = 'n'.repeat(16);
const view: Bbox = { west: 2, south: 48, east: 2.02, north: 48.02 };
const moved = (box: Bbox, lng: number): Bbox => ({ ...box, west: box.west + lng, east: box.east + lng });

/** A server with so many pages for a box; notes what it was asked. */
function serverWith(pages: (box: number[]) => number) {
  const asked: number[][] = [];
  const load = createArchive({
    incidents: (_id, { bbox = '', cursor = '1' }) => {
      const box = bbox.split(',').map(Number);
      asked.push(box);
      const next = Number(cursor) < pages(box) ? String(Number(cursor) + 1) : null;
      return Promise.resolve({ incidents: [], cursor: next });
    },
  });
  return { asked, load };
}

const newRoom = () => ({ id, state: createNeighbourhoodState(() => 0) });

beforeEach(() => {
  archiveIsCapped.value = false;
});

it('[UI21] a pan inside what is complete asks for nothing; beyond it, everything around the new view', async () => {
  const { asked, load } = serverWith(() => 3);
  const room = newRoom();
  await load(room, view);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toEqual([1.99, 47.99, 2.03, 48.03]);
  await load(room, moved(view, 0.009));
  await load(room, { west: 2.005, south: 48.005, east: 2.006, north: 48.006 });
  expect(asked).toHaveLength(3);
  await load(room, moved(view, 0.011));
  expect(asked).toHaveLength(6);
});

it('[UI21] an import or another neighbourhood makes it ask again', async () => {
  const { asked, load } = serverWith(() => 1);
  const room = newRoom();
  await load(room, view);
  await load(room, view);
  expect(asked).toHaveLength(1);
  room.state.imports.value += 1;
  await load(room, view);
  expect(asked).toHaveLength(2);
  await load(newRoom(), view);
  expect(asked).toHaveLength(3);
});

it('[UI21] where there is too much around the view, the view itself is loaded, and said to be complete only if it is', async () => {
  const { asked, load } = serverWith(([west = 0, , east = 0]) => (east - west > 0.03 ? 20 : 4));
  const room = newRoom();
  await load(room, view);
  expect(asked).toHaveLength(10 + 4);
  expect(archiveIsCapped.value).toBe(false);
  await load(room, moved(view, 0.001));
  expect(asked, 'only the view, once it is known that more is too much').toHaveLength(14 + 4);

  const crowded = serverWith(() => 20);
  const other = newRoom();
  await crowded.load(other, view);
  expect(archiveIsCapped.value).toBe(true);
  const before = crowded.asked.length;
  await crowded.load(other, view);
  expect(crowded.asked.length, 'what is not complete is asked for again').toBeGreaterThan(before);
});

it('[UI21] boxes across the antimeridian are understood', () => {
  const across: Bbox = { west: 179, south: -1, east: -179, north: 1 };
  expect(isInside({ west: 179.5, south: 0, east: -179.5, north: 1 }, across)).toBe(true);
  expect(isInside({ west: -179.9, south: 0, east: -179.5, north: 1 }, across)).toBe(true);
  expect(isInside({ west: 178, south: 0, east: 179.5, north: 1 }, across)).toBe(false);
  expect(isInside(across, { west: -180, south: -90, east: 180, north: 90 })).toBe(true);
  expect(isInside({ west: -180, south: 0, east: 180, north: 1 }, across)).toBe(false);
});
