import { afterAll, beforeAll, expect, it } from 'vitest';
import { distance } from '../../../shared/geo.ts';
import { coarsePosition } from '../../../shared/geo/grid.ts';
import {
  type Area,
  mostAreas,
  mostPoints,
  type Preferences,
  usualPreferences,
} from '../../../shared/preferences.ts';
import { createCompacts } from '../../../server/push/preferences/compact.ts';
import { preferenceLeaver } from '../../../server/push/preferences/personal.ts';
import { createPreferenceStore } from '../../../server/push/preferences/store.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { scanKeys } from '../../../server/redis/scan.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { inside, type Phone, street } from '../../support/phone.ts';
import { preferencesCommand } from '../../support/preferences.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const home: Area = {
  name: 'Chez mes parents',
  shape: { kind: 'circle', centre: inside, radius: 300 },
  ...{ categories: ['theft'], leastSeverity: 'minor', hours: { from: 1200, to: 60 } },
};

async function scene() {
  const { id, founder, neighbours } = await street(() => phoneOf(app), ['Bo']);
  const [bo] = neighbours;
  if (bo === undefined) throw new Error('nobody is there');
  const at = `/api/neighbourhoods/${id}`;
  return {
    ...{ id, founder, bo, at },
    put: (body: unknown, phone: Phone = bo.phone) =>
      phone.send<Preferences>('PUT', `${at}/preferences`, body),
    get: (phone: Phone = bo.phone) => phone.must(phone.get<Preferences>(`${at}/preferences`)),
  };
}

it('[WI1] what holds for whoever chose nothing is said before they choose, and afterwards what they chose', async () => {
  const { put, get } = await scene();
  expect(await get()).toEqual(usualPreferences((await get()).timeZone));
  const command = preferencesCommand({
    choice: 'near',
    areas: [home],
    budget: null,
    timeZone: 'Europe/Paris',
  });
  expect((await put(command)).body).toMatchObject({ version: 1, choice: 'near', snoozedUntil: null });
  expect(await get()).toMatchObject({ version: 1, budget: null, timeZone: 'Europe/Paris' });
  await put({ ...command, choice: 'emergencies' });
  expect(await get()).toMatchObject({ version: 2, choice: 'emergencies' });
});

it('[WI3] no place is kept more exactly than the coarse grid', async () => {
  const { put, get, id } = await scene();
  const way: Area['shape'] = { kind: 'line', points: [inside, { lat: 45.7633, lng: 4.8391 }], width: 60 };
  await put(preferencesCommand({ areas: [home, { ...home, name: 'School way', shape: way }] }));
  const [first, second] = (await get()).areas;
  expect(first?.shape).toEqual({ kind: 'circle', centre: coarsePosition(inside), radius: 300 });
  expect(second?.shape).toMatchObject({ points: way.points.map(coarsePosition) });
  const { preferences } = neighbourhoodKeys(id);
  const stored = String(await app.redis.send(preferences, 'HVALS', preferences));
  expect(distance(inside, coarsePosition(inside))).toBeGreaterThan(1);
  expect(stored).not.toContain(String(inside.lng));
});

it('[WI4] nobody else learns of it: not by the log, not by a snapshot, and nothing of it is an entry', async () => {
  const { put, founder, at, id } = await scene();
  const before = await app.deps.eventLog.head(id);
  await put(preferencesCommand({ choice: 'near', areas: [home] }));
  expect(await app.deps.eventLog.head(id)).toEqual(before);
  for (const path of ['/snapshot', '/log', '/members', '/preferences', '/digest']) {
    const { status, body } = await founder.get(at + path);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).not.toContain(home.name);
  }
});

