import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetHomeSafe } from '../../../server/patrols/home-safe-personal.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import type { PatrolChanged } from '../../../shared/patrols.ts';
import { startApp, type TestApp, uuid } from '../../support/app.ts';
import { comeAlong, startPatrol } from '../../support/patrol-scene.ts';
import type { Phone } from '../../support/phone.ts';
import { minute, missed, safetyScene } from './safety-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const codes = { cancel: '2468', duress: '9753' };

describe('a walker who is well', () => {
  it('[HS1] says so every thirty minutes; before, nobody is asked', async () => {
    const { vi, wes, well, pass, steps, snapshot } = await safetyScene(test);
    await pass(29 * minute);
    expect(await steps()).toEqual([]);
    const { checkIn } = await vi.phone.must(well(vi.phone));
    expect(checkIn).toMatchObject({ state: 'awaited', dueAt: test.clock.now + 30 * minute });
    // Wes's own time goes on.
    await pass(minute);
    expect(await steps()).toEqual(['awaited', 'due']);
    await wes.phone.must(well(wes.phone));
    await pass(28 * minute);
    expect(await steps()).toEqual(['awaited', 'due', 'awaited']);
    expect((await snapshot(vi.phone)).checkIns).toHaveLength(2);
  });

  it('[HS1] within bounds that are chosen at the start', async () => {
    const { pass, steps, ada, path } = await safetyScene(test, {
      checkIn: { everyMinutes: 10, graceMinutes: 2 },
    });
    await pass(10 * minute);
    expect(await steps()).toEqual(['due', 'due']);
    await pass(2 * minute);
    expect((await steps()).slice(2)).toEqual(['overdue', 'overdue']);
    for (const checkIn of [
      { everyMinutes: 9, graceMinutes: 5 },
      { everyMinutes: 61, graceMinutes: 5 },
      { everyMinutes: 30, graceMinutes: 1 },
      { everyMinutes: 30.5, graceMinutes: 5 },
    ])
      expect((await ada.phone.post(`${path}/patrols`, { checkIn })).status).toBe(422);
  });

  it('[HS2] says so once a command, and nobody else for them', async () => {
    const { vi, ada, res, well, steps, path, pass } = await safetyScene(test);
    const key = { 'idempotency-key': uuid() };
    const first = await well(vi.phone, {}, key);
    test.clock.now += minute;
    const again = await well(vi.phone, {}, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await steps()).toEqual(['awaited']);
    for (const phone of [ada.phone, res.phone]) expect((await well(phone)).status).toBe(403);
    const none = `${path}/patrols/${'x'.repeat(16)}/check-ins`;
    expect((await vi.phone.post(none)).status).toBe(404);
    await pass(0);
    expect(await steps()).toEqual(['awaited']);
  });
});

