import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { forgetPatrols } from '../../../server/patrols/personal.ts';
import { createPatrolStore } from '../../../server/patrols/store.ts';
import { patrolTimer } from '../../../server/patrols/timer.ts';
import { runDue } from '../../../server/timers/timers.ts';
import type { LogPage } from '../../../shared/events.ts';
import {
  askingMs,
  gatheringMs,
  type Patrol,
  type PatrolChanged,
  type PartnerCodeShown,
  patrolMs,
  silenceMs,
} from '../../../shared/patrols.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../../support/patrol-scene.ts';
import { inside, type Phone, street } from '../../support/phone.ts';
import { eventually } from '../../support/eventually.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const minute = 60_000;

async function scene(app = test) {
  const at = await street(() => phoneOf(app), ['Vi', 'Wes', 'Ben', 'Cy']);
  const [vi, wes, ben, cy] = at.neighbours;
  if (!vi || !wes || !ben || !cy) throw new Error('nobody lives here');
  await volunteer(at.founder, at.id, vi.member.id);
  await volunteer(at.founder, at.id, wes.member.id);
  await wantPatrols(app.redis, at.id, [at.founderMember.id, vi.member.id, wes.member.id]);
  const path = `/api/neighbourhoods/${at.id}/patrols`;
  const known = async (id: string): Promise<Patrol | undefined> => {
    const { patrols } = (await cy.phone.get<Snapshot>(`/api/neighbourhoods/${at.id}/snapshot`)).body;
    return patrols.find((patrol) => patrol.id === id);
  };
  return {
    ...at,
    vi,
    wes,
    /** residents */
    ben,
    cy,
    path,
    known,
    post: (phone: Phone, rest: string, body: object = {}) => phone.post<PatrolChanged>(path + rest, body),
    running: async () => {
      const { id } = await startPatrol(vi.phone, at.id);
      return await comeAlong(vi.phone, wes.phone, at.id, id);
    },
    log: async () => (await cy.phone.get<LogPage>(`/api/neighbourhoods/${at.id}/log?limit=500`)).body.entries,
    /** Lets time pass on several processes at once. */
    pass: async (ms: number) => {
      app.clock.now += ms;
      const { partition } = neighbourhoodKeys(at.id);
      const timers = { patrol: patrolTimer(app.deps) };
      await Promise.all([1, 2, 3].map(() => runDue(app.deps, partition, timers)));
    },
  };
}

