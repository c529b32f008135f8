import { describe, expect, it } from 'vitest';
import { createDrafts } from '../../client/incidents/draft-keeper.ts';
import { type Filters, noFilters, selectIncidents } from '../../client/incidents/filters.ts';
import { volunteersFirst } from '../../client/incidents/first-told.ts';
import { newKey } from '../../client/state/new-key.ts';
import { stepOf } from '../../client/ui/list-keys.ts';
import { pathInLink, paths, routeOf } from '../../client/ui/routes.ts';
import { severityHtml } from '../../client/ui/severity.tsx';
import { stopAfter } from '../../client/ui/sheet-stops.ts';
import { Category, type Incident, Severity } from '../../shared/incidents.ts';
import { categories } from '../../shared/categories.ts';
import { incidentOf } from '../support/incident.ts';
import { memoryStorage } from './storage.ts';

const n = 'n'.repeat(16);
const now = 1_700_000_000_000;
const hour = 3_600_000;

const incident = (name: string, changed: Partial<Incident>): Incident =>
  incidentOf({ id: name.padEnd(16, '-'), category: 'noise', severity: 'minor', ...changed });

it('[CF14] who is new or gives no name reads before sending that volunteers are told first', () => {
  const isFirst = (joinedAt: number, anonymous = false, foundedAt = 0) =>
    volunteersFirst({ joinedAt }, { foundedAt }, { anonymous, at: now });
  expect(isFirst(now - 47 * hour)).toBe(true);
  expect(isFirst(now - 49 * hour)).toBe(false);
  expect(isFirst(now - 49 * hour, true)).toBe(true);
  // Whoever founded it has nobody who could have known them longer.
  expect(isFirst(now - hour, false, now - hour)).toBe(false);
});

describe('addresses', () => {
  it('[UI8] every screen has an address that leads back to it', () => {
    expect(routeOf('/', {})).toEqual({ name: 'home' });
    expect(routeOf(paths.incident(n, 'i'.repeat(16)), {})).toEqual({
      name: 'incident',
      neighbourhoodId: n,
      incidentId: 'i'.repeat(16),
    });
    expect(routeOf(`/n/${n}/alert`, { step: 'where' })).toEqual({
      name: 'alert',
      neighbourhoodId: n,
      step: 'where',
    });
    expect(routeOf(`/n/${n}/alert`, { step: 'nonsense' })).toMatchObject({ step: 'what' });
    expect(routeOf(paths.neighbours(n), {})).toEqual({ name: 'neighbours', neighbourhoodId: n });
    expect(routeOf(paths.decisions(n), {})).toEqual({ name: 'decisions', neighbourhoodId: n });
    for (const path of [paths.pairings(n), `${paths.pairings(n)}/${'i'.repeat(16)}`])
      expect(routeOf(path, {})).toEqual({ name: 'pairings', neighbourhoodId: n });
    expect(routeOf(paths.join('a.b'), {})).toEqual({ name: 'join', code: 'a.b' });
  });

  it.each([
    '/nowhere',
    '/n/short',
    `/n/${n}/other`,
    `/n/${n}/incidents/x/y`,
    '/join/a/b',
    `/n/${n}/alert/x`,
    `/n/${n}/pairings/x`,
  ])('[UI8] %s is nobody’s address', (path) => {
    expect(routeOf(path, {})).toEqual({ name: 'unknown' });
  });

  it('[UI9] a pasted invite is understood as a link or as a code, and a link from another device', () => {
    const code = `${'a'.repeat(16)}.${'b'.repeat(22)}`;
    expect(pathInLink(` https://vigie.example/join/${code}\n`)).toBe(`/join/${code}`);
    expect(pathInLink(code)).toBe(`/join/${code}`);
    expect(pathInLink(`https://vigie.example/link/${code}`)).toBe(`/link/${code}`);
    expect(pathInLink(`https://vigie.example/else/${code}`)).toBeNull();
    expect(pathInLink('hello')).toBeNull();
  });
});

