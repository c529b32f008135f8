import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../shared/events.ts';
import type { KitId } from '../../../shared/kit.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { street } from '../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

async function scene() {
  const at = await street(() => phoneOf(test), ['Bo']);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  const say = (kit: unknown) => bo.phone.send('PUT', `${path}/kit`, { kit });
  const seen = async () =>
    (await at.founder.must(at.founder.get<Snapshot>(`${path}/snapshot`))).kits.map(
      ({ memberId, kit }) => [memberId, kit] as const,
    );
  return { ...at, bo, path, say, seen };
}

describe('what members bring', () => {
  it('[KT1] is said, changed and taken back, and neighbours see it', async () => {
    const { bo, say, seen, founder, path } = await scene();
    expect(await seen()).toEqual([]);
    for (const kit of [['torch', 'first-aid'], ['bicycle'], []] satisfies KitId[][]) {
      expect((await say(kit)).status).toBe(200);
      expect(await seen()).toEqual([[bo.member.id, kit]]);
    }
    const { entries } = await founder.must(founder.get<LogPage>(`${path}/log`));
    expect(entries.filter(({ type }) => type === 'member.kitChanged')).toHaveLength(3);
    for (const kit of [['crossbow'], ['torch', 'torch'], 'torch', null])
      expect((await say(kit)).status).toBe(422);
    expect(await seen()).toEqual([[bo.member.id, []]]);
  });

  it('[KT2] goes with the membership, and with all that is theirs', async () => {
    const { id, founder, bo, path, say, seen } = await scene();
    await say(['torch']);
    const { body } = await bo.phone.get<{ neighbourhoods: { kit: KitId[] }[] }>('/api/me/export');
    expect(body.neighbourhoods[0]?.kit).toEqual(['torch']);
    await founder.must(founder.send('DELETE', `${path}/members/${bo.member.id}`));
    expect(await seen()).toEqual([]);
    const { code } = await founder.invite(id);
    await bo.phone.accept(code, 'Bo');
    await say(['car']);
    await bo.phone.must(bo.phone.send('DELETE', '/api/me?confirm=erase'));
    const { kits } = neighbourhoodKeys(id);
    expect(await test.redis.send(kits, 'EXISTS', kits)).toBe(0);
  });
});
