import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetRelays } from '../../../server/relays/personal.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import { mostOfBuddy, mostPairings } from '../../../shared/relays.ts';
import type { Reported } from '../../../shared/incidents.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { minute, relayScene } from './relay-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());
const scene = () => relayScene(test);

describe('who tells whom', () => {
  it('[BU1] a member tells somebody by name; only buddies, who is asked and coordinators read it, and no entry names them', async () => {
    const { ada, vi, bo, cy, add, post, pairings, entries } = await scene();
    const id = await add(bo.phone);
    await bo.phone.must(post(bo.phone, `/pairings/${id}/buddies`, { memberId: cy.member.id }));
    const one = { id, name: 'Mme Durand', buddyIds: [bo.member.id], asked: cy.member.id };
    for (const { phone } of [ada, bo, cy]) expect(await pairings(phone)).toMatchObject([one]);
    expect(await pairings(vi.phone)).toEqual([]);
    expect(JSON.stringify(await entries())).not.toContain('Durand');
    for (const name of ['', ' ', 'x'.repeat(61), 'a\u202Eb'])
      expect((await post(bo.phone, '/pairings', { name })).status).toBe(422);
    expect((await post(bo.phone, '/pairings', { name: 'A', phone: '0600000000' })).status).toBe(422);
  });

  it('[BU2] a repeated command adds one person; three are told by a member, two hundred in a neighbourhood, also at once', async () => {
    const { id: n, bo, cy, add, post, pairings, path } = await scene();
    const key = { 'idempotency-key': '018f2f66-7b5c-7cc1-8c5a-3d2d3a4b5c6d' };
    const send = () => bo.phone.post(`${path}/pairings`, { name: 'Mme Durand' }, key);
    const first = await send();
    const again = await send();
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const more = await Promise.all(['A', 'B', 'C', 'D'].map((name) => post(bo.phone, '/pairings', { name })));
    expect(more.filter(({ status }) => status === 201)).toHaveLength(mostOfBuddy - 1);
    expect(more.filter(({ status }) => status === 409)).toHaveLength(5 - mostOfBuddy);
    expect(await pairings(bo.phone)).toHaveLength(mostOfBuddy);
    // Neither by being asked.
    const other = await add(cy.phone, 'E');
    await cy.phone.must(post(cy.phone, `/pairings/${other}/buddies`, { memberId: bo.member.id }));
    expect((await post(bo.phone, `/pairings/${other}/answer`, { accept: true })).status).toBe(409);
    const { pairings: key2 } = neighbourhoodKeys(n);
    const full = Array.from({ length: mostPairings }, (_, i) => ({
      ...{ id: `pairing-${String(i).padStart(12, '0')}`, name: 'X', buddyIds: [], asked: null, at: 1 },
    }));
    await test.redis.send(key2, 'HSET', key2, 'all', `9|${JSON.stringify({ version: 9, pairings: full })}`);
    expect((await post(cy.phone, '/pairings', { name: 'F' })).status).toBe(409);
  });

  it('[BU3] a second buddy is asked and says yes or no; a buddy leaves it, and they or a coordinator end it', async () => {
    const { ada, vi, bo, cy, di, add, post, second, pairings } = await scene();
    const id = await add(bo.phone);
    const rest = `/pairings/${id}`;
    // Who has nothing to do with it does not learn that it is there.
    expect((await post(vi.phone, `${rest}/end`)).status).toBe(404);
    expect((await post(vi.phone, `${rest}/answer`, { accept: true })).status).toBe(404);
    expect((await post(vi.phone, `${rest}/leave`)).status).toBe(404);
    await bo.phone.must(post(bo.phone, `${rest}/buddies`, { memberId: cy.member.id }));
    expect((await post(cy.phone, `${rest}/end`)).status).toBe(403);
    expect((await post(cy.phone, `${rest}/buddies`, { memberId: di.member.id })).status).toBe(403);
    await cy.phone.must(post(cy.phone, `${rest}/answer`, { accept: false }));
    expect(await pairings(cy.phone)).toEqual([]);
    await second(bo.phone, id, cy);
    expect((await pairings(cy.phone))[0]?.buddyIds).toEqual([bo.member.id, cy.member.id]);
    expect((await post(bo.phone, `${rest}/buddies`, { memberId: di.member.id })).status).toBe(409);
    await bo.phone.must(post(bo.phone, `${rest}/leave`));
    expect((await pairings(ada.phone))[0]?.buddyIds).toEqual([cy.member.id]);
    await cy.phone.must(post(cy.phone, `${rest}/leave`));
    expect((await pairings(ada.phone))[0]?.buddyIds).toEqual([]);
    // A coordinator finds somebody else.
    await second(ada.phone, id, di);
    await di.phone.must(post(di.phone, `${rest}/end`));
    expect(await pairings(ada.phone)).toEqual([]);
    const other = await add(bo.phone);
    await ada.phone.must(post(ada.phone, `/pairings/${other}/end`));
    expect(await pairings(bo.phone)).toEqual([]);
  });
});

