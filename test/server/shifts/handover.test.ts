import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/errors.ts';
import type { RotaTotals } from '../../../shared/rota-totals.ts';
import { firmOf, type Shift } from '../../../shared/shifts.ts';
import type { Cover, Swap } from '../../../shared/swaps.ts';
import { coverTimer } from '../../../server/shifts/ask-timers.ts';
import { coverIdOf } from '../../../server/shifts/ask-store.ts';
import { reminderTimer } from '../../../server/shifts/shift-timers.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Neighbour, rotaScene } from '../../support/rota-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const hour = 3600 * 1000;
const day = 24 * hour;
type Swapped = { swap: Swap; shifts: Shift[] } & Problem;
type Covered = { cover: Cover; shift: Shift } & Problem;

async function scene(others = 4) {
  const at = await rotaScene(test, { others });
  const { who, path, base, join, founder } = at;
  for (let i = 1; i <= others; i += 1)
    await founder.must(
      founder.send('PUT', `${base}/members/${who(i).member.id}/role`, { role: 'volunteer' }),
    );
  const signUp = async (shift: Shift, ...numbers: number[]) => {
    for (const i of numbers) expect((await join(who(i), shift)).status).toBe(201);
  };
  return {
    ...at,
    signUp,
    firm: async (shift: Shift) => firmOf(await at.shift(shift)).map(({ memberId }) => memberId),
    offer: (by: Neighbour, shift: Shift, body: object) => by.phone.post<Swapped>(path(shift, '/swaps'), body),
    answer: (by: Neighbour, swap: Swap, answer: string, key: string = randomUUID()) =>
      by.phone.post<Swapped>(`${base}/swaps/${swap.id}/answer`, { answer }, { 'idempotency-key': key }),
    attend: (by: Neighbour, shift: Shift, answer: string) =>
      by.phone.post<Covered>(path(shift, '/attendance'), { answer }),
    cover: (by: Neighbour, shift: Shift, answer: string) =>
      by.phone.post<Covered>(path(shift, '/cover'), { answer }),
    coverNow: async (by: Neighbour, shift: Shift) =>
      (await at.snapshot(at.who(0))).covers.find(({ id }) => id === coverIdOf(shift.id, by.member.id)),
  };
}