describe('a walker who does not answer', () => {
  it('[HS3] is asked, then partners, those on duty, volunteers and everyone, each in its time; its end stays', async () => {
    const scene = await safetyScene(test);
    const { id, vi, wes, max, ola, res, well, pass, steps, log, searchOf } = scene;
    await pass(29 * minute);
    await wes.phone.must(well(wes.phone));
    const other = await startPatrol(max.phone, id);
    await comeAlong(max.phone, ola.phone, id, other.id);
    await pass(minute);
    const then = async () => (await steps()).slice(1);
    expect(await then()).toEqual(['due']);
    await pass(5 * minute - 1);
    expect(await then()).toEqual(['due']);
    await pass(1);
    await pass(2 * minute);
    await pass(2 * minute);
    await pass(2 * minute);
    await pass(3 * minute);
    await pass(5 * minute);
    const ladder = ['due', 'overdue', 'partners', 'on-duty', 'volunteers', 'everyone', 'exhausted'];
    expect(await then()).toEqual(ladder);
    const asked = (await log()).flatMap((entry) => ('asked' in entry ? [entry.asked.toSorted()] : []));
    expect(asked).toEqual([[wes.member.id], [max.member.id, ola.member.id].toSorted(), [], [], []]);
    expect(await searchOf(res.phone)).toMatchObject({
      step: 'exhausted',
      memberId: vi.member.id,
      dueAt: null,
    });
  });

  it('[HS4] leaves out at once whom there is not, and partners who do not answer themselves', async () => {
    const scene = await safetyScene(test);
    const { ada, max, ola, res, id, pass, steps } = scene;
    // Nobody on duty elsewhere, no volunteer but the walkers: both are silent.
    for (const { member } of [max, ola])
      await ada.phone.must(
        ada.phone.send('PUT', `/api/neighbourhoods/${id}/members/${member.id}/role`, { role: 'resident' }),
      );
    expect(res.member.role).toBe('resident');
    await pass(36 * minute);
    await pass(2 * minute);
    expect((await steps()).filter((step) => step !== 'overdue')).toEqual(['volunteers', 'volunteers']);
  });

  it('[HS5] the first who looks has it in hand; who is silent loses it, and the next are asked', async () => {
    const scene = await safetyScene(test);
    const { vi, wes, max, res, pass, steps, look, searchOf } = scene;
    await missed(scene);
    const search = await searchOf(wes.phone);
    expect(search.step).toBe('partners');
    const own = await look(vi.phone, search);
    expect([own.status, own.body.issues?.[0]?.message]).toEqual([403, 'nobody looks for themselves']);
    const answers = await Promise.all([wes, max, res].map(({ phone }) => look(phone, search)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409]);
    const owner = [wes, max, res][answers.findIndex(({ status }) => status === 201)];
    if (owner === undefined) throw new Error('nobody looks');
    await pass(9 * minute);
    await owner.phone.must(look(owner.phone, search));
    await pass(9 * minute);
    expect((await steps()).slice(-2)).toEqual(['looked for', 'looked for']);
    await pass(minute);
    expect((await steps()).at(-1)).toBe('volunteers');
    expect(await searchOf(wes.phone)).toMatchObject({ ownerId: null, step: 'volunteers' });
  });

  it('[HS6] is well again by their own word, by who walks with them, by who looks, or by a coordinator', async () => {
    const scene = await safetyScene(test);
    const { vi, wes, ada, max, res, well, look, safe, searchOf, steps, pass, snapshot } = scene;
    await missed(scene);
    const first = await searchOf(res.phone);
    expect((await safe(max.phone, first)).status).toBe(403);
    const { checkIn } = await vi.phone.must(well(vi.phone));
    expect(checkIn).toMatchObject({ state: 'awaited', dueAt: test.clock.now + 30 * minute });
    expect((await snapshot(res.phone)).searches).toEqual([]);
    expect((await safe(wes.phone, first)).status).toBe(409);
    expect((await look(max.phone, first)).status).toBe(409);
    for (const helper of [wes, max, ada]) {
      const before = (await steps()).length;
      await pass(30 * minute - 1);
      await wes.phone.must(well(wes.phone));
      await pass(6 * minute);
      await pass(2 * minute);
      const search = await searchOf(res.phone);
      if (helper === max) await max.phone.must(look(max.phone, search));
      const { search: ended } = await helper.phone.must(safe(helper.phone, search));
      expect(ended.end).toEqual({ by: helper.member.id, at: test.clock.now });
      expect((await steps()).slice(before).at(-1)).toBe('safe');
    }
    // And they are waited for again.
    await pass(29 * minute);
    await wes.phone.must(well(wes.phone));
    await pass(minute);
    expect((await steps()).at(-1)).toBe('due');
  });

  it('[HS7] a check-in after everybody was asked is refused and changes nothing; that they are found ends it', async () => {
    const scene = await safetyScene(test);
    const { vi, wes, well, safe, searchOf, pass, log } = scene;
    await missed(scene);
    for (let step = 0; step < 4; step += 1) await pass(5 * minute);
    const search = await searchOf(wes.phone);
    expect(search.step).toBe('exhausted');
    const before = await log();
    const refused = await well(vi.phone);
    expect([refused.status, refused.body.code, refused.body.issues]).toEqual([
      ...[409, 'CONFLICT'],
      [{ path: '', message: 'everybody looks for you: say that you are found' }],
    ]);
    expect(await log()).toEqual(before);
    await vi.phone.must(safe(vi.phone, search));
    expect((await log()).at(-1)?.type).toBe('search.ended');
    expect((await well(vi.phone)).status).toBe(201);
  });

  it('[HS7] who looked and fell silent after the last step is told to all again', async () => {
    const scene = await safetyScene(test);
    const { max, look, searchOf, pass, steps } = scene;
    await missed(scene);
    for (let step = 0; step < 4; step += 1) await pass(5 * minute);
    await max.phone.must(look(max.phone, await searchOf(max.phone)));
    await pass(10 * minute);
    const searched = (await steps()).filter((step) => step !== 'due' && step !== 'overdue');
    expect(searched.slice(-3)).toEqual(['exhausted', 'looked for', 'exhausted']);
  });
});

