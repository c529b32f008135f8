import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calendarLeaver } from '../../../server/calendar/leaver-timer.ts';
import { createCalendarStore } from '../../../server/calendar/store.ts';
import { forgetLeavers } from '../../../server/neighbourhoods/forgetting.ts';
import { patrolLeaver } from '../../../server/patrols/leaver-timer.ts';
import { patrolTimer } from '../../../server/patrols/timer.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { asStrings } from '../../../server/redis/reply.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { comeAlong, startPatrol } from '../../support/patrol-scene.ts';
import { minute, missed, safetyScene } from './safety-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Scene = Awaited<ReturnType<typeof safetyScene>>;

const removeVi = ({ ada, vi, path }: Scene) =>
  ada.phone.must(ada.phone.send('DELETE', `${path}/members/${vi.member.id}`));
const timersOf = async ({ id, patrol, vi }: Scene) => {
  const { timers } = neighbourhoodKeys(id);
  const names = asStrings(await test.redis.send(timers, 'ZRANGE', timers, '0', '-1'));
  return names.filter((name) => name.includes(`${patrol.id}.${vi.member.id}`));
};

describe('who is a member no more', () => {
  it('[HS14] is not waited for, also where their round ends with their going', async () => {
    const scene = await safetyScene(test);
    const { id, wes, patrol, well, pass, log, steps } = scene;
    await removeVi(scene);
    await patrolTimer(test.deps)(id, patrol.id);
    expect((await log()).at(-1)).toMatchObject({ type: 'patrol.ended', patrol: { end: { why: 'few' } } });
    await pass(29 * minute);
    await wes.phone.must(well(wes.phone));
    await pass(minute);
    await pass(5 * minute);
    await pass(2 * minute);
    expect(await steps()).toEqual(['over']);
    expect(await timersOf(scene)).toEqual([]);
  });

  it('[HS14] is looked for no more: with the next step, or with their going', async () => {
    for (const how of ['step', 'going'] as const) {
      const scene = await safetyScene(test);
      const { id, vi, res, pass, steps, snapshot } = scene;
      await missed(scene);
      await removeVi(scene);
      if (how === 'step') await pass(2 * minute);
      else await patrolLeaver(test.deps)(id, vi.member.id);
      expect((await steps()).slice(-2)).toEqual(['partners', 'safe']);
      expect((await snapshot(res.phone)).searches).toEqual([]);
      await pass(10 * minute);
      expect((await steps()).at(-1)).toBe('safe');
    }
  });

  it('[HS14] leaves no timer behind when they are erased, and is never written down again', async () => {
    const scene = await safetyScene(test);
    const { id, vi, wes, well, pass } = scene;
    expect(await timersOf(scene)).toHaveLength(1);
    expect((await vi.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    expect(await timersOf(scene)).toEqual([]);
    await pass(29 * minute);
    await wes.phone.must(well(wes.phone));
    for (const step of [1, 5, 2, 2]) await pass(step * minute);
    const { checkIns, searches } = neighbourhoodKeys(id);
    for (const key of [checkIns, searches])
      expect(JSON.stringify(await test.redis.send(key, 'HGETALL', key))).not.toContain(vi.member.id);
  });
});

describe('what else is kept of who leaves', () => {
  it('[HS14] goes with the membership: their word, their hours, whom they hid from, and their calendars', async () => {
    const { id, path, ada, vi, wes } = await safetyScene(test);
    const keys = neighbourhoodKeys(id);
    await vi.phone.must(vi.phone.send('PUT', `${path}/patrols/blocking`, { blocked: [wes.member.id] }));
    const calendars = createCalendarStore(test.redis);
    const theirs = { memberId: vi.member.id, scope: 'mine', renewedAt: 1, secret: 'x' } as const;
    await calendars.renew(id, theirs);
    await test.redis.send(keys.hoursServed, 'HSET', keys.hoursServed, vi.member.id, '1');
    await test.redis.send(keys.coverAsked, 'HSET', keys.coverAsked, vi.member.id, '1');
    const kept = async () =>
      await Promise.all(
        [keys.patrolBlocking, keys.patrolWords, keys.hoursServed, keys.coverAsked].map((key) =>
          test.redis.send(key, 'HEXISTS', key, vi.member.id),
        ),
      );
    expect(await kept()).toEqual([1, 1, 1, 1]);
    await calendarLeaver(test.deps)(id, vi.member.id);
    expect(await calendars.list(id, vi.member.id)).toHaveLength(1);
    await ada.phone.must(ada.phone.send('DELETE', `${path}/members/${vi.member.id}`));
    expect(await kept()).toEqual([0, 0, 0, 0]);
    await calendarLeaver(test.deps)(id, vi.member.id);
    expect(await calendars.list(id, vi.member.id)).toEqual([]);
  });

  it('[HS14] also of those who left before it did: once a day', async () => {
    const { id, path, ada, vi, wes } = await safetyScene(test);
    const keys = neighbourhoodKeys(id);
    await ada.phone.must(ada.phone.send('DELETE', `${path}/members/${vi.member.id}`));
    const all = [keys.kits, keys.patrolBlocking, keys.patrolWords, keys.hoursServed, keys.coverAsked];
    for (const key of all)
      for (const { member } of [vi, wes]) await test.redis.send(key, 'HSET', key, member.id, '1');
    await forgetLeavers(test.deps)(id);
    for (const key of all) {
      expect(await test.redis.send(key, 'HEXISTS', key, vi.member.id)).toBe(0);
      expect(await test.redis.send(key, 'HEXISTS', key, wes.member.id)).toBe(1);
    }
  });
});

describe('the limits', () => {
  it('[HS15] leave what says that one is well a budget of its own', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { path, patrol, vi, well } = await safetyScene(limited);
      let refused = false;
      for (let i = 0; i < 200 && !refused; i += 1)
        refused = await limited.deps.limits.count('patrols', vi.member.id).then(
          () => false,
          () => true,
        );
      expect((await vi.phone.post(`${path}/patrols/${patrol.id}/end`)).status).toBe(429);
      expect((await well(vi.phone)).status).toBe(201);
      // And what every command, and every request of their house, is counted with.
      const { limits } = limited.deps;
      await Promise.allSettled(Array.from({ length: 130 }, () => limits.count('commands', vi.member.id)));
      await Promise.allSettled(Array.from({ length: 1300 }, () => limits.count('address', 'local')));
      expect((await vi.phone.post(`${path}/patrols/${patrol.id}/end`)).status).toBe(429);
      expect((await well(vi.phone)).status).toBe(201);
    } finally {
      await limited.stop();
    }
  });
});