describe('the list', () => {
  const select = (incidents: Incident[], filters: Partial<Filters> = {}) =>
    selectIncidents(incidents, { ...noFilters, ...filters }, now, (category) => `name of ${category}`).map(
      ({ id }) => id.replaceAll('-', ''),
    );

  it('[UI10] open ones come first, the most urgent first, then the newest; closed ones by time', () => {
    expect(
      select([
        incident('closedold', { status: 'closed', severity: 'extreme', observedAt: now - 9 * hour }),
        incident('minor', {}),
        incident('closednew', { status: 'closed' }),
        incident('severeold', { severity: 'severe', observedAt: now - hour }),
        incident('severenew', { severity: 'severe' }),
        incident('extreme', { severity: 'extreme', observedAt: now - 5 * hour }),
      ]),
    ).toEqual(['extreme', 'severenew', 'severeold', 'minor', 'closednew', 'closedold']);
  });

  it('[UI11] time, status, kind and words narrow it together', () => {
    const all = [
      incident('a', { category: 'fire', description: 'Fumée à l’étage' }),
      incident('b', { category: 'fire', observedAt: now - 2 * hour }),
      incident('c', { category: 'theft', status: 'closed' }),
    ];
    expect(select(all, { span: 'hour' })).toEqual(['a', 'c']);
    expect(select(all, { openOnly: true })).toEqual(['a', 'b']);
    expect(select(all, { categories: new Set(['theft']) })).toEqual(['c']);
    expect(select(all, { search: 'FUMEE' })).toEqual(['a']);
    expect(select(all, { search: 'name of theft' })).toEqual(['c']);
    expect(select(all, { search: 'fire', span: 'hour' })).toEqual(['a']);
  });

  it('[UI12] arrows, Home and End move through it and stop at its ends', () => {
    expect(stepOf('ArrowDown', 0, 3)).toBe(1);
    expect(stepOf('ArrowDown', 2, 3)).toBe(2);
    expect(stepOf('ArrowUp', 0, 3)).toBe(0);
    expect(stepOf('End', 0, 3)).toBe(2);
    expect(stepOf('Home', 2, 3)).toBe(0);
    expect(stepOf('Enter', 1, 3)).toBeNull();
  });

  it('[UI13] the sheet follows a flick, and settles at the nearest stop after a slow drag', () => {
    const heights = { peek: 100, half: 400, full: 800 };
    expect(stopAfter('half', 420, 1, heights)).toBe('full');
    expect(stopAfter('half', 380, -1, heights)).toBe('peek');
    expect(stopAfter('full', 790, 1, heights)).toBe('full');
    expect(stopAfter('half', 700, 0, heights)).toBe('full');
    expect(stopAfter('half', 150, 0.1, heights)).toBe('peek');
  });
});

describe('raising an alert', () => {
  it('[UI20] a key is a UUID of version 4, another one each time', () => {
    const keys = Array.from({ length: 1000 }, newKey);
    for (const key of keys)
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
    expect(new Set(keys).size).toBe(1000);
  });

  it('[UI15] a draft survives a reload for an hour, and belongs to one neighbourhood', async () => {
    const storage = memoryStorage();
    const before = createDrafts(storage, () => now);
    await before.open(n);
    before.change({ category: 'fire', severity: 'severe', description: 'smoke' });

    const after = createDrafts(storage, () => now + 59 * 60_000);
    await after.open(n);
    expect(after.draft.value).toMatchObject({ category: 'fire', description: 'smoke' });

    const elsewhere = createDrafts(storage, () => now);
    await elsewhere.open('m'.repeat(16));
    expect(elsewhere.draft.value?.category).toBeNull();

    const late = createDrafts(storage, () => now + 61 * 60_000);
    await late.open(n);
    expect(late.draft.value?.category).toBeNull();
  });

  it('[UI15] a discarded draft is gone', async () => {
    const storage = memoryStorage();
    const drafts = createDrafts(storage, () => now);
    await drafts.open(n);
    drafts.change({ category: 'fire' });
    await drafts.discard();
    expect(drafts.draft.value).toBeNull();
    expect(storage.values.size).toBe(0);
  });

  it('[UI15] every kind has a usual severity, and none of them is extreme', () => {
    for (const category of Category.options) {
      expect(['minor', 'moderate', 'severe'], category).toContain(categories[category].severity);
    }
  });
});

describe('marks', () => {
  it('[UI16] each severity has a shape of its own, and open differs from closed in more than colour', () => {
    const drawn = Severity.options.map((severity) => severityHtml({ severity, status: 'open' }));
    const outlines = drawn.map((html) => /severity__shape" d="([^"]+)"/u.exec(html)?.[1]);
    expect(new Set(outlines).size).toBe(4);
    expect(severityHtml({ severity: 'minor', status: 'closed' })).toContain('severity--closed');
    expect(severityHtml({ severity: 'minor', status: 'open', category: 'fire' })).toContain('severity__icon');
  });
});
