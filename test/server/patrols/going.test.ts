import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.ts';
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
const ways = ['leave', 'end'] as const;
type Way = (typeof ways)[number];

async function withCodes() {
  const scene = await safetyScene(test);
  const { vi, path } = scene;
  await vi.phone.must(vi.phone.send('PUT', `${path}/sos/codes`, codes));
  const go = (
    phone: Phone,
    how: Way,
    body: object = {},
    headers?: Record<string, string>,
    id = scene.patrol.id,
  ) => phone.post<PatrolChanged & Problem>(`${path}/patrols/${id}/${how}`, body, headers);
  return { ...scene, go };
}

describe.each(ways)('%s, where a walker set codes', (how) => {
  it('[HS18] takes one, and nothing happens without it; who set none needs none', async () => {
    const { vi, wes, go, log } = await withCodes();
    const before = await log();
    for (const body of [{}, { code: '0000' }]) {
      const refused = await go(vi.phone, how, body);
      expect([refused.status, refused.body.issues]).toEqual([
        403,
        [{ path: 'code', message: 'is not right' }],
      ]);
    }
    expect(await log()).toEqual(before);
    const key = { 'idempotency-key': uuid() };
    const first = await go(vi.phone, how, { code: codes.cancel }, key);
    const again = await go(vi.phone, how, { code: codes.cancel }, key);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    const other = await withCodes();
    expect((await other.go(other.wes.phone, how)).status).toBe(201);
    expect(wes.member.id).not.toBe(other.wes.member.id);
  });

  it('[HS18] with the duress code looks the same to all who walk, and the others are asked within a second', async () => {
    const tell = async (code: string) => {
      const scene = await withCodes();
      const { vi, wes, go, well, snapshot, log, pass, ada } = scene;
      const answer = await go(vi.phone, how, { code });
      const entries = (await log()).slice(-1);
      await pass(1000);
      const after = [await well(vi.phone), await go(vi.phone, how, { code })];
      const seen = [];
      for (const { phone } of [vi, wes]) {
        const { searches, patrols, checkIns } = await snapshot(phone);
        seen.push({ searches, patrols, checkIns });
      }
      const told = JSON.stringify({
        answer: [answer.status, answer.body],
        entries,
        after: after.map(({ status, body }) => [status, body]),
        seen,
      });
      const ids = [scene.patrol.id, vi.member.id, wes.member.id];
      const shape = ids
        .reduce((text, id, i) => text.replaceAll(id, `id${i}`), told)
        .replaceAll(/\d{13}/gu, 'time');
      return { scene, shape, searches: (await snapshot(ada.phone)).searches };
    };
    const right = await tell(codes.cancel);
    const duress = await tell(codes.duress);
    expect(duress.shape).toBe(right.shape);
    expect(right.searches).toEqual([]);
    const { scene } = duress;
    expect(duress.searches).toMatchObject([{ memberId: scene.vi.member.id, step: 'volunteers', end: null }]);
    const [search] = duress.searches;
    if (search === undefined) throw new Error('nobody is looked for');
    expect((await scene.detail(scene.vi.phone, search)).status).toBe(404);
    expect((await scene.detail(scene.wes.phone, search)).status).toBe(404);
    await scene.max.phone.must(scene.look(scene.max.phone, search));
    expect((await scene.detail(scene.max.phone, search)).body.duress).toBe(true);
    await scene.ada.phone.must(scene.safe(scene.ada.phone, search));
  });

  it('[HS18] with either code leaves a search that goes on as it is', async () => {
    for (const code of [codes.cancel, codes.duress]) {
      const scene = await withCodes();
      const { vi, wes, res, go, pass, steps, searchOf } = scene;
      await missed(scene);
      const search = await searchOf(res.phone);
      expect((await go(vi.phone, how, { code })).status).toBe(201);
      expect(await searchOf(wes.phone)).toEqual(search);
      await pass(2 * minute);
      expect((await steps()).filter((step) => step === 'partners' || step === 'volunteers')).toEqual([
        'partners',
        'volunteers',
      ]);
    }
  });
});

describe('a round that waits for a partner', () => {
  it('[HS18] is given up without a code: nobody waits for a word yet', async () => {
    const scene = await withCodes();
    const { max, id, path, go } = scene;
    await max.phone.must(max.phone.send('PUT', `${path}/sos/codes`, codes));
    const { id: patrolId } = await startPatrol(max.phone, id);
    expect((await go(max.phone, 'leave', {}, undefined, patrolId)).status).toBe(201);
  });

  it('[HS18] walked anew and left under duress again, there is still the one search', async () => {
    const scene = await withCodes();
    const { vi, wes, max, id, patrol, go, pass, snapshot, ada } = scene;
    await comeAlong(wes.phone, max.phone, id, patrol.id);
    for (let i = 0; i < 2; i += 1) {
      expect((await go(vi.phone, 'leave', { code: codes.duress })).status).toBe(201);
      if (i === 0) await comeAlong(wes.phone, vi.phone, id, patrol.id);
    }
    await pass(1000);
    const { searches } = await snapshot(ada.phone);
    expect(searches.map(({ memberId }) => memberId)).toEqual([vi.member.id]);
    // Answered, and left once more without a word between: another one.
    for (const search of searches) await ada.phone.must(scene.safe(ada.phone, search));
    await comeAlong(wes.phone, vi.phone, id, patrol.id);
    expect((await go(vi.phone, 'leave', { code: codes.duress })).status).toBe(201);
    expect((await snapshot(ada.phone)).searches).toHaveLength(1);
  });
});
