import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { LogPage } from '../../../../shared/events.ts';
import { distance } from '../../../../shared/geo.ts';
import { coarsePosition } from '../../../../shared/geo/grid.ts';
import type { Handling } from '../../../../shared/incident-life.ts';
import type { Incident, IncidentDetail, IncidentPage, Reported } from '../../../../shared/incidents.ts';
import { createDuplicateStore } from '../../../../server/incidents/duplicates/store.ts';
import { partOf } from '../../../../server/incidents/life-store.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../../support/app.ts';
import { inside, type Phone, report, street } from '../../../support/phone.ts';

let test: TestApp;
const phone = () => phoneOf(test);
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const path = (id: string, rest = '') => `/api/neighbourhoods/${id}/incidents${rest}`;
const logOf = async (who: Phone, id: string) =>
  (await who.must(who.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500`))).entries;
const north = (metres: number) => ({ ...inside, lat: inside.lat + metres / 111_195 });

describe('somebody’s home', () => {
  it('[PD2] a device that sends the exact place is corrected: nobody gets more than the cell', async () => {
    const { id, founder, neighbours } = await street(phone);
    const home = { lat: 45.760_123_4, lng: 4.835_567_8 };
    const { incident } = await founder.report(id, { position: home, coarse: true });
    expect(incident).toMatchObject({ coarse: true, position: coarsePosition(home) });
    const bo = neighbours[0]?.phone ?? founder;
    const told = await Promise.all([
      logOf(bo, id),
      bo.get(path(id)),
      bo.get(path(id, `/${incident.id}`)),
      bo.get(`/api/neighbourhoods/${id}/snapshot`),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/45\.7601234|4\.8355678/u);
    const keys = neighbourhoodKeys(id);
    const stored = await Promise.all([
      test.redis.send(keys.incidents, 'HGETALL', keys.incidents),
      test.redis.send(keys.log, 'XRANGE', keys.log, '-', '+'),
    ]);
    expect(JSON.stringify(stored)).not.toMatch(/45\.7601234|4\.8355678/u);
  });

  it('[PD2] what the device has snapped stays where it is; what is not at a home stays exact', async () => {
    const { id, founder } = await street(phone, []);
    const snapped = coarsePosition(inside);
    expect((await founder.report(id, { position: snapped, coarse: true })).incident.position).toEqual(
      snapped,
    );
    const exact = await founder.report(id, { position: inside });
    expect(exact.incident).toMatchObject({ coarse: false, position: inside });
  });

  it('[PD3] a cell whose centre lies too far out is accepted for what it stands for', async () => {
    const { id, founder } = await street(phone, []);
    // Westwards, a place that is near enough in a cell whose centre is not.
    const edge = 4.83;
    const places = Array.from({ length: 400 }, (_, i) => ({
      lat: 45.7551 + (i % 20) * 0.0004,
      lng: edge - (450 + Math.floor(i / 20) * 2.5) / 77_600,
    }));
    const outside = ({ lat, lng }: { lat: number; lng: number }) =>
      distance({ lat, lng }, { lat, lng: edge });
    const home = places.find((one) => outside(one) < 498 && outside(coarsePosition(one)) > 505);
    if (home === undefined) throw new Error('no such place');
    const centre = coarsePosition(home);
    expect((await founder.post(path(id), { ...report, position: centre })).status).toBe(422);
    expect((await founder.post(path(id), { ...report, position: centre, coarse: true })).status).toBe(201);
    const far = { lat: 45.76, lng: edge - 700 / 77_600 };
    expect((await founder.post(path(id), { ...report, position: far, coarse: true })).status).toBe(422);
  });
});

describe('the same report again', () => {
  const count = async (who: Phone, id: string) => (await logOf(who, id)).length;

  it('[PD4] by the same member, of the same kind and place within 30 s, is refused and changes nothing', async () => {
    const { id, founder } = await street(phone, []);
    await founder.must(founder.post(path(id), report));
    const before = await count(founder, id);
    test.clock.now += 29_000;
    const refused = await founder.post<Problem>(path(id), {
      ...report,
      position: north(25),
      description: 'Twice.',
    });
    expect(refused.status).toBe(409);
    expect(refused.body.issues).toEqual([{ path: '', message: 'was reported by you a moment ago' }]);
    expect(await count(founder, id)).toBe(before);
    test.clock.now += 1000;
    expect((await founder.post(path(id), report)).status).toBe(201);
  });

  it('[PD4] from two devices at once one of them is refused', async () => {
    const { id, founder } = await street(phone, []);
    const answers = await Promise.all(Array.from({ length: 8 }, () => founder.post(path(id), report)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array<number>(7).fill(409),
    ]);
    expect((await founder.must(founder.get<IncidentPage>(path(id)))).incidents).toHaveLength(1);
  });

  it.each([
    ['another kind', { category: 'theft', answers: {} }],
    ['another place', { position: north(35) }],
    ['the reporter says that it is another', { evenSo: true }],
  ])('[PD4] %s is another report', async (_, over) => {
    const { id, founder } = await street(phone, []);
    await founder.must(founder.post(path(id), report));
    expect((await founder.post(path(id), { ...report, ...over })).status).toBe(201);
  });

  it('[PD4] another member’s is another report, and a home’s is one from anywhere in its cell', async () => {
    const { id, founder, neighbours } = await street(phone);
    const cell = coarsePosition(inside);
    await founder.must(founder.post(path(id), { ...report, position: cell, coarse: true }));
    const corner = { lat: cell.lat + 0.0004, lng: cell.lng };
    expect((await founder.post(path(id), { ...report, position: corner, coarse: true })).status).toBe(409);
    const bo = neighbours[0]?.phone ?? founder;
    expect((await bo.post(path(id), { ...report, position: cell, coarse: true })).status).toBe(201);
  });

  it('[PD4] the repetition of one command is no second report', async () => {
    const { id, founder } = await street(phone, []);
    const headers = { 'idempotency-key': uuid() };
    const first = await founder.post<Reported>(path(id), report, headers);
    const again = await founder.post<Reported>(path(id), report, headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
  });
});

describe('merging', () => {
  const merge = (who: Phone, id: string, from: Incident, into: string) =>
    who.post<Problem & Reported>(path(id, `/${from.id}/merge`), { into });

  /** Ada founded it; Bo and Cy reported the same; Di has to do with neither. */
  async function twice(over: Record<string, unknown> = {}) {
    const { id, founder, neighbours } = await street(phone, ['Bo', 'Cy', 'Di']);
    const [bo, cy, di] = neighbours;
    if (!bo || !cy || !di) throw new Error('neighbours');
    const { incident: first } = await bo.phone.report(id);
    const { incident: second } = await cy.phone.report(id, over);
    return { id, ada: founder, bo, cy, di, first, second };
  }

  it('[PD5] closes the one as a duplicate of the other, as one entry that says so', async () => {
    const { id, bo, cy, di, first, second } = await twice();
    const before = (await logOf(di.phone, id)).length;
    const answer = await merge(cy.phone, id, second, first.id);
    expect(answer.status).toBe(201);
    const outcome = {
      kind: 'duplicate',
      reason: '',
      by: cy.member.id,
      at: test.clock.now,
      duplicateOf: first.id,
    };
    const closed = { ...second, version: 2, status: 'closed', outcome };
    expect(answer.body.incident).toEqual(closed);
    expect((await logOf(di.phone, id)).slice(before)).toMatchObject([
      { type: 'incident.closed', by: cy.member.id, incident: closed },
    ]);
    const open = await bo.phone.must(bo.phone.get<IncidentPage>(path(id, '?status=open')));
    expect(open.incidents).toEqual([first]);
    const detail = await bo.phone.must(bo.phone.get<IncidentDetail>(path(id, `/${second.id}`)));
    expect(detail.incident).toEqual(closed);
  });

  it.each([
    ['who reported the one that closes', 'cy', 201],
    ['who reported the other', 'bo', 403],
    ['a neighbour who has to do with neither', 'di', 403],
  ] as const)('[PD6] %s: %i', async (_, who, status) => {
    const { id, first, second, ...people } = await twice();
    const before = (await logOf(people.ada, id)).length;
    expect((await merge(people[who].phone, id, second, first.id)).status).toBe(status);
    expect((await logOf(people.ada, id)).length - before).toBe(status === 201 ? 1 : 0);
  });

  it('[PD6] nobody ends another’s alert by raising one of their own', async () => {
    const { id, ada, di, first } = await twice();
    for (const anonymous of [false, true]) {
      const { incident: bait } = await di.phone.report(id, { anonymous });
      const before = await logOf(ada, id);
      expect((await merge(di.phone, id, first, bait.id)).status).toBe(403);
      expect(await logOf(ada, id)).toEqual(before);
      expect((await merge(di.phone, id, bait, first.id)).status).toBe(201);
    }
  });

  it('[PD6] a coordinator, a volunteer and who has it in hand may', async () => {
    const { id, ada, di, first, second } = await twice();
    test.clock.now += 48 * 3600 * 1000;
    const { incident: third } = await ada.report(id);
    const { incident: fourth } = await ada.report(id);
    expect((await merge(ada, id, second, first.id)).status).toBe(201);
    const handling: Handling = {
      incidentId: third.id,
      version: 1,
      step: 'owned',
      ownerId: di.member.id,
      since: test.clock.now,
      dueAt: null,
      silent: [],
    };
    const part = partOf(id, { field: 'handling', entity: handling });
    await test.deps.eventLog.commit({
      neighbourhoodId: id,
      event: { type: 'handling.changed', by: null, handling },
      at: test.clock.now,
      guards: [part.guard],
      writes: [part.write],
      body: {},
    });
    expect((await merge(di.phone, id, third, first.id)).status).toBe(201);
    const role = { role: 'volunteer' };
    await ada.must(ada.send('PUT', `/api/neighbourhoods/${id}/members/${di.member.id}/role`, role));
    expect((await merge(di.phone, id, fourth, first.id)).status).toBe(201);
  });

  it('[PD6] does not name an anonymous reporter', async () => {
    const { id, ada, cy, first, second } = await twice({ anonymous: true });
    const answer = await merge(cy.phone, id, second, first.id);
    expect(answer.body.incident.outcome).toMatchObject({ by: null, duplicateOf: first.id });
    expect(JSON.stringify((await logOf(ada, id)).at(-1))).not.toContain(cy.member.id);
  });

  it('[PD7] what is merged, opened again and merged once more is known once', async () => {
    const { id, ada, first, second } = await twice();
    for (let round = 0; round < 3; round += 1) {
      await ada.must(merge(ada, id, second, first.id));
      await ada.must(ada.post(path(id, `/${second.id}/reopening`), { reason: 'It is another.' }));
    }
    const { ids, version } = await createDuplicateStore(test.redis).getDuplicates(id, first.id);
    expect([ids, version]).toEqual([[second.id], 3]);
  });

  it('[PD7] is refused with itself, with what is closed, unknown or elsewhere, and in chains', async () => {
    const { id, ada, first, second } = await twice();
    const { incident: third } = await ada.report(id);
    const elsewhere = await street(phone, []);
    const { incident: foreign } = await elsewhere.founder.report(elsewhere.id);
    const refused = async (from: Incident, into: string) => {
      const before = await logOf(ada, id);
      const answer = await merge(ada, id, from, into);
      expect(await logOf(ada, id)).toEqual(before);
      return [answer.status, answer.body.issues?.[0]?.message];
    };
    expect(await refused(first, first.id)).toEqual([422, 'must be another incident']);
    expect(await refused(first, foreign.id)).toEqual([404, undefined]);
    expect(await refused(first, 'x'.repeat(20))).toEqual([404, undefined]);
    expect(await refused(first, 'not an id')).toEqual([422, 'must be an identifier']);
    await ada.must(merge(ada, id, second, first.id));
    const bothOpen = 'both incidents must be open';
    expect(await refused(second, third.id)).toEqual([409, bothOpen]);
    expect(await refused(third, second.id)).toEqual([409, bothOpen]);
    expect(await refused(first, second.id)).toEqual([409, bothOpen]);
    expect(await refused(first, third.id)).toEqual([
      409,
      'others were merged into this incident: merge the other one into it instead',
    ]);
    await ada.must(merge(ada, id, third, first.id));
  });

  it('[PD7] of several that are merged into one at once none is forgotten', async () => {
    const { id, ada, first, second } = await twice();
    const { incident: third } = await ada.report(id);
    const answers = await Promise.all([second, third].map((one) => merge(ada, id, one, first.id)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const { ids } = await createDuplicateStore(test.redis).getDuplicates(id, first.id);
    expect(new Set(ids)).toEqual(new Set([second.id, third.id]));
  });

  it('[PD7] of merges of one ring at the same moment none leads to another that is closed', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, ada, first, second } = await twice();
      const { incident: third } = await ada.report(id);
      await Promise.all([
        merge(ada, id, first, second.id),
        merge(ada, id, second, third.id),
        merge(ada, id, third, first.id),
      ]);
      const { incidents } = await ada.must(ada.get<IncidentPage>(path(id)));
      const open = new Set(incidents.filter(({ status }) => status === 'open').map((one) => one.id));
      const ends = incidents.flatMap(({ outcome }) => outcome?.duplicateOf ?? []);
      expect(ends).toHaveLength(3 - open.size);
      expect(ends.filter((end) => !open.has(end))).toEqual([]);
      expect(open.size).toBeLessThan(3);
    }
  });

  it('[HT6] a repeated merge answers the same and happens once', async () => {
    const { id, ada, first, second } = await twice();
    const headers = { 'idempotency-key': uuid() };
    const send = () => ada.post<Reported>(path(id, `/${second.id}/merge`), { into: first.id }, headers);
    const answers = [await send(), await send()];
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[1]?.body).toEqual(answers[0]?.body);
  });
});
