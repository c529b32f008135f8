import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  checkEndpoint,
  ForbiddenAddress,
  isPublicAddress,
  publicLookup,
  resolvePublic,
} from '../../../server/push/endpoint.ts';

describe('checkEndpoint', () => {
  it.each([
    'https://fcm.googleapis.com/fcm/send/abc:APA91b',
    'https://jmt17.google.com/wp/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
    'https://autopush.stage.push.services.mozilla.com/wpush/v1/x',
    'https://web.push.apple.com/QOabc',
    'https://api.sandbox.push.apple.com/x',
    'https://wns2-par02p.notify.windows.com/w/?token=BQYAAA%3d%3d',
    'https://FCM.GoogleAPIs.com:443/x',
  ])('[PU8] takes %s', (endpoint) => {
    const check = checkEndpoint(endpoint, []);
    expect(check).toMatchObject({ ok: true, named: false });
  });

  it.each([
    'http://fcm.googleapis.com/x',
    'https://fcm.googleapis.com:8443/x',
    'https://user@fcm.googleapis.com/x',
    'https://user:pass@fcm.googleapis.com/x',
    'https://fcm.googleapis.com@10.0.0.1/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evilfcm.googleapis.com/x',
    'https://fcm.googleapis.com./x',
    'https://evilpush.apple.com/x',
    'https://push.apple.com/x',
    'https://.push.apple.com/x',
    'https://a..push.apple.com/x',
    'https://a_b.push.apple.com/x',
    'https://push.apple.com.evil.example/x',
    'https://notify.windows.com.attacker.example/x',
    'https://10.0.0.1/a.google.com/',
    'https://10.0.0.1/#.push.apple.com',
    'https://10.0.0.1?x=.notify.windows.com',
    'https://fcm.googleapis.com/x#fragment',
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://2130706433/x',
    'https://0x7f000001/x',
    'https://0177.0.0.1/x',
    'https://8.8.8.8/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://localhost/x',
    'https://metadata.google.internal/x',
    'https://fcm.googleapis。com.evil.example/x',
    'https://fсm.googleapis.com/x',
    'https://example.org/fcm.googleapis.com',
    'ftp://fcm.googleapis.com/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'blob:https://fcm.googleapis.com/x',
    '//fcm.googleapis.com/x',
    'fcm.googleapis.com/x',
    '',
    `https://fcm.googleapis.com/${'x'.repeat(1024)}`,
  ])('[PU8] refuses %s', (endpoint) => {
    const check = checkEndpoint(endpoint, []);
    expect(check.ok).toBe(false);
    if (!check.ok) expect(check.reason).toMatch(/^must [a-z\d ]+(URL)?$/u);
  });

  it('[PU9] takes exactly the origins that the operator names besides', () => {
    const extra = ['http://127.0.0.1:9999', 'https://push.example.org/'];
    expect(checkEndpoint('http://127.0.0.1:9999/push/1', extra)).toMatchObject({ ok: true, named: true });
    expect(checkEndpoint('https://push.example.org/push/1', extra)).toMatchObject({ ok: true, named: true });
    for (const other of [
      'http://127.0.0.1:9998/push/1',
      'https://127.0.0.1:9999/push/1',
      'http://127.0.0.1/push/1',
      'http://127.0.0.1:9999@10.0.0.1/push/1',
      'http://user@127.0.0.1:9999/push/1',
      'http://localhost:9999/push/1',
      'http://push.example.org/push/1',
      'https://a.push.example.org/push/1',
    ]) {
      expect(checkEndpoint(other, extra)).toMatchObject({ ok: false });
    }
  });
});

describe('resolvePublic', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.254',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:4136:e378::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:808:808::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2606:4700::1%eth0',
    '0x7f.0.0.1',
    '127.1',
    '2130706433',
    '',
    'localhost',
  ])('[PU10] counts %s as no public address', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '142.250.74.138',
    '172.32.0.1',
    '100.128.0.1',
    '2a00:1450:4007:80e::200a',
    '2620:149:208::1',
  ])('[PU10] counts %s as a public address', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('[PU10] refuses a name when any of its addresses is forbidden, or it has none', async () => {
    const good = { address: '8.8.8.8', family: 4 };
    const bad = { address: '10.0.0.1', family: 4 };
    expect(await resolvePublic('a.example', async () => [good])).toEqual([good]);
    for (const answer of [[bad], [good, bad], [bad, good], []]) {
      await expect(resolvePublic('a.example', async () => answer)).rejects.toThrow(ForbiddenAddress);
    }
  });
});

describe('publicLookup', () => {
  it('[PU10] opens no connection into the private network when a name that was public is rebound', async () => {
    let accepted = 0;
    const server = createServer((socket) => {
      accepted += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const loopback = [{ address: '127.0.0.1', family: 4 }];
    let answer = [{ address: '8.8.8.8', family: 4 }];
    const lookup = publicLookup(async () => answer);
    const ask = () =>
      new Promise((resolve) => {
        lookup('fcm.googleapis.com', { all: true }, (error, addresses) => resolve(error?.name ?? addresses));
      });
    expect(await ask()).toEqual(answer);
    answer = loopback;
    expect(await ask()).toBe('ForbiddenAddress');
    for (let i = 0; i < 3; i += 1) {
      const [error] = await once(connect({ host: 'fcm.googleapis.com', port, lookup }), 'close').catch(
        (thrown: unknown) => [thrown],
      );
      expect(error).toBeInstanceOf(ForbiddenAddress);
    }
    expect(accepted).toBe(0);
    // The listener hears whoever is not stopped: its silence above means something.
    const open = connect({
      host: 'fcm.googleapis.com',
      port,
      lookup: (_host, _options, callback) => callback(null, loopback),
    });
    await once(open, 'close');
    expect(accepted).toBe(1);
    server.close();
    await once(server, 'close');
  });

  it('[PU10] hands on exactly the addresses that were checked, in the family that was asked for', async () => {
    const addresses = [
      { address: '2a00:1450:4007:80e::200a', family: 6 },
      { address: '142.250.74.138', family: 4 },
    ];
    const lookup = publicLookup(async () => addresses);
    const ask = (options: object) =>
      new Promise((resolve) => {
        lookup('fcm.googleapis.com', options, (...result) => resolve(result));
      });
    expect(await ask({ all: true })).toEqual([null, addresses]);
    expect(await ask({ family: 4 })).toEqual([null, '142.250.74.138', 4]);
    expect(await ask({ family: 6, all: true })).toEqual([null, [addresses[0]]]);
    expect(await ask({})).toEqual([null, '2a00:1450:4007:80e::200a', 6]);
  });
});
