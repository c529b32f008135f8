import * as v from 'valibot';
import { expect, it } from 'vitest';
import { PushMessage } from '../../../shared/push.ts';
import { minute, safetyScene } from '../patrols/safety-scene.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();
const codes = { cancel: '2468', duress: '9753' };

/** Everybody is subscribed; what came since this was asked last, once it is so much. */
async function subscribed(scene: Awaited<ReturnType<typeof safetyScene>>) {
  const { ada, vi, wes, max, ola, res } = scene;
  const devices = new Map<string, string>();
  for (const [who, { phone }] of Object.entries({ ada, vi, wes, max, ola, res })) {
    const device = await stage.subscribe(phone);
    devices.set(device, who);
  }
  await stage.work();
  let seen = 0;
  return async (count: number) => {
    await stage.service.waitFor((received) => received.length >= seen + count);
    await stage.drained();
    const fresh = stage.service.received.slice(seen);
    seen = stage.service.received.length;
    return fresh
      .map(({ subscriptionId, payload }) => {
        const message = v.parse(PushMessage, JSON.parse(payload));
        return `${devices.get(subscriptionId)}: ${message.kind === 'notice' ? message.notice : message.kind}`;
      })
      .toSorted();
  };
}

it('[HS12] asks the walker, then each step, then tells all who were told that they are safe', async () => {
  const scene = await safetyScene(stage.app);
  const { vi, wes, well, pass, look, max, searchOf } = scene;
  const told = await subscribed(scene);
  await pass(29 * minute);
  await wes.phone.must(well(wes.phone));
  await pass(minute);
  expect(await told(1)).toEqual(['vi: check-in-due']);
  await pass(5 * minute);
  expect(await told(1)).toEqual(['vi: check-in-overdue']);
  await pass(2 * minute);
  expect(await told(1)).toEqual(['wes: walker-overdue']);
  await pass(2 * minute);
  const volunteers = ['ada', 'max', 'ola', 'wes'];
  expect(await told(4)).toEqual(volunteers.map((who) => `${who}: walker-overdue`));
  await max.phone.must(look(max.phone, await searchOf(max.phone)));
  await vi.phone.must(well(vi.phone));
  expect(await told(4)).toEqual(volunteers.map((who) => `${who}: walker-safe`));
});

it('[HS12] tells no phone of the round what goes on though it looked as if it had ended', async () => {
  const scene = await safetyScene(stage.app);
  const { vi, wes, ada, max, path, well, pass, safe, searchOf } = scene;
  for (const { phone } of [vi, wes]) await phone.must(phone.send('PUT', `${path}/sos/codes`, codes));
  const told = await subscribed(scene);
  await vi.phone.must(well(vi.phone, { code: codes.duress }));
  const others = ['ada', 'max', 'ola'];
  expect(await told(3)).toEqual(others.map((who) => `${who}: walker-overdue`));
  await pass(3 * minute);
  expect(await told(4)).toEqual([...others, 'res'].map((who) => `${who}: walker-overdue`));
  await ada.phone.must(safe(ada.phone, await searchOf(max.phone)));
  expect(await told(3)).toEqual(['max', 'ola', 'res'].map((who) => `${who}: walker-safe`));
});

it('[HS12] a partner who was told is not told that they are safe by what only looks so, nor by its end', async () => {
  const scene = await safetyScene(stage.app);
  const { vi, wes, ada, path, well, pass, safe, searchOf } = scene;
  await vi.phone.must(vi.phone.send('PUT', `${path}/sos/codes`, codes));
  const told = await subscribed(scene);
  await pass(29 * minute);
  await wes.phone.must(well(wes.phone));
  // One after the other: what is not so any more is not sent.
  for (const [step, message] of [
    [1, 'vi: check-in-due'],
    [5, 'vi: check-in-overdue'],
    [2, 'wes: walker-overdue'],
  ] as const) {
    await pass(step * minute);
    expect(await told(1)).toEqual([message]);
  }
  await vi.phone.must(well(vi.phone, { code: codes.duress }));
  await pass(2 * minute);
  const volunteers = ['ada', 'max', 'ola'];
  expect(await told(3)).toEqual(volunteers.map((who) => `${who}: walker-overdue`));
  await ada.phone.must(safe(ada.phone, await searchOf(ada.phone)));
  expect(await told(2)).toEqual(['max', 'ola'].map((who) => `${who}: walker-safe`));
});
