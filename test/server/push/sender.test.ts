import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodyBytes } from '../../../server/push/encrypt.ts';
import { createSender, type Sender, type SenderOptions, topicOf } from '../../../server/push/sender.ts';
import { createVapid } from '../../../server/push/vapid.ts';
import webPush from 'web-push';
import { eventually } from '../../support/eventually.ts';
import { type Behaviour, type PushService, startPushService } from '../../support/push-service.ts';
import { selfSigned } from '../../support/self-signed.ts';

const keys = webPush.generateVAPIDKeys();
const message = {
  payload: Buffer.from('{"hello":"é"}'),
  urgency: 'high' as const,
  topic: topicOf('incident'),
  ttl: 3600,
};

let service: PushService;
const open: Sender[] = [];

function sender(options: Partial<SenderOptions> = {}): Sender {
  const made = createSender({
    vapid: createVapid(keys, 'mailto:watch@example.org', Date.now),
    extraOrigins: [service.origin],
    now: Date.now,
    ...options,
  });
  open.push(made);
  return made;
}

beforeEach(async () => {
  service = await startPushService();
});
afterEach(async () => {
  for (const each of open.splice(0)) each.close();
  await service.close();
});

describe('createSender', () => {
  it('[PU11] sends what the service checks and the device can read', async () => {
    const subscription = service.newSubscription();
    expect(await sender().send(subscription, message)).toEqual({ kind: 'accepted' });
    expect(service.faults).toEqual([]);
    expect(service.received).toHaveLength(1);
    const [got] = service.received;
    expect(got).toMatchObject({
      subscriptionId: subscription.id,
      payload: '{"hello":"é"}',
      ttl: 3600,
      urgency: 'high',
      topic: topicOf('incident'),
      vapidKey: keys.publicKey,
    });
    expect(got?.body).toHaveLength(bodyBytes);
    expect(topicOf('incident')).toMatch(/^[\w-]{32}$/u);
    expect(topicOf('incident')).not.toBe(topicOf('another'));
  });

  it.each<['h1' | 'h2', number]>([
    ['h1', 17],
    ['h2', 1],
  ])('[PU11] uses few connections and one token for many messages over %s', async (protocol, most) => {
    const tls = await startPushService({ tls: protocol });
    const over = sender({ extraOrigins: [tls.origin], ca: selfSigned.cert });
    const subscriptions = Array.from({ length: 200 }, () => tls.newSubscription());
    const outcomes = await Promise.all(subscriptions.map((each) => over.send(each, message)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(tls.faults).toEqual([]);
    expect(new Set(tls.received.map((got) => got.subscriptionId)).size).toBe(200);
    expect(new Set(tls.received.map((got) => got.authorization)).size).toBe(1);
    expect(tls.connections()).toBeLessThanOrEqual(most);
    await tls.close();
  });

  it('[PU11] trusts no certificate that it was not told to trust', async () => {
    const tls = await startPushService({ tls: 'h2' });
    const outcome = await sender({ extraOrigins: [tls.origin] }).send(tls.newSubscription(), message);
    expect(outcome).toMatchObject({ kind: 'retry', afterMs: null });
    expect(tls.received).toEqual([]);
    await tls.close();
  });

  // Time enough for an answer that comes; what hangs is waited for as long.
  const patience = 3000;
  const meetings: [Behaviour, object][] = [
    [
      { status: 429, headers: { 'Retry-After': '7' } },
      { kind: 'retry', reason: 'status-429', afterMs: 7000, mayHaveArrived: false },
    ],
    [{ status: 500 }, { kind: 'retry', reason: 'status-500', afterMs: null, mayHaveArrived: false }],
    [{ status: 503 }, { kind: 'retry', reason: 'status-503', afterMs: null, mayHaveArrived: false }],
    [{ status: 404 }, { kind: 'gone' }],
    [{ status: 410 }, { kind: 'gone' }],
    [{ status: 413 }, { kind: 'tooLarge' }],
    [{ status: 400 }, { kind: 'rejected', reason: 'status-400' }],
    [{ status: 401 }, { kind: 'rejected', reason: 'status-401' }],
    [{ status: 403 }, { kind: 'rejected', reason: 'status-403' }],
    ['reset', { kind: 'retry', reason: 'econnreset', afterMs: null, mayHaveArrived: true }],
    ['hang', { kind: 'retry', reason: 'timeout', afterMs: null, mayHaveArrived: true }],
    // The status came: the service has the message, and sending it again would show it twice.
    ['slow-body', { kind: 'accepted' }],
    ['huge-body', { kind: 'accepted' }],
  ];
  it.each(meetings)('[PU12] meets %j with %j', async (behaviour, outcome) => {
    const subscription = service.newSubscription();
    service.behave(subscription.id, [behaviour]);
    expect(await sender({ timeoutMs: patience }).send(subscription, message)).toEqual(outcome);
    expect(service.attempts).toHaveLength(1);
  });

  it.each(meetings)('[PU12] meets %j over HTTP/2 with %j', async (behaviour, outcome) => {
    const tls = await startPushService({ tls: 'h2' });
    const over = sender({ extraOrigins: [tls.origin], ca: selfSigned.cert, timeoutMs: patience });
    const subscription = tls.newSubscription();
    tls.behave(subscription.id, [behaviour]);
    const reset = behaviour === 'reset';
    expect(await over.send(subscription, message)).toMatchObject(
      reset ? { kind: 'retry', afterMs: null } : outcome,
    );
    // Whatever became of that connection, the next message gets through.
    expect(await over.send(tls.newSubscription(), message)).toEqual({ kind: 'accepted' });
    expect(tls.faults).toEqual([]);
    await tls.close();
  });

  it('[PU12] opens another connection when a service closes its own', async () => {
    const tls = await startPushService({ tls: 'h2' });
    const over = sender({ extraOrigins: [tls.origin], ca: selfSigned.cert });
    expect(await over.send(tls.newSubscription(), message)).toEqual({ kind: 'accepted' });
    tls.disconnect();
    // Its end takes a moment to arrive; a message that was lost with it is tried again by whoever sends.
    await eventually(async () => (await over.send(tls.newSubscription(), message)).kind === 'accepted');
    expect(tls.connections()).toBe(2);
    await tls.close();
  });

  it('[PU12] reads a Retry-After date by its own clock', async () => {
    const now = Date.UTC(2030, 0, 1);
    const subscription = service.newSubscription();
    service.behave(subscription.id, [
      { status: 429, headers: { 'Retry-After': new Date(now + 90_000).toUTCString() } },
    ]);
    expect(await sender({ now: () => now }).send(subscription, message)).toMatchObject({ afterMs: 90_000 });
  });

  it('[PU12] takes a refused connection as a reason to try again', async () => {
    const subscription = service.newSubscription();
    const sending = sender();
    await service.close();
    expect(await sending.send(subscription, message)).toMatchObject({
      kind: 'retry',
      reason: 'econnrefused',
    });
    service = await startPushService();
  });

  it('[PU14] follows no redirect', async () => {
    let reached = 0;
    const inside = createServer((_request, response) => {
      reached += 1;
      response.end();
    });
    await new Promise<void>((resolve) => {
      inside.listen(0, '127.0.0.1', resolve);
    });
    const address = inside.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const subscription = service.newSubscription();
    const sending = sender();
    for (const status of [301, 302, 303, 307, 308]) {
      service.behave(subscription.id, [{ status, headers: { Location: `http://127.0.0.1:${port}/` } }]);
      expect(await sending.send(subscription, message)).toEqual({
        kind: 'rejected',
        reason: `status-${status}`,
      });
    }
    expect(reached).toBe(0);
    await new Promise((resolve) => {
      inside.close(resolve);
    });
  });

  it('[PU15] ends an exchange when its time is over, whatever the service does', async () => {
    service.behaveAll('hang');
    const subscription = service.newSubscription();
    expect(await sender({ timeoutMs: 150 }).send(subscription, message)).toMatchObject({ kind: 'retry' });
  });

  it('[PU8] does not even resolve an endpoint that is not allowed any more', async () => {
    let asked = 0;
    const resolver = async () => {
      asked += 1;
      return [];
    };
    const elsewhere = { ...service.newSubscription(), endpoint: 'https://push.example.org/x' };
    const outcome = await sender({ extraOrigins: [], resolver }).send(elsewhere, message);
    expect(outcome).toEqual({ kind: 'impossible', reason: 'endpoint-not-allowed' });
    expect(asked).toBe(0);
    expect(service.connections()).toBe(0);
  });

  it('[PU10] sends nothing to a push service whose name leads into a private network', async () => {
    const resolver = async () => [{ address: '127.0.0.1', family: 4 }];
    const subscription = { ...service.newSubscription(), endpoint: 'https://fcm.googleapis.com/fcm/send/x' };
    const outcome = await sender({ resolver }).send(subscription, message);
    expect(outcome).toEqual({ kind: 'rejected', reason: 'address-not-allowed' });
  });

  it('[PU3] leaves a subscription with impossible keys to the operator', async () => {
    const subscription = service.newSubscription();
    const broken = {
      ...subscription,
      keys: { ...subscription.keys, p256dh: Buffer.alloc(65, 4).toString('base64url') },
    };
    expect(await sender().send(broken, message)).toEqual({ kind: 'impossible', reason: 'receiver-keys' });
    expect(service.attempts).toEqual([]);
  });
});
