import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { rotaScene } from '../../support/rota-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const minute = 60 * 1000;
const hour = 60 * minute;
const day = 24 * hour;

describe('a day before', () => {
  it('[RO6] calls in who comes only if nobody else does, as many as are needed', async () => {
    const at = await rotaScene(test, { others: 5 });
    const shift = await at.plan({ needed: 3, places: 4 });
    await at.join(at.who(1), shift);
    for (const i of [2, 3, 4]) expect((await at.join(at.who(i), shift, { kind: 'soft' })).status).toBe(201);
    test.clock.now = shift.startsAt - 25 * hour;
    await at.pass();
    expect((await at.shift(shift)).version).toBe(5);
    test.clock.now = shift.startsAt - 24 * hour;
    await at.pass();
    await at.pass();
    const { signUps } = await at.shift(shift);
    expect(signUps.map(({ kind }) => kind)).toEqual(['firm', 'firm', 'firm', 'soft']);
    const firmed = (await at.entries()).filter(({ type }) => type === 'shift.firmed');
    expect(firmed).toMatchObject([{ by: null, memberIds: [2, 3].map((i) => at.who(i).member.id) }]);
    expect((await at.entries()).filter(({ type }) => type === 'shift.short')).toEqual([]);
    // Now is no time any more for perhaps; who was not called yet is, once somebody leaves.
    expect((await at.join(at.who(5), shift, { kind: 'soft' })).status).toBe(409);
    await at.leave(at.who(1), shift);
    await at.pass();
    expect((await at.shift(shift)).signUps.map(({ kind }) => kind)).toEqual(['firm', 'firm', 'firm']);
  });

  it('[RO6] makes certain what was said softly, and not the other way', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan({ places: 2 });
    await at.join(at.who(1), shift, { kind: 'soft' });
    const { body } = await at.join(at.who(1), shift);
    expect(body.shift.signUps).toMatchObject([{ memberId: at.who(1).member.id, kind: 'firm' }]);
  });

  it('[RO13] tells volunteers once that there are too few, and again when somebody leaves', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan();
    await at.join(at.who(1), shift);
    const short = async () => (await at.entries()).filter(({ type }) => type === 'shift.short').length;
    test.clock.now = shift.startsAt - day - 1;
    await at.pass();
    expect(await short()).toBe(0);
    test.clock.now += 1;
    await at.pass();
    test.clock.now += hour;
    await at.pass();
    expect(await short()).toBe(1);
    await at.join(at.who(2), shift);
    test.clock.now += 3 * hour;
    await at.leave(at.who(2), shift);
    await at.pass();
    expect(await short()).toBe(2);
    expect((await at.shift(shift)).shortAt).toBe(test.clock.now);
  });

  it('[RO13] tells of a gap that was filled and opens again half an hour after it last did, and not more often', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan();
    await at.join(at.who(1), shift);
    const short = async () => (await at.entries()).filter(({ type }) => type === 'shift.short').length;
    test.clock.now = shift.startsAt - day;
    await at.pass();
    expect(await short()).toBe(1);
    for (const told of [2, 3]) {
      const last = test.clock.now;
      for (let i = 0; i < 3; i += 1) {
        await at.join(at.who(2), shift);
        test.clock.now += minute;
        await at.leave(at.who(2), shift);
        await at.pass();
      }
      expect(await short()).toBe(told - 1);
      test.clock.now = last + 30 * minute - 1;
      await at.pass();
      expect(await short()).toBe(told - 1);
      test.clock.now += 1;
      await at.pass();
      expect(await short()).toBe(told);
    }
    // Still the same gap.
    test.clock.now += 2 * hour;
    await at.pass();
    expect(await short()).toBe(3);
  });

  it('[RO13] gives a shift that is planned late half an hour, and says nothing where patrols are off', async () => {
    const at = await rotaScene(test);
    const short = async () => (await at.entries()).filter(({ type }) => type === 'shift.short').length;
    await at.plan({ startsAt: test.clock.now + 5 * hour, endsAt: test.clock.now + 6 * hour });
    await at.agree(at.who(1), 'none');
    test.clock.now += hour / 2;
    await at.pass();
    expect(await short()).toBe(0);
    await at.agree(at.who(1));
    test.clock.now += hour;
    await at.pass();
    expect(await short()).toBe(1);
  });

  it('[RO14] counts the hours of those who were to come, once', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan();
    await at.join(at.who(1), shift);
    await at.join(at.who(2), shift, { kind: 'soft' });
    await at.join(at.who(3), shift);
    test.clock.now = shift.endsAt;
    await at.pass();
    await at.pass();
    const ended = (await at.entries()).filter(({ type }) => type === 'shift.ended');
    expect(ended).toMatchObject([{ memberIds: [1, 3].map((i) => at.who(i).member.id) }]);
    expect((await at.shift(shift)).status).toBe('over');
    const { phone } = at.who(1);
    const file = await phone.must(phone.get<{ neighbourhoods: [{ hoursServed: number }] }>('/api/me/export'));
    expect(file.neighbourhoods[0].hoursServed).toBe(2);
  });
});