describe('the end of a round', () => {
  const end = (phone: Phone, path: string, how: 'end' | 'leave') =>
    phone.must(phone.post<PatrolChanged>(`${path}/${how}`));

  it('[HS8] waits no more for those whom it was ended for, and once more for those whom it was not', async () => {
    const one = await safetyScene(test);
    await end(one.vi.phone, `${one.path}/patrols/${one.patrol.id}`, 'end');
    await one.pass(36 * minute);
    expect(await one.steps()).toEqual([]);
    expect((await one.well(one.wes.phone)).status).toBe(409);

    // Vi goes: Wes is alone, and the round is over for them too.
    const two = await safetyScene(test);
    await end(two.vi.phone, `${two.path}/patrols/${two.patrol.id}`, 'leave');
    await two.pass(30 * minute);
    expect(await two.steps()).toEqual(['due']);
    const { checkIn } = await two.wes.phone.must(two.well(two.wes.phone));
    expect(checkIn).toMatchObject({ state: 'over', nextAt: null });
    await two.pass(60 * minute);
    expect(await two.steps()).toEqual(['due', 'over']);
    expect((await two.well(two.wes.phone)).status).toBe(409);
  });

  it('[HS8] ends no search', async () => {
    const scene = await safetyScene(test);
    await missed(scene);
    await end(scene.wes.phone, `${scene.path}/patrols/${scene.patrol.id}`, 'end');
    await scene.pass(2 * minute);
    expect((await scene.steps()).at(-1)).toBe('volunteers');
    const { checkIn } = await scene.vi.phone.must(scene.well(scene.vi.phone));
    expect(checkIn.state).toBe('over');
  });
});

describe('under duress', () => {
  async function withCodes() {
    const scene = await safetyScene(test);
    for (const { phone } of [scene.vi, scene.wes])
      await phone.must(phone.send('PUT', `${scene.path}/sos/codes`, codes));
    return scene;
  }
  const shape = (value: unknown, ids: readonly string[]) => {
    let text = JSON.stringify(value);
    for (const [i, id] of ids.entries()) text = text.replaceAll(id, `id${i}`);
    return text.replaceAll(/\d{13}|"\d{4}-\d\d-\d\dT[\d:.]+Z"/gu, 'time').replaceAll(/"seq":\d+/gu, 'seq');
  };

  it('[HS9] a search looks ended to all who walk, and goes on for the others', async () => {
    const tell = async (code: string) => {
      const scene = await withCodes();
      const { vi, wes, max, well, searchOf, snapshot, detail, look, safe, pass } = scene;
      await missed(scene);
      const search = await searchOf(vi.phone);
      expect((await well(vi.phone)).status).toBe(403);
      expect((await well(vi.phone, { code: '0000' })).status).toBe(403);
      const answers: { status: number; body: unknown }[] = [await well(vi.phone, { code })];
      await pass(2 * minute);
      await pass(3 * minute);
      if (code === codes.duress) await max.phone.must(look(max.phone, search));
      answers.push(
        await detail(vi.phone, search),
        await detail(wes.phone, search),
        await look(wes.phone, search),
        await safe(wes.phone, search, { code: codes.cancel }),
        await safe(vi.phone, search, { code: codes.cancel }),
        await well(vi.phone),
      );
      for (const phone of [vi.phone, wes.phone]) {
        const file = (await phone.get<{ neighbourhoods: Record<string, unknown>[] }>('/api/me/export')).body;
        const { checkIns: said, searches: looked } = file.neighbourhoods[0] ?? {};
        answers.push({ status: 200, body: { said, looked } });
      }
      const { checkIns, searches } = await snapshot(vi.phone);
      answers.push({ status: 200, body: { checkIns, searches: searches.filter(({ end }) => end === null) } });
      const ids = [search.id, vi.member.id, wes.member.id, scene.patrol.id, ...checkIns.map(({ id }) => id)];
      return { scene, search, answers: answers.map(({ status, body }) => shape({ status, body }, ids)) };
    };
    const duress = await tell(codes.duress);
    const { max, res, ada } = duress.scene;
    // Before the other evening: its minutes are this one's too.
    expect((await duress.scene.detail(max.phone, duress.search)).body).toMatchObject({
      search: { end: null, ownerId: max.member.id },
      duress: true,
    });
    const right = await tell(codes.cancel);
    expect(duress.answers).toEqual(right.answers);
    expect((await duress.scene.detail(res.phone, duress.search)).body.duress).toBe(false);
    expect(JSON.stringify(await duress.scene.log())).not.toMatch(/duress|hidden|unseen/u);
    await ada.phone.must(duress.scene.safe(ada.phone, duress.search));
    expect((await duress.scene.snapshot(res.phone)).searches).toEqual([]);
  });

  it('[HS9] before anybody is looked for a search begins that no walker sees, with those who do not walk', async () => {
    const scene = await withCodes();
    const { vi, wes, ada, well, steps, snapshot, log, detail, pass } = scene;
    const { checkIn } = await vi.phone.must(well(vi.phone, { code: codes.duress }));
    expect(checkIn).toMatchObject({ state: 'awaited', dueAt: test.clock.now + 30 * minute });
    expect(await steps()).toEqual(['volunteers']);
    const [search] = (await snapshot(ada.phone)).searches;
    if (search === undefined) throw new Error('nobody is looked for');
    expect(search.memberId).toBe(vi.member.id);
    for (const { phone } of [vi, wes]) {
      expect((await snapshot(phone)).searches).toEqual([]);
      expect((await detail(phone, search)).status).toBe(404);
    }
    // Again, and another missed one: still the one search.
    await vi.phone.must(well(vi.phone, { code: codes.duress }));
    await pass(36 * minute);
    await pass(2 * minute);
    const begun = (await log()).filter((entry) => entry.type === 'search.begun');
    expect(begun.map((entry) => entry.search.memberId)).toEqual([vi.member.id, wes.member.id]);
  });

  it('[HS9] a partner who is made to say so is understood too, and takes along what they did', async () => {
    const scene = await withCodes();
    const { wes, vi, res, safe, searchOf, snapshot } = scene;
    await missed(scene);
    const search = await searchOf(wes.phone);
    expect((await safe(wes.phone, search)).status).toBe(403);
    const { search: seen } = await wes.phone.must(safe(wes.phone, search, { code: codes.duress }));
    expect(seen.end?.by).toBe(wes.member.id);
    type Export = { neighbourhoods: { searches: object[] }[] };
    const file = await wes.phone.must(wes.phone.get<Export>('/api/me/export'));
    expect(file.neighbourhoods[0]?.searches).toMatchObject([
      { id: search.id, endedAt: new Date(seen.end?.at ?? 0).toISOString() },
    ]);
    expect((await snapshot(vi.phone)).searches.filter(({ end }) => end === null)).toEqual([]);
    expect((await snapshot(res.phone)).searches).toMatchObject([{ id: search.id, end: null }]);
  });
});

