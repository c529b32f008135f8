import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../../shared/events.ts';
import type { Handling } from '../../../../shared/incident-life.ts';
import type { IncidentDetail } from '../../../../shared/incidents.ts';
import { newId } from '../../../../server/ids.ts';
import { patience } from '../../../../server/incidents/handling/handling.ts';
import { handlingTimer } from '../../../../server/incidents/handling/timer.ts';
import { importIncidents } from '../../../../server/incidents/store.ts';
import type { Redis } from '../../../../server/redis/client.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { appOf, phoneOf, startApp, type TestApp } from '../../../support/app.ts';
import { incidentOf } from '../../../support/incident.ts';
import { closeIncident } from '../../../support/incident-scene.ts';
import { inside, Phone, street } from '../../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const minute = 60_000;

/** Bo is a resident, Vi a volunteer; the founder, who coordinates, reports unless it is said otherwise. */
async function scene({ severity = 'moderate', names = ['Bo', 'Vi'], anonymous = false } = {}) {
  const at = await street(() => phoneOf(test), names);
  const [bo, vi] = at.neighbours;
  if (bo === undefined || vi === undefined) throw new Error('two neighbours are needed');
  const path = `/api/neighbourhoods/${at.id}`;
  const makeVolunteer = (memberId: string) =>
    at.founder.must(at.founder.send('PUT', `${path}/members/${memberId}/role`, { role: 'volunteer' }));
  await makeVolunteer(vi.member.id);
  const { incident } = await at.founder.report(at.id, { severity, anonymous });
  const { partition } = neighbourhoodKeys(at.id);
  const run = () => runDue(test.deps, partition, { handling: handlingTimer(test.deps) });
  const handling = async () =>
    (await at.founder.must(at.founder.get<IncidentDetail>(`${path}/incidents/${incident.id}`))).life.handling;
  return {
    ...at,
    bo,
    vi,
    incident,
    run,
    handling,
    answer: (phone: Phone, body: object) =>
      phone.must(phone.post<{ handling: Handling }>(`${path}/incidents/${incident.id}/responses`, body)),
    hand: (phone: Phone, memberId: string) =>
      phone.must(phone.post(`${path}/incidents/${incident.id}/handling`, { memberId })),
    /** Lets so many milliseconds pass, with the timers. */
    pass: async (ms: number) => {
      test.clock.now += ms;
      await run();
      return await handling();
    },
    steps: async () => {
      const { body } = await at.founder.get<LogPage>(`${path}/log`);
      return body.entries.flatMap((entry) =>
        entry.type === 'handling.changed' ? [[entry.handling.step, entry.by] as const] : [],
      );
    },
    timer: async () => {
      const { timers } = neighbourhoodKeys(at.id);
      return await test.redis.send(timers, 'ZSCORE', timers, `handling:${at.id}:${incident.id}`);
    },
  };
}

