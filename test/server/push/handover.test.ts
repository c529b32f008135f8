import * as v from 'valibot';
import { expect, it } from 'vitest';
import { offersOf } from '../../../client/sw/offers.ts';
import { notificationOf } from '../../../client/sw/notification.ts';
import { type NoticeAction, noticeActions } from '../../../shared/notices.ts';
import { NoticeMessage } from '../../../shared/push.ts';
import { firmOf, type Shift } from '../../../shared/shifts.ts';
import { type Cover, isOpenCover, type Swap } from '../../../shared/swaps.ts';
import { type Neighbour, rotaScene } from '../../support/rota-scene.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();
const minute = 60 * 1000;
const hour = 60 * minute;
const day = 24 * hour;

/** Ada (0) coordinates, 1, 2 and 3 are volunteers, 4 and 5 residents; each has a phone that is told. */
async function scene() {
  // Push services look at the clock themselves: no test goes further than an hour or two.
  const at = await rotaScene(stage.app, { days: 0, others: 5 });
  const { who, base, path, founder } = at;
  for (const i of [1, 2, 3])
    await founder.must(
      founder.send('PUT', `${base}/members/${who(i).member.id}/role`, { role: 'volunteer' }),
    );
  const devices = new Map<string, number>();
  for (const [i, { phone }] of at.all.entries()) devices.set(await stage.subscribe(phone), i);
  await stage.work();
  let seen = 0;

  /** Nothing goes to a push service that the lock screen may not say: the kind, the neighbourhood, and where it leads. */
  function checkSecrets(payload: string, message: NoticeMessage): void {
    expect(Object.keys(message).toSorted()).toEqual(
      ['actions', 'id', 'kind', 'locale', 'neighbourhoodId', 'neighbourhoodName', 'notice'].toSorted(),
    );
    const secrets = [...at.all.map(({ member }) => member.id), 'Neighbour', 'Ada', 'bakery'];
    for (const secret of secrets) expect(payload).not.toContain(secret);
    const { title, options } = notificationOf(JSON.parse(payload), 'en');
    expect(options.body).toBe('Rue des Lilas');
    expect(title).toBe(words[message.notice]);
    expect(options.data.open).toBe(`/n/${at.id}/shifts/${message.id}`);
  }

  const fresh = () => {
    const found = stage.service.received.slice(seen).map(({ subscriptionId, payload, urgency }) => {
      const message = v.parse(NoticeMessage, JSON.parse(payload));
      checkSecrets(payload, message);
      return { i: devices.get(subscriptionId) ?? -1, message, urgency };
    });
    seen = stage.service.received.length;
    return found.toSorted((a, b) => a.i - b.i);
  };
  /** What came since this was asked last, once it is so much. */
  const told = async (count: number) => {
    await stage.service.waitFor((received) => received.length >= seen + count);
    await stage.drained();
    return fresh();
  };
  const lines = (found: Awaited<ReturnType<typeof told>>) =>
    found.map(({ i, message: { notice } }) => `${i}: ${notice}`);

  return {
    ...{ ...at, told, lines },
    tells: async (count: number) => lines(await told(count)),
    signUp: async (shift: Shift, ...numbers: number[]) => {
      for (const i of numbers) await who(i).phone.must(at.join(who(i), shift));
    },
    soon: (more = 70 * minute) => {
      const startsAt = stage.app.clock.now + more;
      return at.plan({ startsAt, endsAt: startsAt + hour, needed: 2, places: 4 });
    },
    firm: async (shift: Shift) => firmOf(await at.shift(shift)).map(({ memberId }) => memberId),
    offer: async (by: Neighbour, shift: Shift, to: Neighbour | null) =>
      (
        await by.phone.must(
          by.phone.post<{ swap: Swap }>(path(shift, '/swaps'), { to: to?.member.id ?? null }),
        )
      ).swap,
    answer: (by: Neighbour, swap: Swap, answer: string) =>
      by.phone.must(by.phone.post(`${base}/swaps/${swap.id}/answer`, { answer })),
    attend: (by: Neighbour, shift: Shift, answer: string) =>
      by.phone.must(by.phone.post<{ cover: Cover }>(path(shift, '/attendance'), { answer })),
    coverOf: async (shift: Shift) =>
      (await at.snapshot(who(0))).covers.find(({ shiftId }) => shiftId === shift.id),
    /** What the service worker does as a button is pressed. */
    press: async (message: NoticeMessage | undefined, by: number, action: NoticeAction) => {
      const offer = message && offersOf(message).find((one) => one.action === action);
      if (offer === undefined) throw new Error(`no button ${action}`);
      const headers = { 'idempotency-key': offer.key };
      return await who(by).phone.post<{ seq: number }>(offer.path, noticeActions[action].body, headers);
    },
  };
}

