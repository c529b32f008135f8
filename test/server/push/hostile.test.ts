import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import type { Resolver } from '../../../server/push/endpoint.ts';
import { createSender, type Sender, topicOf } from '../../../server/push/sender.ts';
import { createVapid } from '../../../server/push/vapid.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { type Phone, street } from '../../support/phone.ts';
import { newSubscription } from '../../support/subscription.ts';

// Endpoints of somebody who wants this server to knock at doors in its own network.

let inside: Server;
let knocks = 0;
let port = 0;
let app: TestApp;
let phone: Phone;
let sender: Sender;
/** Where names lead: whoever controls a name sends it to the local network. */
let leads: { address: string; family: number }[] = [];
const resolver: Resolver = async () => leads;

beforeAll(async () => {
  inside = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  });
  // On all addresses of this machine, both families.
  inside.listen(0);
  await once(inside, 'listening');
  port = (inside.address() as AddressInfo).port;
  app = await startApp();
  phone = (await street(() => phoneOf(app), [])).founder;
  const vapid = createVapid(webPush.generateVAPIDKeys(), 'mailto:watch@example.org', Date.now);
  sender = createSender({ vapid, extraOrigins: [], now: Date.now, resolver });
});
afterAll(async () => {
  sender.close();
  await app.stop();
  inside.close();
});

const message = { payload: Buffer.from('{}'), urgency: 'high', topic: topicOf('x'), ttl: 60 } as const;

/** `PORT` stands for the listener's. */
const forms = [
  // This machine, in every notation that a URL knows.
  'https://127.0.0.1:PORT/x',
  'http://127.0.0.1:PORT/x',
  'https://localhost:PORT/x',
  'https://LOCALHOST.:PORT/x',
  'https://127.1:PORT/x',
  'https://127.0.1:PORT/x',
  'https://2130706433:PORT/x',
  'https://0x7f000001:PORT/x',
  'https://0x7f.0.0.1:PORT/x',
  'https://0177.0.0.1:PORT/x',
  'https://017700000001:PORT/x',
  'https://127.0.0.1.:PORT/x',
  'https://%31%32%37.0.0.1:PORT/x',
  'https://①②⑦.0.0.1:PORT/x',
  'https://127。0。0。1:PORT/x',
  'https://0.0.0.0:PORT/x',
  'https://0:PORT/x',
  'https://[::1]:PORT/x',
  'https://[::]:PORT/x',
  'https://[0:0:0:0:0:0:0:1]:PORT/x',
  'https://[::127.0.0.1]:PORT/x',
  'https://[::ffff:127.0.0.1]:PORT/x',
  'https://[::ffff:7f00:1]:PORT/x',
  'https://[::ffff:0:127.0.0.1]:PORT/x',
  'https://[64:ff9b::127.0.0.1]:PORT/x',
  'https://[64:ff9b:1::7f00:1]:PORT/x',
  'https://[2002:7f00:1::]:PORT/x',
  // The networks around it.
  'https://10.0.0.1/x',
  'https://172.16.0.1/x',
  'https://192.168.1.1/x',
  'https://100.64.0.1/x',
  'https://169.254.169.254/latest/meta-data/',
  'https://metadata.google.internal/x',
  'https://[fd00:ec2::254]/x',
  'https://[fe80::1]/x',
  'https://[fc00::1]/x',
  'https://[ff02::1]/x',
  'https://[2001:0:4136:e378::1]/x',
  'https://255.255.255.255/x',
  'https://224.0.0.1/x',
  'https://router.local/x',
  'https://intranet/x',
  // A known host that is none.
  'https://fcm.googleapis.com@127.0.0.1:PORT/x',
  'https://fcm.googleapis.com:443@127.0.0.1:PORT/x',
  'https://user:pass@fcm.googleapis.com/x',
  'https://127.0.0.1:PORT#@fcm.googleapis.com/x',
  'https://127.0.0.1:PORT?.fcm.googleapis.com/x',
  'https://127.0.0.1:PORT/fcm.googleapis.com/x',
  'https://127.0.0.1:PORT\\@fcm.googleapis.com/x',
  'https://127.0.0.1:PORT%2f@fcm.googleapis.com/x',
  'https:127.0.0.1:PORT/x',
  'https:///127.0.0.1:PORT/x',
  'https://fcm.googleapis.com.127.0.0.1.nip.io/x',
  'https://fcm.googleapis.com.localhost:PORT/x',
  'https://localhost:PORT/.push.apple.com',
  'https://fcm.googleapis.com:PORT/x',
  'https://fcm.googleapis.com:8443/x',
  'http://fcm.googleapis.com/x',
  'https://evilfcm.googleapis.com/x',
  'https://fcm.googleapis.com./x',
  'https://fcm-googleapis.com/x',
  'https://fсm.googleapis.com/x',
  'https://xn--fm-hmc.googleapis.com/x',
  'https://push.apple.com/x',
  'https://..push.apple.com/x',
  'https://evil-notify.windows.com/x',
  'https://notify.windows.com.evil.example/x',
  'https://a_b.notify.windows.com/x',
  // What is no address of the web.
  'ws://127.0.0.1:PORT/x',
  'ftp://127.0.0.1:PORT/x',
  'gopher://127.0.0.1:PORT/_SET%20a%20b',
  'file:///etc/passwd',
  'unix:/run/redis.sock',
  'data:text/plain,x',
  'blob:https://fcm.googleapis.com/x',
  'https://fcm.googleapis.com/x#fragment',
  ' https://127.0.0.1:PORT/x',
  'https://127.0.0.1:PORT/\r\nHost: fcm.googleapis.com',
];
const endpointOf = (form: string) => form.replace('PORT', String(port));

