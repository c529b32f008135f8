import { describe, expect, it } from 'vitest';
import { createInHand } from '../../../server/in-hand.ts';
import { createGivingWay } from '../../../server/push/giving-way.ts';
import { phoneOf } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';
import { seedPhones } from './seed.ts';

const stage = pushStage();

/** A clock that shows these times, one after the other. */
function scripted(...times: number[]) {
  const left = [...times];
  const clock = () => {
    const time = left.shift();
    if (time === undefined) throw new Error('it rests longer than it may');
    return time;
  };
  return { left, clock };
}

describe('giving way', () => {
  it('[PE14] holds up nobody while nothing is in hand', () => {
    const { clock, left } = scripted(0, 1, 1);
    createGivingWay(createInHand(), { clock })();
    expect(left).toEqual([]);
  });

  it('[PE14] rests three times as long as it worked while commands stay in hand, and no longer', () => {
    const inHand = createInHand();
    Atomics.store(inHand, 0, 2);
    // It worked for one millisecond, until 1; is woken at 2 and at 3.5, and goes on at 4.
    const { clock, left } = scripted(0, 1, 2, 3.5, 4, 4);
    createGivingWay(inHand, { clock })();
    expect(left).toEqual([]);
  });

  it('[PE14] makes up for two milliseconds at most, however long it did nothing', () => {
    const inHand = createInHand();
    Atomics.store(inHand, 0, 1);
    const { clock, left } = scripted(0, 1000, 1005.9, 1006, 1006);
    createGivingWay(inHand, { clock })();
    expect(left).toEqual([]);
  });

  it('[PE14] a worker asks before each message is made, before it is sent, and before its answer counts', async () => {
    const { founder, id } = await street(() => phoneOf(stage.app), []);
    await seedPhones(stage.app.redis, id, stage.service, 5);
    let asked = 0;
    await stage.work({
      giveWay: () => {
        asked += 1;
      },
    });
    await founder.report(id);
    await stage.service.waitFor((received) => received.length === 5);
    await stage.drained();
    expect(asked).toBe(15);
  });
});