describe('what is kept of it', () => {
  it('[HS10] is taken along by whom it is about, and goes with them', async () => {
    const scene = await safetyScene(test);
    const { id, vi, max, well, look, searchOf, safe } = scene;
    await missed(scene);
    const search = await searchOf(max.phone);
    await max.phone.must(look(max.phone, search));
    const refused = await vi.phone.send('DELETE', '/api/me?confirm=erase');
    expect(refused.status).toBe(409);
    await max.phone.must(safe(max.phone, search));
    await vi.phone.must(well(vi.phone));
    type Export = { neighbourhoods: { checkIns: { patrolId: string }[]; searches: object[] }[] };
    const own = async (phone: Phone) =>
      (await phone.must(phone.get<Export>('/api/me/export'))).neighbourhoods[0];
    expect(await own(vi.phone)).toMatchObject({ checkIns: [{ patrolId: scene.patrol.id }], searches: [] });
    expect(await own(max.phone)).toMatchObject({ checkIns: [], searches: [{ id: search.id }] });
    expect((await max.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    expect((await vi.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    const keys = neighbourhoodKeys(id);
    for (const key of [keys.checkIns, keys.searches]) {
      const text = JSON.stringify(await test.redis.send(key, 'HGETALL', key));
      expect(text).not.toContain(vi.member.id);
      expect(text).not.toContain(max.member.id);
    }
  });

  it('[HS10] is forgotten after the neighbourhood’s time', async () => {
    const scene = await safetyScene(test);
    const { id, wes, safe, searchOf } = scene;
    await missed(scene);
    await wes.phone.must(safe(wes.phone, await searchOf(wes.phone)));
    const keys = neighbourhoodKeys(id);
    const all = [keys.checkIns, keys.checkInTimes, keys.searches, keys.searchTimes];
    const forget = forgetHomeSafe(test.deps);
    await forget(id, 90);
    for (const key of all) expect(await test.redis.send(key, 'EXISTS', key)).toBe(1);
    test.clock.now += 91 * 24 * 60 * minute;
    await forget(id, 90);
    for (const key of all) expect(await test.redis.send(key, 'EXISTS', key)).toBe(0);
  });
});
