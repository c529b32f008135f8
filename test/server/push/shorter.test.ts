import { afterEach, describe, expect, it, vi } from 'vitest';
import webPush from 'web-push';
import { bodyBytes, maxPayloadBytes } from '../../../server/push/encrypt.ts';
import { createSender, topicOf } from '../../../server/push/sender.ts';
import { createVapid } from '../../../server/push/vapid.ts';
import { type Behaviour, type PushService, startPushService } from '../../support/push-service.ts';
import { selfSigned } from '../../support/self-signed.ts';

const vapid = createVapid(webPush.generateVAPIDKeys(), 'mailto:watch@example.org', Date.now);
const payload = Buffer.from('{"kind":"alert"}');
const message = { payload, urgency: 'high', topic: topicOf('incident'), ttl: 3600 } as const;
const tooLarge: Behaviour = { status: 413 };

let ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function stage(options: { tls?: 'h1' | 'h2' } = {}) {
  const service = await startPushService(options);
  ends.push(() => service.close());
  const extraOrigins = [service.origin];
  const sender = createSender({ vapid, extraOrigins, now: Date.now, ca: selfSigned.cert, timeoutMs: 60_000 });
  ends.push(() => sender.close());
  return { service, sender };
}

function subscribe(service: PushService, ...behaviours: Behaviour[]) {
  const subscription = service.newSubscription();
  service.behave(subscription.id, behaviours);
  return subscription;
}

describe.each([{}, { tls: 'h1' }, { tls: 'h2' }] as const)(
  'a service that takes no long message, %j',
  (over) => {
    it('[PE1] gets the same words without most of the padding', async () => {
      const { service, sender } = await stage(over);
      const subscription = subscribe(service, tooLarge);
      expect(await sender.send(subscription, message)).toEqual({ kind: 'accepted' });
      expect(service.faults).toEqual([]);
      expect(service.received).toHaveLength(1);
      const [got] = service.received;
      expect(got).toMatchObject({ payload: payload.toString(), topic: message.topic, urgency: 'high' });
      // Still rounded up: of two short messages nobody sees which is longer.
      expect(got?.body.length).toBe(bodyBytes - 1024 + 64);
    });

    it('[PE1] gets a message without content where that is too long as well', async () => {
      const { service, sender } = await stage(over);
      const subscription = subscribe(service, tooLarge, tooLarge);
      expect(await sender.send(subscription, message)).toEqual({ kind: 'accepted' });
      expect(service.faults).toEqual([]);
      expect(service.received).toMatchObject([{ payload: '', topic: message.topic, ttl: 3600 }]);
    });

    it('[PE1] is given up when even that is too long, after three requests', async () => {
      const { service, sender } = await stage(over);
      const subscription = subscribe(service, tooLarge, tooLarge, tooLarge);
      expect(await sender.send(subscription, message)).toEqual({ kind: 'tooLarge' });
      expect(service.attempts).toHaveLength(3);
    });
  },
);

describe('a shorter message', () => {
  it('[PE1] what is answered to it counts', async () => {
    const { service, sender } = await stage();
    expect(await sender.send(subscribe(service, tooLarge, { status: 410 }), message)).toEqual({
      kind: 'gone',
    });
    const limited = subscribe(service, tooLarge, { status: 429, headers: { 'Retry-After': '9' } });
    expect(await sender.send(limited, message)).toMatchObject({ kind: 'retry', afterMs: 9000 });
    expect(service.received).toEqual([]);
  });

  it('[PE1] is never longer than the one before', async () => {
    const { service, sender } = await stage();
    const longest = { ...message, payload: Buffer.alloc(maxPayloadBytes, 'x') };
    expect(await sender.send(subscribe(service, tooLarge), longest)).toEqual({ kind: 'accepted' });
    expect(service.received[0]?.body.length).toBeLessThanOrEqual(bodyBytes);
  });

  it('[PE1] is not sent when the time of the attempt is over: a lease outlasts one, not two', async () => {
    const { service, sender } = await stage({});
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(60_001);
    ends.push(() => clock.mockRestore());
    expect(await sender.send(subscribe(service, tooLarge), message)).toEqual({
      kind: 'retry',
      reason: 'status-413',
      afterMs: null,
      mayHaveArrived: false,
    });
    expect(service.attempts).toHaveLength(1);
  });
});