describe('the start', () => {
  it('[RN1] is a volunteer’s, where the neighbours want patrols, here, and one round at a time', async () => {
    const { vi, wes, ben, founder, id, path, post, known } = await scene();
    expect((await post(ben.phone, '')).status).toBe(403);
    const far = { position: { lat: inside.lat + 0.05, lng: inside.lng } };
    const refused = await post(vi.phone, '', far);
    expect([refused.status, refused.body]).toMatchObject([422, { issues: [{ path: 'position' }] }]);
    expect((await post(vi.phone, '', { shiftId: 'A'.repeat(16) })).status).toBe(422);
    expect((await post(vi.phone, '', { route: [inside] })).status).toBe(422);
    const key = { 'idempotency-key': uuid() };
    const first = await vi.phone.post<PatrolChanged>(path, { position: inside }, key);
    expect(first.status).toBe(201);
    const again = await vi.phone.post<PatrolChanged>(path, { position: inside }, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    expect(await known(first.body.patrol.id)).toEqual(first.body.patrol);
    expect(first.body.patrol).toMatchObject({
      state: 'gathering',
      runningSince: null,
      walkers: [{ memberId: vi.member.id, leftAt: null }],
    });
    expect((await post(vi.phone, '')).status).toBe(409);
    await startPatrol(founder, id);
    expect((await post(wes.phone, '')).status).toBe(201);
  });

  it('[RN1] is refused where the neighbours have not switched patrols on', async () => {
    const at = await street(() => phoneOf(test));
    expect((await at.founder.post(`/api/neighbourhoods/${at.id}/patrols`)).status).toBe(409);
  });

  it('[RN1] throws the place away: neither it nor a guess at it is stored', async () => {
    const { vi, path, id } = await scene();
    const position = { lat: 45.760_123_456_7, lng: 4.835_765_432_1 };
    const body = JSON.stringify({ position });
    await vi.phone.must(vi.phone.post(path, body));
    const { hash } = await import('node:crypto');
    const guess = hash('sha256', `POST ${path}\n${body}`, 'base64url');
    const keys = await test.redis.send(neighbourhoodKeys(id).meta, 'KEYS', neighbourhoodKeys(id).all);
    const dumps = await Promise.all(
      (keys as string[]).map(async (key) => {
        const type = String(await test.redis.send(key, 'TYPE', key));
        const read = { hash: ['HGETALL', key], zset: ['ZRANGE', key, '0', '-1', 'WITHSCORES'] }[type] ?? null;
        if (read !== null)
          return JSON.stringify(await test.redis.send(key, ...(read as [string, ...string[]])));
        if (type === 'stream') return JSON.stringify(await test.redis.send(key, 'XRANGE', key, '-', '+'));
        return JSON.stringify(type === 'string' ? await test.redis.send(key, 'GET', key) : null);
      }),
    );
    const all = dumps.join('\n');
    expect(all).toContain('patrol.started');
    for (const secret of ['45.760123', '4.835765', guess]) expect(all).not.toContain(secret);
  });
});

describe('partners', () => {
  it('[RN2] it waits for the second, who types the code of the first phone, and runs with them', async () => {
    const { vi, wes, ben, cy, founder, id, path, post, known } = await scene();
    const patrol = await startPatrol(vi.phone, id);
    const codePath = `${path}/${patrol.id}/code`;
    for (const phone of [founder, ben.phone]) expect((await phone.get(codePath)).status).toBe(403);
    const { code, expiresAt } = (await vi.phone.get<PartnerCodeShown>(codePath)).body;
    expect(expiresAt - test.clock.now).toBeLessThanOrEqual(minute);
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await post(wes.phone, `/${patrol.id}/walkers`, { code: wrong })).status).toBe(403);
    const joined = await post(wes.phone, `/${patrol.id}/walkers`, { code });
    expect(joined.body.patrol).toMatchObject({ state: 'running', runningSince: test.clock.now });
    expect((await post(wes.phone, `/${patrol.id}/walkers`, { code })).status).toBe(409);
    // A newcomer comes along beside them; the code holds two minutes at most.
    test.clock.now = expiresAt + minute - 1;
    expect((await post(ben.phone, `/${patrol.id}/walkers`, { code })).status).toBe(201);
    test.clock.now += 1;
    expect((await post(cy.phone, `/${patrol.id}/walkers`, { code })).status).toBe(403);
    expect((await known(patrol.id))?.walkers.map(({ memberId }) => memberId)).toEqual(
      [vi, wes, ben].map(({ member }) => member.id),
    );
  });

  it('[RN2] or a tap on both phones: asked by one, let in by the other, within five minutes', async () => {
    const { vi, wes, ben, founder, id, post, known } = await scene();
    const patrol = await startPatrol(vi.phone, id);
    const letIn = (phone: Phone, memberId: string) => post(phone, `/${patrol.id}/walkers/${memberId}`);
    expect((await letIn(vi.phone, wes.member.id)).status).toBe(409);
    expect((await post(wes.phone, `/${patrol.id}/walkers`)).body.patrol).toMatchObject({
      state: 'gathering',
      asking: [{ memberId: wes.member.id }],
    });
    for (const phone of [founder, ben.phone, wes.phone])
      expect((await letIn(phone, wes.member.id)).status).toBe(403);
    test.clock.now += askingMs + 1;
    expect((await letIn(vi.phone, wes.member.id)).status).toBe(409);
    await post(wes.phone, `/${patrol.id}/walkers`);
    expect((await letIn(vi.phone, wes.member.id)).body.patrol).toMatchObject({
      state: 'running',
      asking: [],
    });
    // Whoever walks one round joins no other.
    const other = await startPatrol(founder, id);
    expect((await post(wes.phone, `/${other.id}/walkers`)).status).toBe(409);
    expect((await known(other.id))?.state).toBe('gathering');
  });

  it('[RN2] two who let the same member into two rounds at once: they walk one', async () => {
    const { vi, wes, ben, id, path, post } = await scene();
    const [one, two] = [await startPatrol(vi.phone, id), await startPatrol(wes.phone, id)];
    for (const { id } of [one, two]) await post(ben.phone, `/${id}/walkers`);
    const answers = await Promise.all([
      vi.phone.post(`${path}/${one.id}/walkers/${ben.member.id}`),
      wes.phone.post(`${path}/${two.id}/walkers/${ben.member.id}`),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it('[RN2] who asked and is no member any more is let in by nobody', async () => {
    const { vi, ben, founder, id, post, known } = await scene();
    const patrol = await startPatrol(vi.phone, id);
    expect((await post(ben.phone, `/${patrol.id}/walkers`)).status).toBe(201);
    await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${ben.member.id}`));
    expect((await post(vi.phone, `/${patrol.id}/walkers/${ben.member.id}`)).status).toBe(404);
    expect((await known(patrol.id))?.walkers.map(({ memberId }) => memberId)).toEqual([vi.member.id]);
  });

  it('[RN2] codes cannot be found by trying', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { vi, wes, id, post } = await scene(limited);
      const patrol = await startPatrol(vi.phone, id);
      const { code } = (
        await vi.phone.get<PartnerCodeShown>(`/api/neighbourhoods/${id}/patrols/${patrol.id}/code`)
      ).body;
      const statuses: number[] = [];
      for (let i = 0; i < 11; i += 1) {
        const wrong = String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0');
        statuses.push((await post(wes.phone, `/${patrol.id}/walkers`, { code: wrong })).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429]);
      expect((await post(wes.phone, `/${patrol.id}/walkers`, { code })).status).toBe(429);
    } finally {
      await limited.stop();
    }
  });
});

describe('the end', () => {
  it('[RN3] is any walker’s and nobody else’s; who leaves one alone ends it', async () => {
    const { vi, wes, ben, founder, id, post, running, known } = await scene();
    const { id: patrolId } = await running();
    for (const phone of [founder, ben.phone])
      for (const what of ['end', 'leave'])
        expect((await post(phone, `/${patrolId}/${what}`)).status).toBe(403);
    expect((await known(patrolId))?.state).toBe('running');
    const ended = (await post(wes.phone, `/${patrolId}/end`)).body.patrol;
    expect(ended).toMatchObject({ state: 'ended', end: { why: 'walker', by: wes.member.id } });
    expect(ended.walkers.map(({ leftAt }) => leftAt)).toEqual([test.clock.now, test.clock.now]);
    for (const what of ['end', 'leave', 'walkers'])
      expect((await post(vi.phone, `/${patrolId}/${what}`)).status).toBe(409);

    const second = await running();
    await comeAlong(vi.phone, ben.phone, id, second.id);
    expect((await post(vi.phone, `/${second.id}/leave`)).body.patrol.state).toBe('running');
    // Free for another round at once, or for this one again.
    await comeAlong(wes.phone, vi.phone, id, second.id);
    await post(vi.phone, `/${second.id}/leave`);
    expect((await post(ben.phone, `/${second.id}/leave`)).body.patrol).toMatchObject({
      state: 'ended',
      end: { why: 'few', by: ben.member.id },
    });
    expect((await post(vi.phone, '')).status).toBe(201);
  });

  it('[RN4] comes by itself after four hours, and for who waits alone for half an hour; once, by several processes', async () => {
    const { ben, wes, founder, id, running, known, pass, log } = await scene();
    const alone = await startPatrol(founder, id);
    await pass(gatheringMs - 1);
    const { id: patrolId } = await running();
    await pass(2);
    expect((await known(alone.id))?.end).toMatchObject({ why: 'few', by: null });
    for (let i = 0; i < 4; i += 1) await pass(patrolMs / 4 - minute);
    expect((await known(patrolId))?.state).toBe('running');
    await pass(4 * minute);
    expect((await known(patrolId))?.end).toMatchObject({ why: 'time', by: null });
    await pass(10 * minute);
    expect((await log()).filter(({ type }) => type === 'patrol.ended')).toHaveLength(2);
    expect(await createPatrolStore(test.redis).walkedBy(id, wes.member.id)).toBeNull();
    expect((await ben.phone.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`)).body.patrols).toHaveLength(
      2,
    );
  });

  it('[RN4] comes twenty minutes after the last position, but not where nobody ever shared one', async () => {
    const { founder, ben, id, running, known, pass } = await scene();
    const silent = await running();
    const store = createPatrolStore(test.redis);
    const heard = await startPatrol(founder, id);
    await comeAlong(founder, ben.phone, id, heard.id);
    await store.hear(id, heard.id, test.clock.now);
    await pass(silenceMs - 1);
    expect((await known(heard.id))?.state).toBe('running');
    await pass(minute);
    expect((await known(heard.id))?.end).toMatchObject({ why: 'silence', by: null });
    expect(await store.heardAt(id, heard.id)).toBeNull();
    expect((await known(silent.id))?.state).toBe('running');
  });

  it('[RN4] comes when too few of its walkers are members still', async () => {
    const { wes, founder, id, running, known, pass } = await scene();
    const { id: patrolId } = await running();
    await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${wes.member.id}`));
    await pass(minute);
    expect((await known(patrolId))?.end).toMatchObject({ why: 'few', by: null });
  });
});

describe('what is kept of it', () => {
  it('[RN9] whoever chooses whom they are not shown to has every server told that they did, and not whom', async () => {
    const { vi, cy, id, path } = await scene();
    const heard: unknown[] = [];
    const end = await test.deps.eventLog.subscribe(id, (message) => void heard.push(message));
    await vi.phone.must(vi.phone.send('PUT', `${path}/blocking`, { blocked: [cy.member.id] }));
    await eventually(() => heard.length > 0);
    expect(heard).toEqual([{ kind: 'blocking', memberId: vi.member.id }]);
    await end();
  });

  it('[RN13] is taken along, and goes with its member and with time', async () => {
    const { vi, wes, cy, id, running, known, path } = await scene();
    const patrol = await running();
    await vi.phone.must(vi.phone.send('PUT', `${path}/blocking`, { blocked: [cy.member.id] }));
    await cy.phone.must(cy.phone.send('PUT', `${path}/blocking`, { blocked: [vi.member.id, wes.member.id] }));
    type Export = { neighbourhoods: { patrols: object[]; notShownTo: string[] }[] };
    const [own] = (await vi.phone.get<Export>('/api/me/export')).body.neighbourhoods;
    expect(own).toMatchObject({ patrols: [{ id: patrol.id, leftAt: null }], notShownTo: [cy.member.id] });
    expect((await vi.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    expect((await known(patrol.id))?.end).toMatchObject({ why: 'few', by: null });
    const store = createPatrolStore(test.redis);
    expect((await store.getBlocking(id, vi.member.id)).version).toBe(0);
    expect((await store.getBlocking(id, cy.member.id)).blocked).toEqual([wes.member.id]);

    test.clock.now += 31 * 24 * 3600 * 1000;
    await forgetPatrols(test.deps)(id, 30);
    const { patrols, patrolTimes, patrolsOpen, patrolOf } = neighbourhoodKeys(id);
    const counts = await Promise.all([
      test.redis.send(patrols, 'HLEN', patrols),
      test.redis.send(patrolTimes, 'ZCARD', patrolTimes),
      test.redis.send(patrolsOpen, 'ZCARD', patrolsOpen),
      test.redis.send(patrolOf, 'HLEN', patrolOf),
    ]);
    expect(counts).toEqual([0, 0, 0, 0]);
  });
});
