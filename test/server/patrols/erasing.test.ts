import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patrolLeaver } from '../../../server/patrols/leaver-timer.ts';
import { patrolKeeper } from '../../../server/patrols/personal.ts';
import { homeSafeKeeper } from '../../../server/patrols/home-safe-personal.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { asStrings } from '../../../server/redis/reply.ts';
import { scanKeys } from '../../../server/redis/scan.ts';
import type { Blocking } from '../../../shared/patrols.ts';
import { startApp, type TestApp, uuid } from '../../support/app.ts';
import { keysWith } from '../../support/keys.ts';
import { minute, missed, safetyScene } from './safety-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const codes = { cancel: '2468', duress: '9753' };
type Scene = Awaited<ReturnType<typeof safetyScene>>;

/** Vi is looked for without seeing it. */
async function lookedForUnseen(): Promise<Scene> {
  const scene = await safetyScene(test);
  const { vi, path, well } = scene;
  await vi.phone.must(vi.phone.send('PUT', `${path}/sos/codes`, codes));
  await vi.phone.must(well(vi.phone, { code: codes.duress }));
  return scene;
}

const isNamed = async ({ id }: Scene) => (await keysWith(test, id, '\\"Vi\\"')).length > 0;

describe('who is looked for without seeing it', () => {
  it('[HS17] and leaves is looked for under their name until somebody answers', async () => {
    const scene = await lookedForUnseen();
    const { id, vi, ada, res, max, path, look, safe, searchOf, pass, steps } = scene;
    await vi.phone.must(vi.phone.send('DELETE', `${path}/members/${vi.member.id}`));
    await patrolLeaver(test.deps)(id, vi.member.id);
    await patrolLeaver(test.deps)(id, vi.member.id);
    expect(await searchOf(res.phone)).toMatchObject({ memberId: vi.member.id, name: 'Vi', end: null });
    await pass(3 * minute);
    expect((await steps()).at(-1)).toBe('everyone');
    await max.phone.must(look(max.phone, await searchOf(max.phone)));
    await ada.phone.must(safe(ada.phone, await searchOf(ada.phone)));
    expect((await steps()).at(-1)).toBe('safe');
  });

  it('[HS17] and is erased is looked for by a name alone, which goes once somebody answers', async () => {
    const scene = await lookedForUnseen();
    const { id, vi, wes, ada, res, max, look, safe, searchOf, detail, pass, steps } = scene;
    expect((await vi.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    await patrolLeaver(test.deps)(id, vi.member.id);
    const search = await searchOf(res.phone);
    expect(search).toMatchObject({ name: 'Vi', end: null });
    expect(search.memberId).not.toBe(vi.member.id);
    const { checkIns, searches, searchesHidden, patrolWalked, log } = neighbourhoodKeys(id);
    for (const key of [checkIns, searches, searchesHidden])
      expect(JSON.stringify(await test.redis.send(key, 'HGETALL', key))).not.toContain(vi.member.id);
    expect(asStrings(await test.redis.send(patrolWalked, 'ZRANGE', patrolWalked, '0', '-1'))).toEqual([
      wes.member.id,
    ]);
    expect(JSON.stringify(await test.redis.send(log, 'XRANGE', log, '-', '+'))).not.toContain(vi.member.id);
    // Who walked beside them still sees nothing of it.
    expect((await detail(wes.phone, search)).status).toBe(404);
    await pass(3 * minute);
    expect((await steps()).at(-1)).toBe('everyone');
    await max.phone.must(look(max.phone, search));
    expect((await detail(max.phone, search)).body).toMatchObject({ search: { name: 'Vi' }, duress: true });
    await ada.phone.must(safe(ada.phone, search));
    expect(await isNamed(scene)).toBe(true);
    await pass(0);
    expect(await isNamed(scene)).toBe(false);
    expect((await detail(max.phone, search)).body).toMatchObject({ search: { end: { by: ada.member.id } } });
    await pass(60 * minute);
    expect((await steps()).filter((step) => step === 'everyone')).toEqual([]);
  });

  it('[HS10] a partner who is erased is kept in nothing that hides it', async () => {
    const scene = await lookedForUnseen();
    const { id, wes, res, searchOf } = scene;
    const { searchesHidden } = neighbourhoodKeys(id);
    const hidden = async () =>
      JSON.stringify(await test.redis.send(searchesHidden, 'HGETALL', searchesHidden));
    expect(await hidden()).toContain(wes.member.id);
    expect((await wes.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    expect(await hidden()).not.toContain(wes.member.id);
    expect(await searchOf(res.phone)).toMatchObject({ end: null });
  });
});

describe('what others were answered with', () => {
  it('[HS10] names nobody who is erased, and a repeated command still does nothing twice', async () => {
    const scene = await safetyScene(test);
    const { id, path, vi, wes, max } = scene;
    const { code } = await vi.phone.must(
      vi.phone.get<{ code: string }>(`${path}/patrols/${scene.patrol.id}/code`),
    );
    const key = { 'idempotency-key': uuid() };
    const come = () => max.phone.post(`${path}/patrols/${scene.patrol.id}/walkers`, { code }, key);
    expect(JSON.stringify((await come()).body)).toContain(vi.member.id);
    expect((await vi.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    const again = await come();
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(JSON.stringify(again.body)).not.toContain(vi.member.id);
    expect(JSON.stringify(again.body)).toContain(wes.member.id);
    const { meta, receipt } = neighbourhoodKeys(id);
    for await (const names of scanKeys(test.redis, meta, receipt('*', '*'))) {
      for (const name of names) {
        expect(JSON.stringify(await test.redis.send(name, 'HGETALL', name))).not.toContain(vi.member.id);
        expect(Number(await test.redis.send(name, 'TTL', name))).toBeGreaterThan(0);
      }
    }
  });
});

describe('erasing while others write', () => {
  it('[HS10] loses nothing that is done about a search meanwhile', async () => {
    const scene = await safetyScene(test);
    const { id, max, ada, look, safe, searchOf } = scene;
    await missed(scene);
    const search = await searchOf(max.phone);
    await max.phone.must(look(max.phone, search));
    const own = { neighbourhoodId: id, memberId: max.member.id };
    // The end comes between what erasing reads and what it writes.
    const keeper = homeSafeKeeper({
      ...test.deps,
      eventLog: {
        ...test.deps.eventLog,
        commit: async (commit) => {
          if (commit.event.type === 'entry.erased') await safe(ada.phone, search);
          return await test.deps.eventLog.commit(commit);
        },
      },
    });
    await keeper.erase?.(own);
    const { searches } = neighbourhoodKeys(id);
    const stored = String(await test.redis.send(searches, 'HGET', searches, search.id));
    expect(stored).toContain(`"end":{"by":"${ada.member.id}"`);
    expect(stored).not.toContain(max.member.id);
  });

  it('[RN13] loses no choice of whom somebody hides from', async () => {
    const { id, path, vi, wes, max, ola } = await safetyScene(test);
    const choose = (...blocked: string[]) =>
      wes.phone.must(wes.phone.send('PUT', `${path}/patrols/blocking`, { blocked }));
    for (let round = 0; round < 20; round += 1) {
      await choose(max.member.id);
      const erasing = patrolKeeper(test.deps).erase?.({ neighbourhoodId: id, memberId: max.member.id });
      await Promise.all([erasing, choose(max.member.id, vi.member.id), choose(vi.member.id, ola.member.id)]);
      await patrolKeeper(test.deps).erase?.({ neighbourhoodId: id, memberId: max.member.id });
      const { blocked } = await wes.phone.must(wes.phone.get<Blocking>(`${path}/patrols/blocking`));
      expect(blocked).toContain(vi.member.id);
      expect(blocked).not.toContain(max.member.id);
    }
  });
});
