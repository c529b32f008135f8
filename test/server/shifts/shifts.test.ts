import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapOf } from '../../../shared/shifts.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { rotaScene } from '../../support/rota-scene.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const hour = 3600 * 1000;
const day = 24 * hour;

describe('patrols are switched on by their neighbours', () => {
  it('[RO1] are on once three agree, and off again when one takes it back', async () => {
    const at = await rotaScene(test);
    await at.plan();
    await at.agree(at.who(2), 'none');
    const refused = await at.founder.post<{ code: string; issues: unknown[] }>(
      `${at.base}/shifts`,
      at.command(),
    );
    expect(refused.status).toBe(409);
    expect(refused.body.issues).toEqual([{ path: 'patrols', message: expect.stringContaining('agree') }]);
    await at.agree(at.who(3));
    await at.plan();
  });

  it('[RO1] are off while more are against, or whoever agreed has left', async () => {
    const at = await rotaScene(test, { others: 6 });
    const shift = await at.plan();
    for (const i of [3, 4, 5]) await at.agree(at.who(i), 'against');
    expect((await at.join(at.who(1), shift)).status).toBe(201);
    await at.agree(at.who(6), 'against');
    expect((await at.join(at.who(2), shift)).status).toBe(409);
    await at.agree(at.who(6), 'none');
    const { phone, member } = at.who(2);
    await phone.send('DELETE', `${at.base}/members/${member.id}`);
    expect((await at.join(at.who(3), shift)).status).toBe(409);
  });

  it('[RO1] shows who said what, and says it once', async () => {
    const at = await rotaScene(test);
    const before = await at.head();
    await at.agree(at.who(0));
    expect(await at.head()).toEqual(before);
    const { patrolWords } = await at.snapshot(at.who(3));
    const said = new Map(patrolWords.map(({ memberId, word }) => [memberId, word]));
    expect(said).toEqual(new Map([0, 1, 2].map((i) => [at.who(i).member.id, 'agree'])));
  });

  it('[RO1] are never switched on by one alone', async () => {
    const at = await rotaScene(test, { others: 0 });
    expect((await at.founder.post(`${at.base}/shifts`, at.command())).status).toBe(409);
  });
});

describe('planning', () => {
  it('[RO2] plans a shift and tells everybody', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan({
      note: 'Bring a torch.',
      kit: ['torch'],
      route: [{ lat: 45.76, lng: 4.836 }],
    });
    expect(shift).toMatchObject({
      ...{ version: 1, needed: 2, places: 3, kit: ['torch'], note: 'Bring a torch.', signUps: [] },
      ...{ status: 'planned', plannedBy: at.who(0).member.id, seriesId: null },
    });
    expect((await at.entries()).at(-1)).toMatchObject({ type: 'shifts.planned', shifts: [{ id: shift.id }] });
    expect((await at.snapshot(at.who(1))).shifts).toEqual([shift]);
    expect(await at.shift(shift)).toEqual(shift);
    expect(await at.shifts(test.clock.now, test.clock.now + 4 * day)).toEqual([shift]);
    expect(await at.shifts(test.clock.now, shift.startsAt)).toEqual([]);
  });

  it('[RO2] refuses what is no shift, with the field', async () => {
    const at = await rotaScene(test);
    const now = test.clock.now;
    const before = await at.head();
    const cases: [more: Record<string, unknown>, path: string][] = [
      [{ startsAt: now - hour, endsAt: now + hour }, 'startsAt'],
      [{ startsAt: now + 400 * day, endsAt: now + 400 * day + hour }, 'startsAt'],
      [{ endsAt: now }, 'endsAt'],
      [{ startsAt: now + hour, endsAt: now + 8 * hour }, 'endsAt'],
      [{ needed: 1 }, 'needed'],
      [{ needed: 3, places: 2 }, 'places'],
      [{ places: 21 }, 'places'],
      [{ kit: ['torch', 'torch'] }, 'kit'],
      [{ kit: ['gun'] }, 'kit.0'],
      [{ meeting: { position: { lat: 46, lng: 4.83 }, words: 'Far' } }, 'meeting.position'],
      [
        {
          route: [
            { lat: 45.76, lng: 4.836 },
            { lat: 40, lng: 4.8 },
          ],
        },
        'route.1',
      ],
      [{ route: Array.from({ length: 41 }, () => ({ lat: 45.76, lng: 4.836 })) }, 'route'],
      [{ meeting: { position: { lat: 45.76, lng: 4.836 }, words: '' } }, 'meeting.words'],
    ];
    for (const [more, path] of cases) {
      const answer = await at.founder.post<{ issues: { path: string }[] }>(
        `${at.base}/shifts`,
        at.command(more),
      );
      expect([answer.status, answer.body.issues[0]?.path]).toEqual([422, path]);
    }
    expect(await at.head()).toEqual(before);
  });

  it('[RO2] plans once, however often the command is repeated', async () => {
    const at = await rotaScene(test);
    const key = { 'idempotency-key': crypto.randomUUID() };
    const command = at.command();
    const first = await at.founder.post(`${at.base}/shifts`, command, key);
    const second = await at.founder.post(`${at.base}/shifts`, command, key);
    expect(second.body).toEqual(first.body);
    expect(await at.shifts(test.clock.now, test.clock.now + 9 * day)).toHaveLength(1);
  });
});

