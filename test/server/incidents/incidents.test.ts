import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.ts';
import type { LogPage } from '../../../shared/events.ts';
import { bboxContains } from '../../../shared/geo.ts';
import { emptyLife } from '../../../shared/incident-life.ts';
import {
  type Incident,
  type IncidentDetail,
  type IncidentPage,
  noReceipts,
  type Reported,
} from '../../../shared/incidents.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { newId } from '../../../server/ids.ts';
import { importIncidents } from '../../../server/incidents/store.ts';
import { incidentOf } from '../../support/incident.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { inside, type Phone, report, street } from '../../support/phone.ts';

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const path = (id: string, rest = '') => `/api/neighbourhoods/${id}/incidents${rest}`;

function imported(over: Partial<Incident>): Incident {
  const at = test.clock.now;
  return incidentOf({
    id: newId(),
    category: 'theft',
    severity: 'minor',
    status: 'closed',
    position: inside,
    observedAt: at,
    reportedAt: at,
    source: { name: 'test', ref: '1' },
    ...over,
  });
}

describe('reporting', () => {
  it('[IN1] stores what was reported', async () => {
    const { id, founder, founderMember, neighbours } = await street(phone);
    const reported = await founder.report(id, { title: 'Car doors' });
    expect(reported.incident).toMatchObject({
      ...report,
      title: 'Car doors',
      status: 'open',
      version: 1,
      reportedBy: founderMember.id,
      reportedAt: test.clock.now,
    });
    const seen = await neighbours[0]?.phone.get<IncidentDetail>(path(id, `/${reported.incident.id}`));
    expect(seen?.body).toEqual({
      incident: reported.incident,
      life: emptyLife(reported.incident.id),
      updates: [],
      reviews: [],
      reach: { maps: 0, phones: 0, alert: noReceipts, correction: noReceipts },
      mine: false,
      duress: false,
    });
  });

  it.each([
    ['480 m outside', { lat: 45.76, lng: 4.83 - 480 / 77_700 }, 201],
    ['520 m outside', { lat: 45.76, lng: 4.83 - 520 / 77_700 }, 422],
    ['the other side of the world', { lat: -45.76, lng: -175.1 }, 422],
  ])('[IN1] answers for %s', async (_, position, status) => {
    const { id, founder } = await street(phone, []);
    expect((await founder.post(path(id), { ...report, position })).status).toBe(status);
  });

  it('[IN1] refuses what was observed in the future or too long ago', async () => {
    const { id, founder } = await street(phone, []);
    for (const observedAt of [test.clock.now + 3_600_000, test.clock.now - 100 * 24 * 3_600_000]) {
      const refused = await founder.post<Problem>(path(id), { ...report, observedAt });
      expect(refused.body.issues?.[0]?.path).toBe('observedAt');
    }
  });

  it('[IN2] names nobody when anonymous', async () => {
    const { id, founder, neighbours } = await street(phone);
    const bo = neighbours[0];
    const reported = await bo?.phone.report(id, { anonymous: true });
    expect(reported?.incident.reportedBy).toBeNull();
    const answers = await Promise.all([
      founder.get(path(id)),
      founder.get(path(id, `/${reported?.incident.id}`)),
      founder.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`).then(({ body }) => body.incidents),
      founder.get<LogPage>(`/api/neighbourhoods/${id}/log`).then(({ body }) => body.entries.at(-1)),
    ]);
    expect(JSON.stringify(answers)).not.toContain(bo?.member.id);
    expect(JSON.stringify(answers)).toContain(reported?.incident.id);
  });

  it('[HT6] does a repeated report once', async () => {
    const { id, founder } = await street(phone, []);
    const headers = { 'idempotency-key': uuid() };
    const first = await founder.post<Reported>(path(id), report, headers);
    test.clock.now += 60_000;
    const all = await Promise.all(
      Array.from({ length: 20 }, () => founder.post<Reported>(path(id), report, headers)),
    );
    for (const again of all) {
      expect(again.status).toBe(201);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    const { body } = await founder.get<IncidentPage>(path(id));
    expect(body.incidents).toHaveLength(1);
    const other = await founder.post<Problem>(path(id), { ...report, severity: 'severe' }, headers);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });
});

describe('lists', () => {
  async function pages(who: Phone, id: string, query: string): Promise<Incident[]> {
    const all: Incident[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body, status } = await who.get<IncidentPage>(path(id, `?${query}${after}`));
      expect(status).toBe(200);
      all.push(...body.incidents);
      cursor = body.cursor;
    }
    return all;
  }

  it('[IN3] gives what a filter over all of them gives, page by page', async () => {
    const { id, founder } = await street(phone, []);
    const categories = ['theft', 'noise', 'fire'] as const;
    const all = Array.from({ length: 1900 }, (_, i) =>
      imported({
        category: categories[i % 3] ?? 'theft',
        status: i % 7 === 0 ? 'open' : 'closed',
        // Several at the same moment, more than a page of them at one, and places on both sides of the antimeridian.
        observedAt: i < 700 ? 1_000_000 + Math.floor(i / 5) : 1_000_070,
        position: { lat: -18 + (i % 50) / 10, lng: i % 2 === 0 ? 179 + (i % 10) / 10 : -180 + (i % 10) / 10 },
      }),
    );
    for (let i = 0; i < all.length; i += 200)
      await importIncidents(test.deps, id, 'test', all.slice(i, i + 200));
    const order = (a: Incident, b: Incident) => b.observedAt - a.observedAt || (a.id < b.id ? 1 : -1);
    const boxes = [
      { west: 178.5, south: -20, east: -179, north: -15 },
      { west: 179.2, south: -17, east: 179.7, north: -14 },
      { west: -180, south: -90, east: 180, north: 90 },
    ];
    const seed = Number(process.env['SEED'] ?? 1);
    process.stdout.write(`[IN3] seed ${seed}\n`);
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          box: fc.option(fc.constantFrom(...boxes), { nil: undefined }),
          category: fc.option(fc.constantFrom(...categories), { nil: undefined }),
          status: fc.option(fc.constantFrom('open' as const, 'closed' as const), { nil: undefined }),
          from: fc.option(fc.integer({ min: 999_990, max: 1_000_150 }), { nil: undefined }),
          to: fc.option(fc.integer({ min: 999_990, max: 1_000_150 }), { nil: undefined }),
          limit: fc.constantFrom(7, 100, 1000),
        }),
        async ({ box, category, status, from, to, limit }) => {
          const query = new URLSearchParams({ limit: String(limit) });
          if (box !== undefined) query.set('bbox', `${box.west},${box.south},${box.east},${box.north}`);
          if (category !== undefined) query.set('category', category);
          if (status !== undefined) query.set('status', status);
          if (from !== undefined) query.set('from', String(from));
          if (to !== undefined) query.set('to', String(to));
          const expected = all
            .filter(
              (incident) =>
                (box === undefined || bboxContains(box, incident.position)) &&
                (category === undefined || incident.category === category) &&
                (status === undefined || incident.status === status) &&
                (from === undefined || incident.observedAt >= from) &&
                (to === undefined || incident.observedAt <= to),
            )
            .toSorted(order);
          const listed = await pages(founder, id, query.toString());
          expect(listed.map((incident) => incident.id)).toEqual(expected.map((incident) => incident.id));
        },
      ),
      { seed, numRuns: 40 },
    );
  });

  it('[IN3] neither repeats nor leaves out while incidents come and go', async () => {
    const { id, founder } = await street(phone, []);
    const old = Array.from({ length: 1200 }, (_, i) => imported({ observedAt: 1_000_000 - i }));
    for (let i = 0; i < old.length; i += 200)
      await importIncidents(test.deps, id, 'test', old.slice(i, i + 200));
    const listing = pages(founder, id, 'limit=1000');
    for (let i = 0; i < 20; i += 1)
      await importIncidents(test.deps, id, 'test', [imported({ observedAt: 2_000_000 + i })]);
    const listed = (await listing).map((incident) => incident.id);
    expect(new Set(listed).size).toBe(listed.length);
    expect(old.every((incident) => listed.includes(incident.id))).toBe(true);
  });

  it('[IN3] finds the rare one in a long history, answer by answer', async () => {
    const { id, founder } = await street(phone, []);
    const rare = imported({ category: 'fire', observedAt: 1 });
    const many = Array.from({ length: 11_000 }, (_, i) => imported({ observedAt: 1_000_000 + i }));
    for (let i = 0; i < many.length; i += 500)
      await importIncidents(test.deps, id, 'test', many.slice(i, i + 500));
    await importIncidents(test.deps, id, 'test', [rare]);
    for (const query of ['category=fire', 'category=fire&bbox=-180,-90,180,90']) {
      expect((await pages(founder, id, query)).map((incident) => incident.id)).toEqual([rare.id]);
    }
  });

  it.each([
    'bbox=1,2,3',
    'bbox=1,9,3,2',
    'bbox=0,0,181,1',
    'bbox=,,,',
    'limit=0',
    'limit=1001',
    'cursor=x',
    'what=1',
    'from=-1',
  ])('[HT3] refuses ?%s', async (query) => {
    const { id, founder } = await street(phone, []);
    const refused = await founder.get<Problem>(path(id, `?${query}`));
    expect(refused.status).toBe(422);
    expect(refused.body.issues?.length).toBeGreaterThan(0);
  });

  it('[IN6] imports once', async () => {
    const { id, founder } = await street(phone, []);
    const incidents = Array.from({ length: 30 }, () => imported({}));
    expect(await importIncidents(test.deps, id, 'test', incidents)).toBe(30);
    expect(await importIncidents(test.deps, id, 'test', [...incidents, imported({})])).toBe(1);
    expect(await pages(founder, id, 'limit=10')).toHaveLength(31);
  });
});

describe('catching up', () => {
  it('[IN4] carries a cursor from which the log goes on', async () => {
    const { id, founder, neighbours } = await street(phone);
    await founder.report(id);
    const { body: snapshot } = await founder.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`);
    expect(snapshot.incidents).toHaveLength(1);
    expect(snapshot.members).toHaveLength(2);
    expect(snapshot.me.name).toBe('Ada');
    const later = await neighbours[0]?.phone.report(id);
    const { body } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log?after=${snapshot.cursor}`);
    expect(body.entries).toEqual([
      {
        seq: later?.seq,
        at: expect.any(Number) as number,
        type: 'incident.reported',
        by: later?.incident.reportedBy,
        incident: later?.incident,
      },
    ]);
    const { body: rest } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log?after=${body.cursor}`);
    expect(rest).toEqual({ entries: [], cursor: body.cursor });
  });

  it('[IN5] reads the log in pages, and refuses cursors of elsewhere', async () => {
    const { id, founder } = await street(phone, []);
    for (let i = 0; i < 5; i += 1) await founder.report(id);
    const { body: all } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log`);
    const seqs: number[] = [];
    let after = '';
    for (let i = 0; i < 4; i += 1) {
      const { body } = await founder.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=2${after}`);
      seqs.push(...body.entries.map(({ seq }) => seq));
      after = `&after=${body.cursor}`;
    }
    expect(seqs).toEqual(all.entries.map(({ seq }) => seq));
    const [epoch = ''] = all.cursor.split('.');
    for (const cursor of [`${epoch}.999`, 'another-epoch.1', 'x']) {
      expect((await founder.get(`/api/neighbourhoods/${id}/log?after=${cursor}`)).status).toBe(422);
    }
  });
});