/** As it stands in the words of the lock screen. */
const words: Record<string, string> = {
  'shift-tomorrow': 'You are on patrol tomorrow',
  'shift-soon': 'Your shift starts in an hour',
  'shift-cancelled': 'Your shift is cancelled',
  'cover-asked': 'Can you take over a shift?',
  'cover-failed': 'Nobody has taken over a place on patrol',
  'swap-asked': 'A neighbour offers you their place on a shift',
  'swap-accepted': 'A neighbour comes in your place',
  'swap-over': 'Nobody took the place you offered',
};

it('[PN5] [RM1] a day before, those who come are reminded and nobody else; the buttons say that I come, or have others asked', async () => {
  const at = await scene();
  const shift = await at.soon(day + 10 * minute);
  await at.signUp(shift, 1, 2);
  await at.join(at.who(3), shift, { kind: 'soft' });
  stage.app.clock.now += 10 * minute;
  await at.pass();
  const reminded = await at.told(2);
  expect(at.lines(reminded)).toEqual(['1: shift-tomorrow', '2: shift-tomorrow']);
  const [one, two] = reminded.map(({ message }) => message);
  expect(one?.actions.map(({ action }) => action)).toEqual(['coming', 'cannot']);
  const said = await at.press(one, 1, 'coming');
  expect(said.status).toBe(201);
  // Pressed again, it is the same command.
  expect((await at.press(one, 1, 'coming')).body).toEqual(said.body);
  expect((await at.shift(shift)).signUps.map(({ coming }) => coming)).toEqual([true, undefined, undefined]);
  expect((await at.press(two, 2, 'cannot')).status).toBe(201);
  // Who would come if needed is asked first.
  const [first] = await at.told(1);
  expect([first?.i, first?.message.notice, first?.urgency]).toEqual([3, 'cover-asked', 'high']);
  expect((await at.press(first?.message, 3, 'pass-on')).status).toBe(201);
  const [next] = await at.told(1);
  expect([next?.i, next?.message.notice]).toEqual([0, 'cover-asked']);
  expect((await at.press(next?.message, 0, 'take-over')).status).toBe(201);
  expect(await at.firm(shift)).toEqual([at.who(1).member.id, at.who(0).member.id]);
  expect(await at.tells(1)).toEqual(['2: swap-accepted']);
  // What is erased of somebody who was asked is no news.
  const gone = at.who(3).phone;
  await gone.must(gone.send('DELETE', '/api/me?confirm=erase'));
  await at.attend(at.who(1), shift, 'cannot');
  const asked = await at.told(1);
  expect(asked.map(({ message: { notice } }) => notice)).toEqual(['cover-asked']);
});