describe('signing up', () => {
  it('[RO3] never takes more than there are places, also when twenty sign up at once', async () => {
    const at = await rotaScene(test, { others: 20 });
    const shift = await at.plan({ places: 7 });
    const answers = await Promise.all(at.all.slice(1).map((who) => at.join(who, shift)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(13);
    expect(answers.find(({ status }) => status === 409)?.body.issues).toEqual([
      { path: '', message: 'is full' },
    ]);
    expect((await at.shift(shift)).signUps).toHaveLength(7);
  });

  it('[RO4] never signs a member up for two shifts at once, also when they try twenty at once', async () => {
    const at = await rotaScene(test);
    const startsAt = test.clock.now + 3 * day;
    const shifts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        at.plan({ startsAt: startsAt + i * 60_000, endsAt: startsAt + i * 60_000 + hour }),
      ),
    );
    const answers = await Promise.all(shifts.map((shift) => at.join(at.who(1), shift)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const now = await Promise.all(shifts.map((shift) => at.shift(shift)));
    expect(now.flatMap(({ signUps }) => signUps)).toHaveLength(1);
  });

  it('[RO5] says that it is much in one go, and refuses what is too much', async () => {
    const at = await rotaScene(test);
    const startsAt = test.clock.now + 3 * day;
    const shiftAt = (from: number, hours: number) =>
      at.plan({ startsAt: startsAt + from * hour, endsAt: startsAt + (from + hours) * hour });
    const [first, second, third, late] = [
      await shiftAt(0, 3),
      await shiftAt(3, 2),
      await shiftAt(5, 2),
      await shiftAt(13, 1),
    ];
    const who = at.who(1);
    expect((await at.join(who, first)).status).toBe(201);
    const warned = await at.join(who, second);
    expect([warned.status, warned.body.issues?.[0]?.path]).toEqual([409, 'evenSo']);
    expect((await at.join(who, second, { evenSo: true })).status).toBe(201);
    const refused = await at.join(who, third, { evenSo: true });
    expect([refused.status, refused.body.issues?.[0]?.path]).toEqual([409, '']);
    // Eight hours after the end of the second.
    expect((await at.join(who, late)).status).toBe(201);
  });

  it('[RO8] refuses twice, after the start, when cancelled, and changes nothing', async () => {
    const at = await rotaScene(test);
    const [shift, other] = [await at.plan(), await at.plan()];
    await at.join(at.who(1), shift);
    await at.cancel(other);
    const before = await at.head();
    const message = async (answer: ReturnType<typeof at.join>) => {
      const { status, body } = await answer;
      return [status, body.issues?.[0]?.message];
    };
    expect(await message(at.join(at.who(1), shift))).toEqual([409, 'you are signed up already']);
    expect(await message(at.join(at.who(1), shift, { kind: 'soft' }))).toEqual([
      409,
      'you have said that you come',
    ]);
    expect(await message(at.join(at.who(1), other))).toEqual([409, 'is cancelled']);
    expect(await message(at.leave(at.who(2), shift))).toEqual([409, 'you are not signed up']);
    expect(await at.head()).toEqual(before);
    test.clock.now = shift.startsAt;
    expect(await message(at.join(at.who(2), shift))).toEqual([409, 'has begun']);
    expect(await message(at.leave(at.who(1), shift))).toEqual([409, 'has begun']);
    expect((await at.cancel(shift)).status).toBe(409);
    expect((await at.change(shift, { note: 'Later.' })).status).toBe(409);
    expect(await at.head()).toEqual(before);
  });

  it('[RO8] gives a place back, for the shift and for the member', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan({ places: 2 });
    await at.join(at.who(1), shift);
    await at.join(at.who(2), shift);
    expect((await at.join(at.who(3), shift)).status).toBe(409);
    expect((await at.leave(at.who(1), shift)).status).toBe(201);
    expect((await at.join(at.who(3), shift)).status).toBe(201);
    const another = await at.plan();
    expect((await at.join(at.who(1), another)).status).toBe(201);
    expect((await at.entries()).filter(({ type }) => type === 'shift.left')).toMatchObject([
      { by: at.who(1).member.id, memberIds: [at.who(1).member.id], shift: { id: shift.id } },
    ]);
  });

  it('[RO7] keeps the last place for somebody who has patrolled before', async () => {
    const at = await rotaScene(test, { others: 4, days: 2 });
    const shift = await at.plan({ places: 3 });
    expect((await at.join(at.who(1), shift)).status).toBe(201);
    expect((await at.join(at.who(2), shift)).status).toBe(201);
    const refused = await at.join(at.who(3), shift);
    expect([refused.status, refused.body.issues?.[0]?.message]).toEqual([
      409,
      'the last place is kept for somebody who has patrolled before',
    ]);
    // Enough of them, but nobody who knows how it goes.
    expect(gapOf(await at.shift(shift))).toBe(1);
    const { body } = await at.join(at.who(0), shift);
    expect(body.shift.signUps.map(({ newcomer }) => newcomer)).toEqual([true, true, false]);
    expect(gapOf(body.shift)).toBe(0);
  });

  it('[RO7] counts as experienced who has served four hours', async () => {
    const at = await rotaScene(test, { days: 2 });
    for (let i = 0; i < 2; i += 1) {
      const startsAt = test.clock.now + 3 * day;
      const shift = await at.plan({ startsAt, endsAt: startsAt + 2 * hour });
      const { body } = await at.join(at.who(1), shift);
      expect(body.shift.signUps[0]?.newcomer).toBe(true);
      test.clock.now = shift.endsAt;
      await at.pass();
    }
    const { body } = await at.join(at.who(1), await at.plan());
    expect(body.shift.signUps[0]?.newcomer).toBe(false);
  });
});

describe('changing and cancelling', () => {
  it('[RO9] tells those who are signed up, and signs off for whom it lies badly now', async () => {
    const at = await rotaScene(test);
    const startsAt = test.clock.now + 3 * day;
    const first = await at.plan({ startsAt, endsAt: startsAt + hour });
    const second = await at.plan({ startsAt: startsAt + 2 * day, endsAt: startsAt + 2 * day + hour });
    await at.join(at.who(1), first);
    await at.join(at.who(1), second);
    await at.join(at.who(2), second);
    const { body } = await at.change(second, { startsAt, endsAt: startsAt + 2 * hour });
    expect(body.shift.signUps.map(({ memberId }) => memberId)).toEqual([at.who(2).member.id]);
    expect((await at.entries()).at(-1)).toMatchObject({
      ...{ type: 'shift.changed', memberIds: [at.who(1).member.id], shift: { id: second.id, startsAt } },
    });
    // The second member's time moved with it.
    expect((await at.join(at.who(2), first)).status).toBe(409);
  });

  it('[RO9] keeps the first ones where there are fewer places', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan({ places: 3 });
    for (const i of [1, 2, 3]) await at.join(at.who(i), shift);
    const { body } = await at.change(shift, { places: 2 });
    expect(body.shift.signUps.map(({ memberId }) => memberId)).toEqual(
      [1, 2].map((i) => at.who(i).member.id),
    );
    const another = await at.plan();
    expect((await at.join(at.who(3), another)).status).toBe(201);
  });

  it('[RO9] cancels with the reason, names whom to tell, and frees their time', async () => {
    const at = await rotaScene(test);
    const shift = await at.plan();
    await at.join(at.who(1), shift);
    expect((await at.cancel(shift)).status).toBe(201);
    expect((await at.entries()).at(-1)).toMatchObject({
      ...{ type: 'shift.cancelled', memberIds: [at.who(1).member.id] },
      shift: { status: 'cancelled', reason: 'A storm is coming.' },
    });
    expect((await at.join(at.who(1), await at.plan())).status).toBe(201);
    test.clock.now = shift.endsAt;
    await at.pass();
    expect((await at.shift(shift)).status).toBe('cancelled');
  });
});

describe('keeping to oneself', () => {
  it('[RO18] gives shifts of the coming two weeks, and mine whenever they are', async () => {
    const at = await rotaScene(test);
    const soon = await at.plan();
    const late = await at.plan({
      startsAt: test.clock.now + 30 * day,
      endsAt: test.clock.now + 30 * day + hour,
    });
    await at.join(at.who(1), late);
    expect((await at.snapshot(at.who(1))).shifts.map(({ id }) => id)).toEqual([soon.id, late.id]);
    expect((await at.snapshot(at.who(2))).shifts.map(({ id }) => id)).toEqual([soon.id]);
    expect((await phoneOf(test).get(`${at.base}/shifts?from=0&to=1`)).status).toBe(401);
    const tooLong = await at.founder.get(`${at.base}/shifts?from=0&to=${40 * day}`);
    expect(tooLong.status).toBe(422);
  });
});
