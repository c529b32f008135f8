import { describe, expect, it } from 'vitest';
import { createInHand, type InHand } from '../../../server/in-hand.ts';
import { createGivingWay } from '../../../server/push/giving-way.ts';
import { phoneOf } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';
import { seedPhones } from './seed.ts';

const stage = pushStage();

/** Whoever gives way, by a clock that moves only when it sleeps or works. */
function scene(inHand: InHand) {
  let time = 0;
  const slept: number[] = [];
  /** What happens while it sleeps, and after how many milliseconds that wakes it. */
  const wakes: [afterMs: number, () => void][] = [];
  const giveWay = createGivingWay(inHand, {
    clock: () => time,
    sleep: (_inHand, _there, ms) => {
      const [afterMs, happens] = wakes.shift() ?? [ms, () => undefined];
      slept.push(Math.min(ms, afterMs));
      time += Math.min(ms, afterMs);
      happens();
    },
  });
  return {
    slept,
    wakes,
    workFor: (ms: number) => {
      time += ms;
      giveWay();
    },
  };
}

/** As the server counts commands. */
function begin(inHand: InHand): void {
  Atomics.add(inHand, 0, 1);
  Atomics.add(inHand, 1, 1);
}
function end(inHand: InHand): void {
  Atomics.sub(inHand, 0, 1);
}

describe('giving way', () => {
  it('[PE14] rests three times as long as it worked while commands stay in hand, and no longer', () => {
    const inHand = createInHand();
    const { workFor, slept, wakes } = scene(inHand);
    begin(inHand);
    wakes.push([1, () => undefined], [1.5, () => undefined]);
    workFor(1);
    expect(slept).toEqual([1, 1.5, 0.5]);
  });

  it('[PE14] goes on as soon as none is in hand any more', () => {
    const inHand = createInHand();
    const { workFor, slept, wakes } = scene(inHand);
    begin(inHand);
    wakes.push([0.75, () => end(inHand)]);
    workFor(1);
    expect(slept).toEqual([0.75]);
  });

  it('[PE14] makes up for two milliseconds at most, however long it did nothing', () => {
    const inHand = createInHand();
    const { workFor, slept } = scene(inHand);
    begin(inHand);
    workFor(1000);
    expect(slept).toEqual([6]);
  });

  it('[PE14] rests a quarter as long as it worked where a command ended, and no more after half a second without any', () => {
    const inHand = createInHand();
    const { workFor, slept } = scene(inHand);
    workFor(1);
    expect(slept).toEqual([]);
    begin(inHand);
    end(inHand);
    for (let i = 0; i < 400; i += 1) workFor(1);
    // 399 milliseconds of work and rests of a quarter of that.
    expect(slept).toHaveLength(400);
    expect(slept[0]).toBe(0.25);
    for (let i = 0; i < 5; i += 1) workFor(1);
    expect(slept).toHaveLength(400);
  });

  it('[PE14] rests no longer for a command that begins while it rests between two', () => {
    const inHand = createInHand();
    const { workFor, slept, wakes } = scene(inHand);
    begin(inHand);
    end(inHand);
    wakes.push([0.25, () => begin(inHand)]);
    workFor(1);
    expect(slept).toEqual([0.25, 2.75]);
  });

  it('[PE14] a worker asks as receivers are looked up, before each message is made, before it is sent, and before its answer counts', async () => {
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
    // Three times while it is looked up whom it may be sent to.
    expect(asked).toBe(3 + 5 * 3);
  });
});