describe('those who leave', () => {
  it('[RO15] are signed up no more, and the gap shows', async () => {
    const at = await rotaScene(test, { others: 4 });
    const shift = await at.plan({ places: 2 });
    await at.join(at.who(3), shift);
    await at.join(at.who(4), shift);
    const { phone, member } = at.who(4);
    await phone.send('DELETE', `${at.base}/members/${member.id}`);
    await at.pass();
    expect((await at.shift(shift)).signUps.map(({ memberId }) => memberId)).toEqual([at.who(3).member.id]);
    expect((await at.join(at.who(1), shift)).status).toBe(201);
  });

  it('[RO17] take their sign-ups along, and are erased from the rota', async () => {
    const at = await rotaScene(test, { others: 4 });
    const { phone, member } = at.who(4);
    await at.founder.send('PUT', `${at.base}/members/${member.id}/role`, { role: 'volunteer' });
    const past = await at.plan();
    await at.join(at.who(4), past);
    await at.join(at.who(3), past);
    test.clock.now = past.endsAt;
    await at.pass();
    const { body } = await phone.post<{ shift: { id: string } }>(`${at.base}/shifts`, at.command());
    await at.join(at.who(4), await at.shift(body.shift.id));
    await at.agree(at.who(4));
    const file = await phone.must(
      phone.get<{ neighbourhoods: [{ shifts: { id: string; signUp: unknown }[]; patrolWord: unknown }] }>(
        '/api/me/export',
      ),
    );
    const [{ shifts, patrolWord }] = file.neighbourhoods;
    expect(shifts.map(({ id }) => id)).toEqual([past.id, body.shift.id]);
    expect(patrolWord).toMatchObject({ word: 'agree' });
    expect(JSON.stringify(shifts)).not.toContain(at.who(3).member.id);

    expect((await phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    expect((await at.shift(past)).signUps.map(({ memberId }) => memberId)).toEqual([at.who(3).member.id]);
    expect(await at.shift(body.shift.id)).toMatchObject({ plannedBy: null, signUps: [] });
    const { keyHolding } = await holding(member.id);
    expect(keyHolding).toEqual([]);
  });
});

/** Keys that still hold a member's id somewhere in what the rota stores. */
async function holding(memberId: string): Promise<{ keyHolding: string[] }> {
  const names = (await test.redis.send('any', 'KEYS', '*shifts*')) as string[];
  const words = (await test.redis.send('any', 'KEYS', '*patrols*')) as string[];
  const keyHolding: string[] = [];
  for (const name of [...names, ...words]) {
    const type = await test.redis.send(name, 'TYPE', name);
    const all =
      type === 'hash'
        ? await test.redis.send(name, 'HGETALL', name)
        : await test.redis.send(name, 'ZRANGE', name, '0', '-1');
    if (JSON.stringify(all).includes(memberId)) keyHolding.push(name);
  }
  return { keyHolding };
}