describe('silence of an owner', () => {
  it.each(['extreme', 'severe', 'moderate', 'minor'] as const)(
    '[RE6] of a %s incident gives it to the next who answered, and then to the ladder',
    async (severity) => {
      const { bo, vi, answer, pass, handling, run } = await scene({ severity });
      const { owner } = patience[severity];
      await answer(bo.phone, { kind: 'acknowledged' });
      await answer(vi.phone, { kind: 'acknowledged' });
      expect(await pass(owner - 1)).toMatchObject({ ownerId: bo.member.id, version: 1 });
      expect(await pass(1)).toMatchObject({
        ownerId: vi.member.id,
        since: test.clock.now,
        silent: [bo.member.id],
      });
      // Bo let it lie: it does not go back and forth between the two.
      const after = await pass(owner);
      expect(after).toMatchObject({ ownerId: null, silent: [bo.member.id, vi.member.id] });
      await run();
      expect(await handling()).toEqual(after);
      // Heard of again, it is theirs.
      await answer(bo.phone, { kind: 'acknowledged' });
      expect(await handling()).toMatchObject({
        step: 'owned',
        ownerId: bo.member.id,
        silent: [vi.member.id],
      });
    },
  );

  it('[RE6] ends with every answer of theirs, also with the same one', async () => {
    const { bo, answer, pass } = await scene();
    await answer(bo.phone, { kind: 'acknowledged' });
    for (let i = 0; i < 4; i += 1) {
      expect(await pass(19 * minute)).toMatchObject({ ownerId: bo.member.id });
      await answer(bo.phone, { kind: 'acknowledged' });
    }
    expect(await pass(20 * minute)).toMatchObject({ ownerId: null });
  });

  it('[RE20] does not end for ever with the same answer: only with what is new', async () => {
    const { bo, answer, pass, incident, id } = await scene();
    await answer(bo.phone, { kind: 'acknowledged' });
    // Ten times the patience: 200 minutes.
    for (let i = 0; i < 10; i += 1) {
      expect(await pass(19 * minute)).toMatchObject({ ownerId: bo.member.id });
      await answer(bo.phone, { kind: 'acknowledged' });
    }
    expect(await pass(9 * minute)).toMatchObject({ ownerId: bo.member.id });
    await bo.phone.must(
      bo.phone.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/updates`, {
        kind: 'observation',
        text: 'The water still rises.',
      }),
    );
    expect(await pass(19 * minute)).toMatchObject({ ownerId: bo.member.id });
    await answer(bo.phone, { kind: 'acknowledged' });
    expect(await pass(minute)).toMatchObject({ ownerId: null });
    // Another answer begins anew, and takes none of the time that there was.
    await answer(bo.phone, { kind: 'on-scene' });
    expect(await pass(59 * minute)).toMatchObject({ ownerId: bo.member.id });
  });

  it.each([
    [{ kind: 'on-scene' }, 60],
    [{ kind: 'en-route' }, 20],
    [{ kind: 'en-route', etaMinutes: 5 }, 20],
    [{ kind: 'en-route', etaMinutes: 35 }, 35],
    [{ kind: 'en-route', etaMinutes: 240 }, 60],
  ])('[RE6] is borne longer of who said %j: %i minutes', async (body, minutes) => {
    const { bo, answer, pass } = await scene();
    await answer(bo.phone, body);
    expect(await pass(minutes * minute - 1)).toMatchObject({ ownerId: bo.member.id });
    expect(await pass(1)).toMatchObject({ ownerId: null });
  });

  it('[RE6] of a member who has left passes it on to somebody who is still there', async () => {
    const { id, bo, vi, founder, neighbours, answer, pass } = await scene({ names: ['Bo', 'Vi', 'Cy'] });
    const [, , cy] = neighbours;
    if (cy === undefined) throw new Error('three neighbours are needed');
    for (const { phone } of [bo, vi, cy]) {
      test.clock.now += 1;
      await answer(phone, { kind: 'acknowledged' });
    }
    for (const { member } of [bo, vi])
      await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${member.id}`));
    expect(await pass(20 * minute)).toMatchObject({ ownerId: cy.member.id });
  });
});

