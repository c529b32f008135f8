import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import webPush from 'web-push';
import { createInHand } from '../../../server/in-hand.ts';
import { createGivingWay } from '../../../server/push/giving-way.ts';
import { startPushWorker } from '../../../server/push/worker.ts';
import { phoneOf, startApp } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { startPushService } from '../../support/push-service.ts';
import { seedPhones } from './seed.ts';

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
    const service = await startPushService();
    onTestFinished(() => service.close());
    const app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
    onTestFinished(() => app.stop());
    const { founder, id } = await street(() => phoneOf(app), []);
    await seedPhones(app.redis, id, service, 5);
    let asked = 0;
    const worker = await startPushWorker({
      redis: app.redis,
      logger: pino({ level: 'silent' }),
      vapid: webPush.generateVAPIDKeys(),
      subject: 'mailto:watch@example.org',
      extraOrigins: [service.origin],
      pollMs: 50,
      giveWay: () => {
        asked += 1;
      },
    });
    await founder.report(id);
    await service.waitFor((received) => received.length === 5);
    await worker.stop();
    expect(asked).toBe(15);
  });
});