describe('hostile endpoints', () => {
  it.each(forms)(
    '[PE10] %j is refused when a device brings it, and not knocked at when it is sent to',
    async (form) => {
      leads = [{ address: '127.0.0.1', family: 4 }];
      const { keys } = newSubscription();
      const answer = await phone.send('PUT', '/api/push/subscription', { endpoint: endpointOf(form), keys });
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body)).not.toContain(String(port));
      // As though it had been let in by an earlier version.
      const outcome = await sender.send({ endpoint: endpointOf(form), keys }, message);
      expect(outcome).toEqual({ kind: 'impossible', reason: 'endpoint-not-allowed' });
      expect(knocks).toBe(0);
    },
  );

  const addresses = [
    ...['127.0.0.1', '127.8.8.8', '0.0.0.0', '10.1.2.3', '172.20.0.1', '192.168.0.10', '100.64.0.1'],
    ...['100.127.255.254', '169.254.169.254', '192.0.0.170', '192.0.2.7', '198.18.0.1', '198.51.100.2'],
    ...['203.0.113.9', '224.0.0.251', '240.0.0.1', '255.255.255.255', '192.88.99.1'],
    ...['::1', '::', '::ffff:127.0.0.1', '::ffff:192.168.0.1', '::ffff:0:10.0.0.1', '::127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '2002:7f00:1::1', '2002:a00:1::1'],
    ...[
      '2001:0:4136:e378::1',
      '2001:db8::1',
      '100::1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'fec0::1',
      'ff02::1',
    ],
  ];
  it.each(addresses)('[PE10] a push service whose name leads to %s is not connected to', async (address) => {
    const family = address.includes(':') ? 6 : 4;
    const good = { address: '142.250.74.138', family: 4 };
    for (const answer of [[{ address, family }], [good, { address, family }], [{ address, family }, good]]) {
      leads = answer;
      const receiver = { endpoint: 'https://fcm.googleapis.com/fcm/send/x', keys: newSubscription().keys };
      expect(await sender.send(receiver, message)).toEqual({
        kind: 'rejected',
        reason: 'address-not-allowed',
      });
    }
    expect(knocks).toBe(0);
  });

  it('[PE10] the listener hears whoever is not stopped: its silence means something', async () => {
    const named = `https://localhost:${port}`;
    const vapid = createVapid(webPush.generateVAPIDKeys(), 'mailto:watch@example.org', Date.now);
    const careless = createSender({ vapid, extraOrigins: [named], now: Date.now });
    const receiver = { endpoint: `${named}/x`, keys: newSubscription().keys };
    expect(await careless.send(receiver, message)).toMatchObject({ kind: 'retry' });
    expect(knocks).toBeGreaterThan(0);
    careless.close();
  });
});
