import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../shared/events.ts';
import { differenceOf, type IncidentHistory, mostChanges } from '../../../shared/history.ts';
import { freshnessTimer } from '../../../server/incidents/outcomes/freshness-timer.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { incidentOf } from '../../support/incident.ts';
import { street } from '../../support/phone.ts';

const day = 24 * 3600 * 1000;

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

/** Ada coordinates; Bo and Cy live here, and Bo reports. */
async function scene(over: Record<string, unknown> = {}) {
  const at = await street(() => phoneOf(test), ['Bo', 'Cy']);
  const [bo, cy] = at.neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody lives here');
  const { incident } = await bo.phone.report(at.id, over);
  const about = `/api/neighbourhoods/${at.id}/incidents/${incident.id}`;
  const changes = async () =>
    (await at.founder.must(at.founder.get<IncidentHistory>(`${about}/history`))).changes;
  return { ...at, bo, cy, incident, about, changes };
}

describe('history', () => {
  it('[HI1] has an entry for each change, with what was before and after, by whom and when', async () => {
    const { id, founder, founderMember, bo, cy, incident, about, changes } = await scene();
    const reportedAt = test.clock.now;
    test.clock.now += 60_000;
    await cy.phone.must(cy.phone.post(`${about}/responses`, { kind: 'acknowledged' }));
    await cy.phone.must(cy.phone.post(`${about}/responses`, { kind: 'on-scene' }));
    await cy.phone.must(cy.phone.post(`${about}/confirmations`, { kind: 'confirm' }));
    await founder.must(founder.post(`${about}/resolution`, { kind: 'resolved', reason: 'They left.' }));
    const found = await changes();

    const log = await founder.must(founder.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500`));
    const told = log.entries.filter(({ type }) => !/^(?:neighbourhood|member|invite)/u.test(type));
    expect(found.map(({ type, by, at }) => ({ type, by, at }))).toEqual(
      told.map(({ type, by, at }) => ({ type, by, at })),
    );
    const [reported, , onScene] = found;
    expect(reported).toMatchObject({ at: reportedAt, by: bo.member.id });
    expect(reported?.differences).toMatchObject([
      { of: 'incident', before: null, after: { description: incident.description } },
    ]);
    expect(onScene?.differences[0]).toEqual({
      of: 'response',
      memberId: cy.member.id,
      before: { kind: 'acknowledged' },
      after: { kind: 'on-scene' },
    });
    const closed = found.at(-1);
    expect(closed?.by).toBe(founderMember.id);
    expect(closed?.differences).toHaveLength(1);
    expect(closed?.differences[0]).toMatchObject({
      of: 'incident',
      before: { status: 'open', outcome: null },
      after: { status: 'closed', outcome: { kind: 'resolved', reason: 'They left.' } },
    });
    expect(Object.keys(closed?.differences[0]?.after ?? {}).toSorted()).toEqual(['outcome', 'status']);
  });

  it('[HI1] a repeated command is one change, and a refused one is none', async () => {
    const { bo, cy, about, changes } = await scene();
    const key = { 'idempotency-key': uuid() };
    for (let i = 0; i < 2; i += 1) await cy.phone.post(`${about}/responses`, { kind: 'en-route' }, key);
    await bo.phone.post(`${about}/confirmations`, { kind: 'confirm' });
    expect((await changes()).map(({ type }) => type)).toEqual(['incident.reported', 'response.given']);
  });

  it('[HI1] tells what time did, by nobody', async () => {
    const { id, incident, changes } = await scene({ category: 'noise', answers: {} });
    const timer = freshnessTimer(test.deps);
    for (let due = await timer(id, incident.id); due !== null; due = await timer(id, incident.id))
      test.clock.now = due;
    expect((await changes()).map(({ type, by }) => ({ type, by })).slice(1)).toEqual([
      { type: 'incident.changed', by: null },
      { type: 'incident.closed', by: null },
    ]);
  });

  it('[HI1] keeps the newest changes', async () => {
    const { id, cy, incident, about, changes } = await scene();
    const key = neighbourhoodKeys(id).incidentHistory(incident.id);
    const line = JSON.stringify({ at: 1, type: 'incident.changed', by: null, differences: [] });
    await test.redis.send(key, 'RPUSH', key, ...Array.from({ length: mostChanges }, () => line));
    await cy.phone.must(cy.phone.post(`${about}/responses`, { kind: 'en-route' }));
    const found = await changes();
    expect(found).toHaveLength(mostChanges);
    expect(found.at(-1)?.type).toBe('response.given');
  });

  it('[HI2] names an anonymous reporter nowhere', async () => {
    const { bo, cy, about, changes } = await scene({ anonymous: true });
    await cy.phone.must(cy.phone.post(`${about}/responses`, { kind: 'acknowledged' }));
    await bo.phone.must(bo.phone.post(`${about}/freshness`, {}));
    await bo.phone.must(bo.phone.post(`${about}/resolution`, { kind: 'false-alarm', reason: 'My own car.' }));
    test.clock.now += 1000;
    await bo.phone.must(bo.phone.post(`${about}/reopening`, { reason: 'It was not.' }));
    const found = await changes();
    expect(found).toHaveLength(5);
    expect(JSON.stringify(found)).not.toContain(bo.member.id);
    expect(JSON.stringify(found)).toContain(cy.member.id);
  });

  it('[HI2] says of a new update that it came, and leaves its words with the update', () => {
    const update = { id: 'u', version: 1, kind: 'comment', text: 'canary', by: null, mentions: [], at: 1 };
    const posted = differenceOf({ of: 'update', memberId: null, before: null, after: update });
    expect(posted.after).toEqual({ kind: 'comment', by: null });
  });

  it('[HI1] compares values and not objects', () => {
    const before = incidentOf({ id: 'i', position: { lat: 1, lng: 2 } });
    const after = { ...before, version: 2, position: { lat: 1, lng: 2 }, title: 'x' };
    expect(differenceOf({ of: 'incident', memberId: null, before, after })).toEqual({
      of: 'incident',
      memberId: null,
      before: { title: null },
      after: { title: 'x' },
    });
  });

  it('[HI1] of what is no incident there is no history', async () => {
    const { id, founder } = await scene();
    expect((await founder.get(`/api/neighbourhoods/${id}/incidents/${'A'.repeat(16)}/history`)).status).toBe(
      404,
    );
    test.clock.now += day;
  });
});
