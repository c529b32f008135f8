import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shift } from '../../../shared/shifts.ts';
import { type Cover, isOpenCover, type Swap } from '../../../shared/swaps.ts';
import { coverIdOf } from '../../../server/shifts/ask-store.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Neighbour, rotaScene } from '../../support/rota-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const hour = 3600 * 1000;
const day = 24 * hour;

/** 1 is signed up with 2 and has others asked, and offers the place to 4 and, for the one on another shift, to 3. */
async function scene() {
  const at = await rotaScene(test, { others: 5 });
  const { base, path, who, founder } = at;
  for (const i of [1, 2, 3, 4])
    await founder.must(
      founder.send('PUT', `${base}/members/${who(i).member.id}/role`, { role: 'volunteer' }),
    );
  const one = await at.plan();
  const other = await at.plan({ startsAt: one.startsAt + day, endsAt: one.endsAt + day });
  for (const [i, shift] of [
    [1, one],
    [2, one],
    [3, other],
  ] as const)
    await who(i).phone.must(at.join(who(i), shift));
  const offer = async (to: Neighbour, forShift: Shift | null = null) =>
    (
      await who(1).phone.must(
        who(1).phone.post<{ swap: Swap }>(path(one, '/swaps'), {
          ...{ to: to.member.id, forShiftId: forShift?.id ?? null },
        }),
      )
    ).swap;
  const given = await offer(who(4));
  const swapped = await offer(who(3), other);
  await who(1).phone.must(
    who(1).phone.post<{ cover: Cover }>(path(one, '/attendance'), { answer: 'cannot' }),
  );
  const snapshot = async () => await at.snapshot(who(0));
  return {
    ...{ ...at, one, other, given, swapped },
    /** How the two offers and the question stand. */
    standing: async () => {
      const { swaps, covers } = await snapshot();
      const state = (id: string) => swaps.find((swap) => swap.id === id)?.state;
      const cover = covers.find(({ id }) => id === coverIdOf(one.id, who(1).member.id));
      return [state(given.id), state(swapped.id), cover && isOpenCover(cover) ? 'open' : cover?.state];
    },
    asked: async () => (await snapshot()).covers.find(({ id }) => id === coverIdOf(one.id, who(1).member.id)),
  };
}

describe('with a place, what is asked and offered about it ends at once', () => {
  it('[CO6] who has it leaves', async () => {
    const at = await scene();
    expect(await at.standing()).toEqual(['open', 'open', 'open']);
    const asking = (await at.asked())?.asking;
    await at.who(1).phone.must(at.leave(at.who(1), at.one));
    await at.pass();
    expect(await at.standing()).toEqual(['expired', 'expired', 'over']);
    const last = (await at.entries()).filter(({ type }) => type.startsWith('cover.')).at(-1);
    expect(last).toMatchObject({ type: 'cover.closed', by: null, cover: { asking: null } });
    const late = at.all.find(({ member }) => member.id === asking) as Neighbour;
    const before = await at.head();
    expect((await late.phone.post(at.path(at.one, '/cover'), { answer: 'yes' })).status).toBe(409);
    expect(await at.head()).toEqual(before);
  });

  it('[CO6] the shift is cancelled', async () => {
    const at = await scene();
    await at.cancel(at.one);
    await at.pass();
    expect(await at.standing()).toEqual(['expired', 'expired', 'over']);
  });

  it('[CO6] the shift that is asked for in exchange is cancelled: only that offer ends', async () => {
    const at = await scene();
    await at.cancel(at.other);
    await at.pass();
    expect(await at.standing()).toEqual(['open', 'expired', 'open']);
  });

  it('[CO6] the shift is changed: what has lost no place goes on', async () => {
    const at = await scene();
    await at.change(at.one, { startsAt: at.one.startsAt + hour, endsAt: at.one.endsAt + hour });
    await at.pass();
    expect(await at.standing()).toEqual(['open', 'open', 'open']);
    // At the time of another shift of theirs.
    const late = await at.plan({ startsAt: at.one.startsAt + 3 * day, endsAt: at.one.endsAt + 3 * day });
    await at.who(1).phone.must(at.join(at.who(1), late));
    await at.change(at.one, { startsAt: late.startsAt, endsAt: late.endsAt });
    await at.pass();
    expect(await at.standing()).toEqual(['expired', 'expired', 'over']);
  });

  it('[CO6] somebody takes it: the other offers and the question end', async () => {
    const at = await scene();
    await at
      .who(4)
      .phone.must(at.who(4).phone.post(`${at.base}/swaps/${at.given.id}/answer`, { answer: 'accept' }));
    await at.pass();
    expect(await at.standing()).toEqual(['accepted', 'expired', 'over']);
  });

  it('[CO6] somebody comes in: the offers end', async () => {
    const at = await scene();
    const asking = (await at.asked())?.asking;
    const taker = at.all.find(({ member }) => member.id === asking) as Neighbour;
    await taker.phone.must(taker.phone.post(at.path(at.one, '/cover'), { answer: 'yes', evenSo: true }));
    await at.pass();
    expect(await at.standing()).toEqual(['expired', 'expired', 'filled']);
  });

  it('[CO6] who has it is removed from the neighbourhood', async () => {
    const at = await scene();
    await at.founder.must(at.founder.send('DELETE', `${at.base}/members/${at.who(1).member.id}`));
    await at.pass();
    await at.pass();
    expect(await at.standing()).toEqual(['expired', 'expired', 'over']);
  });

  it('[CO6] the series is ended', async () => {
    const at = await rotaScene(test);
    const rule = { every: 1, days: [0, 1, 2, 3, 4, 5, 6], count: 20 };
    const startDate = new Date(test.clock.now + day).toISOString().slice(0, 10);
    const series = await at.planSeries({
      ...{ startDate, startTime: '20:00', durationMinutes: 60, rule, route: [], kit: [], note: '' },
    });
    const shifts = await at.shifts(test.clock.now, test.clock.now + 7 * day);
    const shift = shifts.find(
      ({ seriesId, startsAt }) => seriesId === series.id && startsAt > test.clock.now,
    );
    if (shift === undefined) throw new Error('the series has no shift');
    const { phone } = at.who(1);
    await phone.must(at.join(at.who(1), shift));
    await phone.must(phone.post(at.path(shift, '/swaps'), { to: null }));
    await at.founder.must(at.founder.post(`${at.base}/shift-series/${series.id}/end`));
    await at.pass();
    expect((await at.snapshot(at.who(0))).swaps.map(({ state }) => state)).toEqual(['expired']);
  });
});

it('[RM3] nobody is reminded where the neighbours want no patrols any more; it comes where they want them again', async () => {
  const at = await rotaScene(test);
  const shift = await at.plan();
  for (const i of [1, 2]) await at.who(i).phone.must(at.join(at.who(i), shift));
  const reminded = async () =>
    (await at.entries()).flatMap((entry) =>
      entry.type === 'shift.reminded' ? [[entry.shift.reminded?.of, entry.memberIds.length]] : [],
    );
  await at.who(2).phone.must(at.agree(at.who(2), 'against'));
  test.clock.now = shift.startsAt - day;
  await at.pass();
  test.clock.now = shift.startsAt - hour;
  await at.pass();
  expect(await reminded()).toEqual([]);
  await at.who(2).phone.must(at.agree(at.who(2)));
  test.clock.now += hour / 4;
  await at.pass();
  expect(await reminded()).toEqual([['hour', 2]]);
});
