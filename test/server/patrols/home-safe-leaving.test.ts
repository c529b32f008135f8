import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patrolLeaver } from '../../../server/patrols/leaver-timer.ts';
import { patrolTimer } from '../../../server/patrols/timer.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { asStrings } from '../../../server/redis/reply.ts';
import { startApp, type TestApp } from '../../support/app.ts';
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