it('[PN5] [RM1] an hour before, the phone is woken, with the same buttons', async () => {
  const at = await scene();
  const shift = await at.soon();
  await at.signUp(shift, 1, 2, 3);
  await at.attend(at.who(3), shift, 'cannot');
  expect(await at.tells(1)).toEqual(['0: cover-asked']);
  stage.app.clock.now += 10 * minute;
  await at.pass();
  const reminded = await at.told(2);
  expect(at.lines(reminded)).toEqual(['1: shift-soon', '2: shift-soon']);
  expect(reminded.map(({ urgency }) => urgency)).toEqual(['high', 'high']);
  const [, two] = reminded;
  expect((await at.press(two?.message, 2, 'coming')).status).toBe(201);
  // Whoever presses a button that is not theirs changes nothing.
  expect((await at.press(two?.message, 5, 'coming')).status).toBe(409);
  expect((await at.shift(shift)).signUps.map(({ coming }) => coming)).toEqual([undefined, true, false]);
});

it('[PN6] an offered place is told to whom it is offered, and how it ended to who offered it', async () => {
  const at = await scene();
  const shift = await at.soon(5 * hour);
  await at.signUp(shift, 1, 2);
  const given = await at.offer(at.who(1), shift, at.who(3));
  expect(await at.tells(1)).toEqual(['3: swap-asked']);
  await at.answer(at.who(3), given, 'accept');
  expect(await at.tells(1)).toEqual(['1: swap-accepted']);
  const declined = await at.offer(at.who(3), shift, at.who(4));
  expect(await at.tells(1)).toEqual(['4: swap-asked']);
  await at.answer(at.who(4), declined, 'decline');
  expect(await at.tells(1)).toEqual(['3: swap-over']);
  // Neither an offer to whoever wants, nor one that is taken back.
  await at.answer(at.who(3), await at.offer(at.who(3), shift, null), 'withdraw');
  await at.offer(at.who(2), shift, at.who(5));
  expect(await at.tells(1)).toEqual(['5: swap-asked']);
});

it('[PN7] only who is asked is told; where nobody is left, volunteers and who asked for it are, at the end again', async () => {
  const at = await scene();
  const shift = await at.soon(55 * minute);
  await at.signUp(shift, 4, 0);
  await at.attend(at.who(4), shift, 'cannot');
  const asked = new Set<number>();
  for (let i = 0; i < 3; i += 1) {
    const [one, ...others] = await at.told(1);
    expect([one?.message.notice, others]).toEqual(['cover-asked', []]);
    asked.add(one?.i ?? -1);
    stage.app.clock.now = (await at.coverOf(shift))?.until ?? 0;
    await at.pass();
  }
  expect(asked).toEqual(new Set([1, 2, 3]));
  const failed = (await at.told(5)).filter(({ message: { notice } }) => notice === 'cover-failed');
  // Not 5, who is a resident.
  expect(failed.map(({ i }) => i)).toEqual([0, 1, 2, 3, 4]);
  expect(failed.every(({ message }) => message.actions.length === 0)).toBe(true);
  stage.app.clock.now = shift.startsAt;
  await at.pass();
  expect((await at.tells(1)).filter((line) => line.endsWith('cover-failed'))).toEqual(['4: cover-failed']);
});

it('[PN7] [CO6] who leaves while others are asked ends the question at once, and nobody is told more', async () => {
  const at = await scene();
  const shift = await at.soon(5 * hour);
  await at.signUp(shift, 1, 2, 3);
  await at.offer(at.who(1), shift, at.who(4));
  expect(await at.tells(1)).toEqual(['4: swap-asked']);
  await at.attend(at.who(1), shift, 'cannot');
  const asked = await at.told(1);
  await at.leave(at.who(1), shift);
  await at.pass();
  const cover = await at.coverOf(shift);
  expect(cover && isOpenCover(cover)).toBe(false);
  // A late yes changes nothing.
  const [{ i, message } = { i: 0, message: undefined }] = asked;
  expect((await at.press(message, i, 'take-over')).status).toBe(409);
  await at.offer(at.who(2), shift, at.who(5));
  expect(await at.tells(1)).toEqual(['5: swap-asked']);
});
