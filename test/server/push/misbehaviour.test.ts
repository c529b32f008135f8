import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import { createSender, topicOf } from '../../../server/push/sender.ts';
import { createVapid } from '../../../server/push/vapid.ts';
import { type Behaviour, startPushService } from '../../support/push-service.ts';
import { selfSigned } from '../../support/self-signed.ts';

// What a push service may do to us, over each way that it may be spoken to.

const vapid = createVapid(webPush.generateVAPIDKeys(), 'mailto:watch@example.org', Date.now);
const at = Date.UTC(2030, 5, 1, 12, 0, 0);
/** What hangs is not worth waiting for; what answers has time for it, also on a machine that does other work too. */
const impatience = 500;

let ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

const message = (topic: string, text = '{}') => ({
  payload: Buffer.from(text),
  urgency: 'high' as const,
  topic: topicOf(topic),
  ttl: 3600,
});

async function stage(options: { tls?: 'h1' | 'h2' } = {}, timeoutMs = 30_000) {
  const service = await startPushService(options);
  ends.push(() => service.close());
  const sender = createSender({
    vapid,
    extraOrigins: [service.origin],
    // A clock of its own: dates are read by it, and tokens are checked by the service's.
    now: () => at,
    ca: selfSigned.cert,
    timeoutMs,
  });
  ends.push(() => sender.close());
  return { service, sender };
}

const retry = (reason: string, afterMs: number | null = null, mayHaveArrived = false) => ({
  kind: 'retry',
  reason,
  afterMs,
  mayHaveArrived,
});
const inAMinute = new Date(at + 60_000).toUTCString();
const meetings: [Behaviour, object][] = [
  [{ status: 404 }, { kind: 'gone' }],
  [{ status: 410 }, { kind: 'gone' }],
  [{ status: 401 }, { kind: 'rejected', reason: 'status-401' }],
  [{ status: 403 }, { kind: 'rejected', reason: 'status-403' }],
  [{ status: 429, headers: { 'Retry-After': '7' } }, retry('status-429', 7000)],
  [{ status: 429, headers: { 'Retry-After': inAMinute } }, retry('status-429', 60_000)],
  [{ status: 503, headers: { 'Retry-After': inAMinute } }, retry('status-503', 60_000)],
  [{ status: 500 }, retry('status-500')],
  [{ status: 503 }, retry('status-503')],
  [
    { status: 302, headers: { Location: 'http://192.168.1.1/' } },
    { kind: 'rejected', reason: 'status-302' },
  ],
  ['hang', retry('timeout', null, true)],
];

describe.each([{}, { tls: 'h1' }, { tls: 'h2' }] as const)('a push service, %j', (over) => {
  it.each(meetings)('[PE2] that does %j is met with %j, and no other request', async (behaviour, outcome) => {
    const { service, sender } = await stage(over, behaviour === 'hang' ? impatience : 30_000);
    const subscription = service.newSubscription();
    service.behave(subscription.id, [behaviour]);
    expect(await sender.send(subscription, message('incident'))).toEqual(outcome);
    if (behaviour !== 'hang') expect(service.attempts).toHaveLength(1);
  });
});

describe('a push service', () => {
  it('[PE2] that sends its head a byte a second has no longer than one that says nothing', async () => {
    for (const over of [{}, { tls: 'h1' }] as const) {
      const { service, sender } = await stage(over, impatience);
      const subscription = service.newSubscription();
      service.behave(subscription.id, ['slow-head']);
      expect(await sender.send(subscription, message('incident'))).toEqual(retry('timeout', null, true));
    }
  });

  it.each(['h1', 'h2'] as const)('[PE2] that breaks the handshake over %s is tried again', async (tls) => {
    const { service, sender } = await stage({ tls });
    const subscription = service.newSubscription();
    service.shakeHands('bad');
    expect(await sender.send(subscription, message('incident'))).toMatchObject({ kind: 'retry' });
    expect(service.attempts).toEqual([]);
    service.shakeHands('good');
    expect(await sender.send(subscription, message('incident'))).toEqual({ kind: 'accepted' });
  });

  it.each([{}, { tls: 'h1' }, { tls: 'h2' }] as const)(
    '[PE2] that redirects into the local network, %j, is not followed there',
    async (over) => {
      let reached = 0;
      const inside = createServer().listen(0, '127.0.0.1');
      inside.on('connection', () => {
        reached += 1;
      });
      await once(inside, 'listening');
      ends.push(() => void inside.close());
      const { service, sender } = await stage(over);
      const Location = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/`;
      for (const status of [301, 302, 303, 307, 308]) {
        const subscription = service.newSubscription();
        service.behave(subscription.id, [{ status, headers: { Location } }]);
        expect(await sender.send(subscription, message('incident'))).toMatchObject({ kind: 'rejected' });
      }
      expect(reached).toBe(0);
    },
  );

  it('[PE3] keeps of one incident the newest message only, for a device that is not reachable', async () => {
    const { service } = await stage();
    // The service's own clock, and the sender's.
    const sender = createSender({ vapid, extraOrigins: [service.origin], now: Date.now });
    ends.push(() => sender.close());
    const subscription = service.newSubscription();
    for (const [topic, text] of [
      ['break-in', 'reported'],
      ['fire', 'reported'],
      ['break-in', 'in hand'],
      ['break-in', 'all clear'],
    ] as const) {
      expect(await sender.send(subscription, message(topic, text))).toEqual({ kind: 'accepted' });
    }
    const words = service.undelivered(subscription.id).map(({ payload }) => payload);
    expect(words.toSorted()).toEqual(['all clear', 'reported']);
    expect(service.undelivered(subscription.id, Date.now() + 3_600_000)).toEqual([]);
  });
});