describe('who is looked for without seeing it', () => {
  const codes = { cancel: '2468', duress: '9753' };

  it('[HS6] is waited for again once that search ends, though they did not answer meanwhile', async () => {
    const scene = await safetyScene(test);
    const { vi, wes, ada, res, well, safe, searchOf, pass, steps } = scene;
    await vi.phone.must(vi.phone.send('PUT', `${scene.path}/sos/codes`, codes));
    await vi.phone.must(well(vi.phone, { code: codes.duress }));
    const search = await searchOf(res.phone);
    await pass(29 * minute);
    await wes.phone.must(well(wes.phone));
    for (const step of [1, 5, 2]) await pass(step * minute);
    expect((await steps()).slice(-2)).toEqual(['exhausted', 'overdue']);
    await ada.phone.must(safe(ada.phone, search));
    await wes.phone.must(well(wes.phone));
    await pass(30 * minute - 1);
    expect((await steps()).at(-1)).toBe('awaited');
    await wes.phone.must(well(wes.phone));
    for (const ms of [1, 5 * minute, 2 * minute]) await pass(ms);
    expect((await steps()).slice(-3)).toEqual(['due', 'overdue', 'partners']);
  });

  it('[HS6] also in another round than the one that the search began in', async () => {
    const scene = await safetyScene(test);
    const { id, path, vi, wes, ada, res, well, safe, searchOf, pass, log } = scene;
    await vi.phone.must(vi.phone.send('PUT', `${path}/sos/codes`, codes));
    await vi.phone.must(well(vi.phone, { code: codes.duress }));
    const search = await searchOf(res.phone);
    await vi.phone.must(vi.phone.post(`${path}/patrols/${scene.patrol.id}/end`, { code: codes.cancel }));
    const next = await startPatrol(vi.phone, id);
    await comeAlong(vi.phone, wes.phone, id, next.id);
    for (const step of [30, 5, 2]) await pass(step * minute);
    await ada.phone.must(safe(ada.phone, search));
    expect((await log()).at(-1)).toMatchObject({
      type: 'search.ended',
      checkIn: { patrolId: next.id, state: 'awaited', nextAt: test.clock.now + 30 * minute },
    });
    for (const step of [30, 5, 2]) await pass(step * minute);
    const begun = (await log()).filter((entry) => entry.type === 'search.begun');
    expect(begun.filter((entry) => entry.search.memberId === vi.member.id)).toHaveLength(2);
  });
});