describe('telling them', () => {
  it('[BU4] a grave alert that everybody is told asks one buddy, after ten minutes the other, then volunteers; the first word ends it', async () => {
    const at = await scene();
    const { vi, bo, cy, di, add, second, alarm, pass, toTell, told, steps } = at;
    await second(bo.phone, await add(bo.phone), cy);
    const { id } = await alarm();
    // By several processes at once.
    await Promise.all([1, 2, 3].map(() => runDue(test.deps, at.partition, at.timers)));
    expect(await steps()).toEqual(['asking first']);
    expect(await toTell(bo.phone, id)).toMatchObject([
      { name: 'Mme Durand', relay: { state: 'asking', step: 'first', asked: [bo.member.id] } },
    ]);
    expect(await toTell(vi.phone, id)).toEqual([]);
    await pass(10 * minute - 1);
    expect(await steps()).toHaveLength(1);
    await pass(1);
    expect((await toTell(cy.phone, id))[0]?.relay.asked).toEqual([cy.member.id]);
    await pass(10 * minute);
    await pass(60 * minute);
    expect(await steps()).toEqual(['asking first', 'asking second', 'asking volunteers']);
    const [relay] = (await toTell(vi.phone, id)).map((one) => one.relay);
    expect(await toTell(di.phone, id)).toEqual([]);
    expect((await told(di.phone, relay)).status).toBe(403);
    const words = await Promise.all([told(vi.phone, relay), told(bo.phone, relay)]);
    expect(words.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await steps()).toHaveLength(4);
    await pass(60 * minute);
    expect((await steps()).at(-1)).toBe('told volunteers');
  });

  it.each([
    ['a lesser alert', { severity: 'moderate' }],
    ['one that is told to volunteers only', { audience: 'volunteers' }],
  ])('[BU5] %s asks nobody', async (_, over) => {
    const { id: n, bo, add, pass, alarm, steps, partition, timers } = await scene();
    await add(bo.phone);
    if ('audience' in over) {
      const { incident } = await bo.phone.report(n, { severity: 'severe' });
      expect(incident.audience).toBe('volunteers');
    } else await alarm(over);
    await runDue(test.deps, partition, timers);
    await pass(minute);
    expect(await steps()).toEqual([]);
  });

  it('[BU5] an alert from before they were added asks nobody, and one that a second witness widens does', async () => {
    const { id: n, ada, bo, cy, add, pass, alarm, steps, post } = await scene();
    const { id } = await alarm();
    test.clock.now += minute;
    const { incident } = await cy.phone.report(n, { severity: 'severe', category: 'theft' });
    test.clock.now -= minute / 2;
    await add(bo.phone);
    test.clock.now += minute;
    await cy.phone.must(post(cy.phone, `/incidents/${id}/confirmations`, { kind: 'confirm' }));
    await pass(0);
    expect(await steps()).toEqual([]);
    await ada.phone.must(post(ada.phone, `/incidents/${incident.id}/confirmations`, { kind: 'confirm' }));
    await pass(0);
    expect(await steps()).toEqual(['asking first']);
  });

  it('[BU6] what is over is told to whom was told, once, by who told them; who was not told hears nothing of it', async () => {
    const { ada, vi, bo, cy, add, alarm, pass, close, toTell, told, steps, post } = await scene();
    await add(bo.phone, 'Mme Durand');
    await add(cy.phone, 'M. Petit');
    const { id } = await alarm();
    await pass(0);
    const [mine] = (await toTell(bo.phone, id)).map((one) => one.relay);
    await bo.phone.must(told(bo.phone, mine));
    await close(id);
    await pass(0);
    expect(await steps()).toEqual([
      ...['asking first', 'asking first', 'told first'],
      ...['ending first', 'over first'],
    ]);
    expect((await toTell(bo.phone, id))[0]?.relay).toMatchObject({ state: 'ending', asked: [bo.member.id] });
    expect((await toTell(cy.phone, id))[0]?.relay.state).toBe('over');
    expect(await toTell(vi.phone, id)).toEqual([]);
    await pass(60 * minute);
    await bo.phone.must(told(bo.phone, mine));
    expect((await toTell(bo.phone, id))[0]?.relay.state).toBe('over');
    expect(await steps()).toHaveLength(6);
    // Open again, both are to be told anew.
    await ada.phone.must(post(ada.phone, `/incidents/${id}/reopening`, { reason: 'It burns again.' }));
    await pass(0);
    expect((await steps()).slice(6)).toEqual(['asking first', 'asking first']);
  });

  it('[BU6] an alert that merely grew old, or goes on as another, asks nobody again', async () => {
    const { bo, ada, add, alarm, pass, toTell, told, steps, post } = await scene();
    await add(bo.phone);
    const first = await alarm();
    const other = await alarm();
    await pass(0);
    const [relay] = (await toTell(bo.phone, other.id)).map((one) => one.relay);
    await bo.phone.must(told(bo.phone, relay));
    await ada.phone.must(post(ada.phone, `/incidents/${other.id}/merge`, { into: first.id }));
    await pass(0);
    expect((await steps()).at(-1)).toBe('over first');
    expect((await toTell(bo.phone, other.id))[0]?.relay.state).toBe('over');
  });

  it('[BU7] an SOS that everybody is told is passed on, never by the phone of whoever raised it; one for a chosen few is not', async () => {
    const { bo, cy, path, add, second, pass, steps, toTell, vi } = await scene();
    await second(bo.phone, await add(bo.phone), cy);
    const sos = await bo.phone.must(bo.phone.post<Reported>(`${path}/sos`));
    await pass(0);
    expect(await steps()).toEqual(['asking second']);
    expect(await toTell(bo.phone, sos.incident.id)).toEqual([]);
    expect((await toTell(cy.phone, sos.incident.id))[0]?.relay.asked).toEqual([cy.member.id]);
    await cy.phone.must(cy.phone.send('PUT', `${path}/sos/sharing`, { sharing: [vi.member.id] }));
    await cy.phone.must(cy.phone.post<Reported>(`${path}/sos`));
    await pass(0);
    expect(await steps()).toHaveLength(1);
  });
});

