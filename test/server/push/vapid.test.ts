import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import webPush from 'web-push';
import {
  createVapid,
  loadVapidKeys,
  vapidSubject,
  type VapidKeys,
  VapidKeysError,
} from '../../../server/push/vapid.ts';
import { checkVapid } from '../../support/push-service.ts';

const hour = 3600 * 1000;
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-vapid-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

describe('loadVapidKeys', () => {
  it('[PU6] makes a pair once, in a file only its owner can read', async () => {
    const deep = join(dataDir, 'not', 'there', 'yet');
    const first = await loadVapidKeys(deep, {});
    expect(await loadVapidKeys(deep, {})).toEqual(first);
    expect((await stat(join(deep, 'vapid.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(deep)).toEqual(['vapid.json']);
    expect(Buffer.from(first.publicKey, 'base64url')).toHaveLength(65);
    expect(Buffer.from(first.privateKey, 'base64url')).toHaveLength(32);
  });

  it('[PU6] gives all who start at once the same pair', async () => {
    const pairs = await Promise.all(Array.from({ length: 20 }, () => loadVapidKeys(dataDir, {})));
    expect(new Set(pairs.map((pair) => pair.privateKey)).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['vapid.json']);
  });

  it('[PU6] prefers the pair of the environment and writes nothing', async () => {
    const { publicKey, privateKey } = webPush.generateVAPIDKeys();
    const keys = await loadVapidKeys(dataDir, { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey });
    expect(keys).toEqual({ publicKey, privateKey });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('[PU7] refuses a malformed pair in one line that does not repeat it', async () => {
    const good = webPush.generateVAPIDKeys();
    const other = webPush.generateVAPIDKeys();
    const zero = Buffer.alloc(32).toString('base64url');
    const bad: VapidKeys[] = [
      { publicKey: good.publicKey, privateKey: other.privateKey },
      { publicKey: good.publicKey.slice(0, 40), privateKey: good.privateKey },
      { publicKey: good.publicKey, privateKey: `${good.privateKey}AAAA` },
      { publicKey: good.publicKey, privateKey: zero },
      { publicKey: good.publicKey, privateKey: '-----BEGIN PRIVATE KEY-----' },
    ];
    for (const { publicKey, privateKey } of bad) {
      const error = await loadVapidKeys(dataDir, {
        VAPID_PUBLIC_KEY: publicKey,
        VAPID_PRIVATE_KEY: privateKey,
      }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(VapidKeysError);
      const { message } = error as Error;
      expect(message).toMatch(/^VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY: [^\n]+$/u);
      expect(message).not.toContain(privateKey);
    }
    await expect(loadVapidKeys(dataDir, { VAPID_PUBLIC_KEY: good.publicKey })).rejects.toThrow('go together');
  });

  it('[PU7] refuses a damaged file and leaves it as it is', async () => {
    const path = join(dataDir, 'vapid.json');
    const { publicKey } = webPush.generateVAPIDKeys();
    const { privateKey } = webPush.generateVAPIDKeys();
    for (const content of ['', '{', '[]', '{"publicKey":1}', JSON.stringify({ publicKey, privateKey })]) {
      await writeFile(path, content);
      await expect(loadVapidKeys(dataDir, {})).rejects.toThrow(VapidKeysError);
      expect(await readFile(path, 'utf8')).toBe(content);
    }
  });
});

describe('createVapid', () => {
  const start = Date.UTC(2030, 0, 1);
  const origin = 'https://fcm.googleapis.com';
  function make(clock: { at: number }) {
    return createVapid(webPush.generateVAPIDKeys(), 'mailto:watch@example.org', () => clock.at);
  }

  it('[PU4] signs a token that holds for the service it names, for at most a day', () => {
    const clock = { at: start };
    const { claims } = checkVapid(make(clock).authorization(origin), origin, start);
    expect(claims).toEqual({ aud: origin, exp: (start + 12 * hour) / 1000, sub: 'mailto:watch@example.org' });
  });

  it('[PU5] signs once a service, and again when an hour is left', () => {
    const clock = { at: start };
    const vapid = make(clock);
    const first = vapid.authorization(origin);
    clock.at = start + 11 * hour - 1;
    expect(vapid.authorization(origin)).toBe(first);
    expect(vapid.authorization('https://web.push.apple.com')).not.toBe(first);
    clock.at = start + 11 * hour;
    const second = vapid.authorization(origin);
    expect(second).not.toBe(first);
    expect(checkVapid(second, origin, clock.at).claims.exp).toBe((clock.at + 12 * hour) / 1000);
  });

  it('[PU5] stays valid when the clock jumps forth and back by a year', () => {
    const clock = { at: start };
    const vapid = make(clock);
    for (const at of [start, start + 365 * 24 * hour, start, start - 2 * hour, start - 365 * 24 * hour]) {
      clock.at = at;
      checkVapid(vapid.authorization(origin), origin, at);
    }
  });

  it('[PU5] keeps the tokens of the latest services only', () => {
    const vapid = make({ at: start });
    const first = vapid.authorization('https://0.notify.windows.com');
    for (let i = 1; i <= 300; i += 1) vapid.authorization(`https://${i}.notify.windows.com`);
    expect(vapid.authorization('https://0.notify.windows.com')).not.toBe(first);
  });

  it('[PU4] names the operator, else the public address, else nobody', () => {
    expect(vapidSubject({ VAPID_SUBJECT: 'mailto:a@b.org', PUBLIC_URL: 'https://vigie.example' })).toBe(
      'mailto:a@b.org',
    );
    expect(vapidSubject({ PUBLIC_URL: 'https://vigie.example' })).toBe('https://vigie.example');
    expect(vapidSubject({ PUBLIC_URL: 'http://192.168.1.5:8080' })).toMatch(/^mailto:.+@.+\.invalid$/u);
  });
});