describe('the ladder', () => {
  it.each([
    ['extreme', 3, 2],
    ['severe', 5, 3],
  ] as const)('[RE8] of a %s alert begins by itself when nobody answers', async (severity, first, step) => {
    const { pass, handling, steps, timer } = await scene({ severity });
    expect(await pass(first * minute - 1)).toBeNull();
    expect(await pass(1)).toMatchObject({ step: 'volunteers', ownerId: null, version: 1 });
    expect(await pass(step * minute - 1)).toMatchObject({ step: 'volunteers' });
    expect(await pass(1)).toMatchObject({ step: 'everyone', since: test.clock.now });
    expect(await pass(step * minute)).toMatchObject({ step: 'exhausted', dueAt: null });
    expect(await steps()).toEqual([
      ['volunteers', null],
      ['everyone', null],
      ['exhausted', null],
    ]);
    expect(await timer()).toBeNull();
    expect(await pass(24 * 60 * minute)).toEqual(await handling());
  });

  it.each(['moderate', 'minor'] as const)(
    '[RE8] of a %s alert waits for somebody to take it',
    async (severity) => {
      const { pass, timer } = await scene({ severity });
      expect(await timer()).toBeNull();
      expect(await pass(24 * 60 * minute)).toBeNull();
    },
  );

  it('[RE8] of an imported incident never begins', async () => {
    const { id } = await scene();
    const incident = incidentOf({
      id: newId(),
      severity: 'extreme',
      position: inside,
      reportedAt: test.clock.now,
      source: { name: 'test', ref: '1' },
    });
    await importIncidents(test.deps, id, 'test', [incident]);
    const { timers } = neighbourhoodKeys(id);
    expect(await test.redis.send(timers, 'ZSCORE', timers, `handling:${id}:${incident.id}`)).toBeNull();
  });

  it('[RE7] leaves out a step that would ask nobody', async () => {
    // The volunteer stood down and the coordinator is the reporter.
    const { bo, vi, answer, handling, hand, founder } = await scene();
    await answer(vi.phone, { kind: 'acknowledged' });
    await answer(vi.phone, { kind: 'stood-down' });
    expect(await handling()).toMatchObject({ step: 'everyone' });
    await hand(founder, bo.member.id);
    await answer(bo.phone, { kind: 'stood-down' });
    expect(await handling()).toMatchObject({ step: 'exhausted', dueAt: null });
  });

  it('[RE7] is silent about who an anonymous reporter is: no step is left out for them', async () => {
    const { bo, vi, answer, handling } = await scene({ anonymous: true });
    await answer(vi.phone, { kind: 'acknowledged' });
    await answer(vi.phone, { kind: 'stood-down' });
    expect(await handling()).toMatchObject({ step: 'volunteers' });
    await answer(bo.phone, { kind: 'on-scene' });
    expect(await handling()).toMatchObject({ step: 'owned', ownerId: bo.member.id });
  });

  it.each([0, 1, 2])('[RE7] ends on step %i with whoever answers', async (climbed) => {
    const { bo, answer, pass, handling } = await scene({ severity: 'severe' });
    await pass(5 * minute);
    for (let i = 0; i < climbed; i += 1) await pass(3 * minute);
    expect((await handling())?.step).toBe(['volunteers', 'everyone', 'exhausted'][climbed]);
    await answer(bo.phone, { kind: 'acknowledged' });
    expect(await handling()).toMatchObject({ step: 'owned', ownerId: bo.member.id });
    // And begins anew where that one is silent.
    expect(await pass(5 * minute)).toMatchObject({ step: 'volunteers' });
  });

  it('[RE9] ends with the incident', async () => {
    const { id, incident, pass, handling, timer, bo, answer } = await scene({ severity: 'extreme' });
    await answer(bo.phone, { kind: 'acknowledged' });
    const before = await handling();
    await closeIncident(test, id, incident.id);
    expect(await pass(60 * minute)).toEqual(before);
    expect(await timer()).toBeNull();
  });

  it('[RE9] is climbed once by many processes, also when one died with the timer', async () => {
    const { id, pass, steps, run } = await scene({ severity: 'extreme' });
    const { partition } = neighbourhoodKeys(id);
    test.clock.now += 3 * minute;
    await runDue(test.deps, partition, { handling: () => Promise.reject(new Error('died')) });
    expect(await steps()).toEqual([]);
    test.clock.now += minute;
    await Promise.all(Array.from({ length: 8 }, run));
    expect(await steps()).toEqual([['volunteers', null]]);
    await pass(2 * minute);
    expect(await steps()).toHaveLength(2);
  });

  it('[RE9] by many handlers at the same moment writes each step once', async () => {
    const { id, incident, steps } = await scene({ severity: 'extreme' });
    const handler = handlingTimer(test.deps);
    for (const wait of [3, 2, 2, 2]) {
      test.clock.now += wait * minute;
      await Promise.all(Array.from({ length: 6 }, () => handler(id, incident.id)));
    }
    expect((await steps()).map(([step]) => step)).toEqual(['volunteers', 'everyone', 'exhausted']);
  });

  it('[RE10] never stands without an owner where somebody answered while the owner left', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { bo, vi, answer, handling, run } = await scene();
      await answer(bo.phone, { kind: 'acknowledged' });
      await Promise.all([
        answer(bo.phone, { kind: 'stood-down' }),
        answer(vi.phone, { kind: 'acknowledged' }),
      ]);
      await run();
      expect(await handling()).toMatchObject({ step: 'owned', ownerId: vi.member.id });
    }
  });

  it('[RE10] nor where that answer was decided on before the owner left, and written after everything', async () => {
    const { id, incident, bo, vi, answer, handling, run } = await scene();
    await answer(bo.phone, { kind: 'acknowledged' });
    let meanwhile: (() => Promise<void>) | null = async () => {
      meanwhile = null;
      await answer(bo.phone, { kind: 'stood-down' });
      await run();
    };
    const { redis } = test;
    const slow: Redis = {
      ...redis,
      send: async (key, ...command) => {
        const reply = await redis.send(key, ...command);
        if (command.includes(`response:${vi.member.id}`)) await meanwhile?.();
        return reply;
      },
    };
    const stalled = appOf({ ...test.deps, redis: slow });
    const late = new Phone(
      (path, init) => stalled.request(`http://vigie.test${path}`, init) as Promise<Response>,
    );
    late.cookie = vi.phone.cookie;
    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/responses`;
    await late.must(late.post(path, { kind: 'acknowledged' }));
    expect(meanwhile).toBeNull();
    expect(await handling()).toMatchObject({ step: 'owned', ownerId: vi.member.id });
  });
});