describe('offered places', () => {
  it('[HO1] are given away and swapped, both sides in one step', async () => {
    const { who, plan, signUp, firm, offer, answer, snapshot, entries } = await scene();
    const one = await plan();
    const two = await plan({ startsAt: test.clock.now + 5 * day, endsAt: test.clock.now + 5 * day + hour });
    await signUp(one, 1, 3);
    await signUp(two, 2, 3);
    const [a, b, c] = [who(1).member.id, who(2).member.id, who(3).member.id];
    const { swap } = (await offer(who(1), one, { to: b, forShiftId: two.id })).body;
    expect((await snapshot(who(2))).swaps).toEqual([swap]);
    expect((await answer(who(2), swap, 'accept')).status).toBe(201);
    expect([await firm(one), await firm(two)]).toEqual([
      [b, c],
      [a, c],
    ]);
    const given = (await offer(who(2), one, { to: null })).body.swap;
    expect((await answer(who(4), given, 'accept')).status).toBe(201);
    expect(await firm(one)).toEqual([who(4).member.id, c]);
    const closed = (await entries()).filter(({ type }) => type === 'swap.closed');
    expect(closed).toMatchObject([
      { swap: { state: 'accepted', takenBy: b }, shifts: [{ id: one.id }, { id: two.id }] },
      { swap: { state: 'accepted', takenBy: who(4).member.id } },
    ]);
  });

  it('[HO1] keep the rules for both: whom it would overlap for is refused, and nothing changes', async () => {
    const { who, plan, signUp, firm, offer, answer, head } = await scene();
    const one = await plan();
    const other = await plan({ startsAt: one.startsAt + hour, endsAt: one.endsAt + hour });
    await signUp(one, 1, 3);
    await signUp(other, 2);
    const { swap } = (await offer(who(1), one, { to: who(2).member.id })).body;
    const before = await head();
    const refused = await answer(who(2), swap, 'accept');
    expect(refused.status).toBe(409);
    expect(refused.body.issues?.[0]?.message).toContain('same time');
    expect(await head()).toEqual(before);
    expect(await firm(one)).toContain(who(1).member.id);
  });

  it('[HO2] are not one’s own to take, nor others’ to answer', async () => {
    const { who, plan, signUp, offer, answer, head } = await scene();
    const one = await plan();
    const two = await plan({ startsAt: one.startsAt + day, endsAt: one.endsAt + day });
    await signUp(one, 1, 3);
    const to = who(2).member.id;
    const wrong = await Promise.all([
      offer(who(1), one, { to: who(1).member.id }),
      offer(who(1), one, { to: 'A'.repeat(16) }),
      offer(who(1), one, { to: null, forShiftId: two.id }),
      offer(who(1), one, { to, forShiftId: one.id }),
      offer(who(1), one, { to, forShiftId: two.id }),
      offer(who(2), one, { to: who(4).member.id }),
      offer(who(1), one, { to: who(3).member.id }),
    ]);
    expect(wrong.map(({ status }) => status)).toEqual([422, 422, 422, 422, 409, 409, 409]);
    const { swap } = (await offer(who(1), one, { to })).body;
    const before = await head();
    expect((await offer(who(1), one, { to })).status).toBe(409);
    const answers = await Promise.all([
      answer(who(1), swap, 'accept'),
      answer(who(4), swap, 'accept'),
      answer(who(4), swap, 'decline'),
      answer(who(2), swap, 'withdraw'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(await head()).toEqual(before);
  });

  it('[HO3] end: declined, withdrawn, by their time; of many who accept at once one gets it, a repetition is one', async () => {
    const { who, plan, signUp, firm, offer, answer, pass, snapshot, entries } = await scene();
    const one = await plan();
    await signUp(one, 1, 3);
    const make = async (to: string | null) => (await offer(who(1), one, { to })).body.swap;
    expect((await answer(who(2), await make(who(2).member.id), 'decline')).body.swap.state).toBe('declined');
    expect((await answer(who(1), await make(null), 'withdraw')).body.swap.state).toBe('withdrawn');
    await make(null);
    test.clock.now += 48 * hour;
    await Promise.all([pass(), pass(), pass()]);
    const states = (await entries()).flatMap((entry) =>
      entry.type === 'swap.closed' ? [entry.swap.state] : [],
    );
    expect(states).toEqual(['declined', 'withdrawn', 'expired']);
    const swap = await make(null);
    const key = randomUUID();
    const taken = await Promise.all([
      ...[answer(who(2), swap, 'accept', key), answer(who(2), swap, 'accept', key)],
      answer(who(4), swap, 'accept'),
    ]);
    const [status, again, late] = taken.map(({ status }) => status);
    expect(status).toBe(again);
    expect(status === 201 ? [status, late] : [late, status]).toEqual([201, 409]);
    expect(await firm(one)).toHaveLength(2);
    test.clock.now += 20 * day;
    await pass();
    expect((await snapshot(who(0))).swaps).toEqual([]);
  });
});

describe('asking for cover', () => {
  it('[CO1] [CO2] [CO5] asks the free, one after another; a no goes on at once and names nobody', async () => {
    const { who, plan, signUp, attend, cover, coverNow, firm, entries, pass } = await scene();
    const one = await plan();
    const same = await plan();
    await signUp(one, 1, 2);
    // At that time elsewhere.
    await signUp(same, 3);
    const asked = (await attend(who(1), one, 'cannot')).body.cover;
    const free = [who(0), who(4)];
    const first = free.find(({ member }) => member.id === asked.asking) as Neighbour;
    const second = free.find((someone) => someone !== first) as Neighbour;
    expect(first).toBeDefined();
    expect((await cover(second, one, 'yes')).status).toBe(409);
    expect((await cover(second, one, 'no')).status).toBe(409);
    expect((await cover(first, one, 'no')).body.cover.asking).toBe(second.member.id);
    expect((await entries()).at(-1)).toMatchObject({ type: 'cover.asked', by: null });
    // Silent until the deadline: all are told; who was late may still.
    test.clock.now = (await coverNow(who(1), one))?.until ?? 0;
    await Promise.all([pass(), pass()]);
    expect((await coverNow(who(1), one))?.state).toBe('everyone');
    expect((await cover(second, one, 'yes')).status).toBe(201);
    expect(await firm(one)).toEqual([second.member.id, who(2).member.id]);
    expect((await coverNow(who(1), one))?.state).toBe('filled');
    // Asked least recently, first.
    const next = await plan({ startsAt: test.clock.now + 6 * day, endsAt: test.clock.now + 6 * day + hour });
    await signUp(next, 2, 3);
    const again = (await attend(who(2), next, 'cannot')).body.cover;
    expect([first.member.id, second.member.id]).not.toContain(again.asking);
  });

  it('[CO3] each step is done once, by several processes at once, and after one died with a claim', async () => {
    const { id, who, plan, signUp, attend, coverNow, entries } = await scene();
    const one = await plan();
    await signUp(one, 1, 2);
    await attend(who(1), one, 'cannot');
    const run = coverTimer(test.deps);
    const steps = async () => (await entries()).filter(({ type }) => type.startsWith('cover.')).length;
    for (const count of [2, 3, 4]) {
      test.clock.now = (await coverNow(who(1), one))?.until ?? 0;
      const cover = coverIdOf(one.id, who(1).member.id);
      await Promise.all(Array.from({ length: 6 }, () => run(id, cover)));
      // A claim that was lost is done again, and finds nothing to do.
      expect(await run(id, cover)).toBeGreaterThan(test.clock.now);
      expect(await steps()).toBe(count);
    }
    expect((await coverNow(who(1), one))?.state).toBe('everyone');
    test.clock.now = one.startsAt;
    await run(id, coverIdOf(one.id, who(1).member.id));
    expect((await entries()).at(-1)).toMatchObject({ type: 'cover.closed', cover: { state: 'over' } });
  });

  it('[CO4] who comes after all takes it back; where nobody is free all are told at once', async () => {
    const { who, plan, signUp, attend, cover, shift } = await scene(2);
    const one = await plan({ places: 3 });
    await signUp(one, 0, 1, 2);
    expect((await attend(who(1), one, 'cannot')).body.cover).toMatchObject({ state: 'everyone', asked: [] });
    expect((await attend(who(1), one, 'coming')).body.cover.state).toBe('withdrawn');
    expect((await shift(one)).signUps.map(({ coming }) => coming)).toEqual([undefined, true, undefined]);
    expect((await cover(who(2), one, 'yes')).status).toBe(409);
  });
});

describe('reminders', () => {
  it('[RM1] come a day and an hour before, each once, and again where the shift was moved', async () => {
    const { id, plan, signUp, change, pass, entries } = await scene();
    const one = await plan();
    await signUp(one, 1, 2);
    const reminded = async () =>
      (await entries()).flatMap((entry) =>
        entry.type === 'shift.reminded' ? [[entry.shift.reminded?.of, entry.memberIds.length]] : [],
      );
    test.clock.now = one.startsAt - day - 1;
    await pass();
    expect(await reminded()).toEqual([]);
    test.clock.now += 1;
    const run = reminderTimer(test.deps);
    await Promise.all([pass(), run(id, one.id), run(id, one.id)]);
    await signUp(one, 3);
    await pass();
    expect(await reminded()).toEqual([['day', 2]]);
    test.clock.now = one.startsAt - hour;
    await Promise.all([pass(), run(id, one.id)]);
    const twice = [
      ['day', 2],
      ['hour', 3],
    ];
    expect(await reminded()).toEqual(twice);
    await change(one, { startsAt: one.startsAt + 2 * day, endsAt: one.endsAt + 2 * day });
    test.clock.now = one.startsAt + day;
    await pass();
    expect(await reminded()).toEqual([...twice, ['day', 3]]);
  });

  it('[RM2] [TT1] who cannot and was not replaced serves no hours; sums name nobody', async () => {
    const { who, base, path, plan, signUp, attend, pass } = await scene(2);
    const one = await plan();
    await signUp(one, 0, 1, 2);
    await attend(who(1), one, 'cannot');
    test.clock.now = one.endsAt;
    await pass();
    const totals = (by: Neighbour) => by.phone.must(by.phone.get<RotaTotals>(`${base}/rota-totals`));
    const team = { shifts: 1, hours: 4, places: 3, absent: 1 };
    expect(await totals(who(0))).toEqual({ team, mine: { hours: 2 } });
    expect((await totals(who(1))).mine).toEqual({ hours: 0 });
    const say = (came: number) => who(2).phone.post(path(one, '/turnout'), { came });
    expect([(await say(4)).status, (await say(1)).status]).toEqual([422, 201]);
    expect((await totals(who(0))).team).toEqual({ ...team, hours: 2, absent: 2 });
    expect(JSON.stringify(await totals(who(0)))).not.toContain(who(1).member.id);
  });

  it('[TT2] offers and questions are taken along and erased; somebody else’s question goes on', async () => {
    const { who, plan, signUp, offer, attend, coverNow, snapshot, pass } = await scene();
    const one = await plan();
    await signUp(one, 1, 2);
    const asked = (await attend(who(1), one, 'cannot')).body.cover;
    const them = [0, 3, 4].map(who).find(({ member }) => member.id === asked.asking) as Neighbour;
    const { phone } = them.member.role === 'coordinator' ? who(2) : them;
    await offer(who(2), one, { to: null });
    const file = await who(2).phone.must(
      who(2).phone.get<{ neighbourhoods: { swaps: Swap[] }[] }>('/api/me/export'),
    );
    expect(file.neighbourhoods[0]?.swaps).toHaveLength(1);
    await phone.must(phone.send('DELETE', '/api/me?confirm=erase'));
    await who(2).phone.send('DELETE', '/api/me?confirm=erase');
    await pass();
    expect((await snapshot(who(0))).swaps).toEqual([]);
    const now = await coverNow(who(1), one);
    expect(now?.state).not.toBe('over');
    if (phone === them.phone) expect(JSON.stringify(now)).not.toContain(them.member.id);
  });
});
