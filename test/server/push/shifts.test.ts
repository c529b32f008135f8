import * as v from 'valibot';
import { expect, it } from 'vitest';
import { NoticeMessage } from '../../../shared/push.ts';
import { rotaScene } from '../../support/rota-scene.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();
const hour = 3600 * 1000;

/** Ada coordinates, neighbours 1 and 2 are residents, 3 is a volunteer; all have a phone that is told. */
async function scene() {
  // Push services look at the clock themselves: none of the test's jumps.
  const at = await rotaScene(stage.app, { days: 0 });
  await at.founder.send('PUT', `${at.base}/members/${at.who(3).member.id}/role`, { role: 'volunteer' });
  const devices = new Map<string, number>();
  for (const [i, { phone }] of at.all.entries()) devices.set(await stage.subscribe(phone), i);
  await stage.work();
  let seen = 0;
  /** Who was told what since this was asked last, once it is so much. */
  const told = async (count: number) => {
    await stage.service.waitFor((received) => received.length >= seen + count);
    await stage.drained();
    const fresh = stage.service.received.slice(seen);
    seen = stage.service.received.length;
    return fresh
      .map(({ subscriptionId, payload }) => {
        const { notice, id } = v.parse(NoticeMessage, JSON.parse(payload));
        return [devices.get(subscriptionId), notice, id] as const;
      })
      .toSorted(([a = 0], [b = 0]) => a - b);
  };
  return { ...at, told };
}

it('[RO9] those who are signed up are told of a change and of the end, but not whoever did it', async () => {
  const at = await scene();
  const shift = await at.plan();
  for (const i of [0, 1, 2]) await at.join(at.who(i), shift);
  await at.change(shift, { note: 'At the other door.' });
  expect(await at.told(2)).toEqual([
    [1, 'shift-changed', shift.id],
    [2, 'shift-changed', shift.id],
  ]);
  await at.cancel(shift);
  expect(await at.told(2)).toEqual([
    [1, 'shift-cancelled', shift.id],
    [2, 'shift-cancelled', shift.id],
  ]);
});

it('[RO6] [RO13] who is called in is told; then volunteers are, where there still are too few', async () => {
  const at = await scene();
  const startsAt = stage.app.clock.now + 5 * hour;
  const shift = await at.plan({ startsAt, endsAt: startsAt + hour, needed: 3 });
  await at.join(at.who(1), shift);
  await at.join(at.who(2), shift, { kind: 'soft' });
  stage.app.clock.now += hour / 2;
  await at.pass();
  expect(await at.told(3)).toEqual([
    [0, 'shift-short', shift.id],
    [2, 'shift-firmed', shift.id],
    [3, 'shift-short', shift.id],
  ]);
});