it('[WI4] it is handed over with the rest, and goes with its member, erased or gone', async () => {
  const { put, bo, id, founder, at } = await scene();
  await put(preferencesCommand({ choice: 'near', areas: [home] }));
  const store = createPreferenceStore(app.redis);
  await store.holdBack(id, 'i'.repeat(16), [{ memberId: bo.member.id, due: app.clock.now }], app.clock.now);
  const file = await bo.phone.must(bo.phone.get('/api/me/export'));
  expect(JSON.stringify(file)).toContain(home.name);
  expect(file).toMatchObject({
    neighbourhoods: [
      { notificationPreferences: { areas: [{ name: home.name }] }, digest: { waiting: ['i'.repeat(16)] } },
    ],
  });
  const traces = async () => {
    const { meta, all } = neighbourhoodKeys(id);
    const found: string[] = [];
    for await (const names of scanKeys(app.redis, meta, all))
      found.push(...names.filter((name) => /preferences(?!:counts)|digest|held/u.test(name)));
    return found;
  };
  expect(await traces()).toHaveLength(4);
  await bo.phone.must(bo.phone.send('DELETE', '/api/me?confirm=erase'));
  expect(await traces()).toEqual([]);
  // Whoever leaves takes it along as well; who stays keeps theirs.
  const { code } = await founder.invite(id);
  const cy = phoneOf(app);
  const { member } = await cy.accept(code, 'Cy');
  await put(preferencesCommand({ areas: [home] }), cy);
  await preferenceLeaver(app.deps)(id, member.id);
  expect(await traces()).toHaveLength(2);
  await founder.must(founder.send('DELETE', `${at}/members/${member.id}`));
  await preferenceLeaver(app.deps)(id, member.id);
  expect(await traces()).toEqual([]);
});

const corners = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    4.8 + 0.02 * Math.cos((i / count) * 6.28),
    45.7 + 0.02 * Math.sin((i / count) * 6.28),
  ]);
const ring = (count: number) => [...corners(count), corners(count)[0]];
const polygon = (count: number) => ({
  kind: 'polygon',
  geometry: { type: 'Polygon', coordinates: [ring(count)] },
});

it.each([
  ['areas', { areas: Array.from({ length: mostAreas + 1 }, () => home) }],
  ['areas.0.shape.geometry', { areas: [{ ...home, shape: polygon(mostPoints + 1) }] }],
  ['areas.0.shape.points', { areas: [{ ...home, shape: { kind: 'line', points: [inside], width: 50 } }] }],
  ['areas.0.shape.radius', { areas: [{ ...home, shape: { kind: 'circle', centre: inside, radius: 6000 } }] }],
  ['areas.0.hours', { areas: [{ ...home, hours: { from: 60, to: 60 } }] }],
  ['areas.0.categories', { areas: [{ ...home, categories: [] }] }],
  ['areas.0.name', { areas: [{ ...home, name: ' ' }] }],
  ['budget', { budget: 0 }],
  ['quiet.to', { quiet: { from: 60, to: 1440 } }],
  ['timeZone', { timeZone: 'Europe/Atlantis' }],
  ['who', { who: 'everybody' }],
])('[WI5] refuses what is beyond its bounds: %s', async (path, over) => {
  const { put, get } = await scene();
  const { status, body } = await put({ ...preferencesCommand(), ...over });
  expect([status, body]).toMatchObject([422, { code: 'INVALID_INPUT', issues: [{ path }] }]);
  expect((await get()).version).toBe(0);
});

it('[WI5] takes the greatest that is allowed in one command', async () => {
  const { put } = await scene();
  const name = 'École'.repeat(8);
  const greatest = Array.from({ length: mostAreas }, () => ({ ...home, name, shape: polygon(mostPoints) }));
  expect((await put({ ...preferencesCommand(), areas: greatest })).status).toBe(200);
});

it('[WI13] a worker reads again only whose preferences changed, and nothing of those who chose nothing', async () => {
  const { put, founder, bo, id } = await scene();
  const store = createPreferenceStore(app.redis);
  const read: string[][] = [];
  const compactOf = createCompacts({
    ...store,
    getMany: (neighbourhoodId, memberIds) => {
      read.push([...memberIds]);
      return store.getMany(neighbourhoodId, memberIds);
    },
  });
  const reads = () => read.splice(0).flat();
  expect((await compactOf(id)).size).toBe(0);
  await put(preferencesCommand({ choice: 'emergencies' }));
  await put(preferencesCommand(), founder);
  expect((await compactOf(id)).size).toBe(2);
  expect(reads()).toHaveLength(2);
  await compactOf(id);
  expect(reads()).toEqual([]);
  await put(preferencesCommand({ choice: 'near' }));
  expect((await compactOf(id)).of(bo.member.id, 'UTC').choice).toBe('near');
  expect(reads()).toEqual([bo.member.id]);
  // Gone from the store, gone from memory.
  await store.forget(id, bo.member.id);
  expect((await compactOf(id)).has(bo.member.id)).toBe(false);
});