describe('what stays of it', () => {
  it('[BU8] who leaves tells nobody any more: it waits for another, and volunteers are asked at once', async () => {
    const { ada, bo, path, add, alarm, pass, pairings, steps } = await scene();
    await add(bo.phone);
    await ada.phone.must(ada.phone.send('DELETE', `${path}/members/${bo.member.id}`));
    await pass(0);
    expect(await pairings(ada.phone)).toMatchObject([{ name: 'Mme Durand', buddyIds: [] }]);
    await alarm();
    await pass(0);
    expect(await steps()).toEqual(['asking volunteers']);
  });

  it('[BU8] what has ended is neither asked any further nor shown', async () => {
    const { ada, bo, add, alarm, pass, post, steps, toTell, told } = await scene();
    const pairingId = await add(bo.phone);
    const { id } = await alarm();
    await pass(0);
    const [relay] = (await toTell(bo.phone, id)).map((one) => one.relay);
    await ada.phone.must(post(ada.phone, `/pairings/${pairingId}/end`));
    await pass(60 * minute);
    expect(await steps()).toHaveLength(1);
    expect(await toTell(bo.phone, id)).toEqual([]);
    expect((await told(bo.phone, relay)).status).toBe(404);
  });

  it('[BU9] a member takes along whom they tell and what they passed on; erasing and time leave nothing of them', async () => {
    const { id: n, bo, cy, add, second, alarm, pass, toTell, told } = await scene();
    await second(bo.phone, await add(bo.phone), cy);
    const { id } = await alarm();
    await pass(0);
    const [relay] = (await toTell(bo.phone, id)).map((one) => one.relay);
    await bo.phone.must(told(bo.phone, relay));
    type Export = { neighbourhoods: Record<string, unknown>[] };
    const { neighbourhoods } = await bo.phone.must(bo.phone.get<Export>('/api/me/export'));
    expect(neighbourhoods[0]).toMatchObject({
      withoutPhone: [{ name: 'Mme Durand', answered: true }],
      passedOn: [{ incidentId: id, at: new Date(test.clock.now).toISOString() }],
    });
    await bo.phone.must(bo.phone.send('DELETE', '/api/me?confirm=erase'));
    const keys = neighbourhoodKeys(n);
    const left = await Promise.all(
      [keys.pairings, keys.relays].map((key) => test.redis.send(key, 'HVALS', key)),
    );
    expect(JSON.stringify(left)).not.toContain(bo.member.id);
    expect(JSON.stringify(left)).toContain(cy.member.id);
    await forgetRelays(test.deps)(n, 1);
    expect(await test.redis.send(keys.relays, 'HLEN', keys.relays)).toBe(1);
    test.clock.now += 24 * 60 * minute + 1;
    await forgetRelays(test.deps)(n, 1);
    for (const key of [keys.relays, keys.relayTimes])
      expect(await test.redis.send(key, 'EXISTS', key)).toBe(0);
  });
});
