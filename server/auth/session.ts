import * as v from 'valibot';
import type { Device } from '../../shared/auth.ts';
import { Timestamp } from '../../shared/text.ts';
import { AppError } from '../errors.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import { hashSecret, newSecret, secretMatches } from '../ids.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { personKeys } from '../redis/keys.ts';
import { asNullableString, asRecord } from '../redis/reply.ts';
import type { Command } from './idempotency.ts';

const day = 24 * 3600 * 1000;
const idleDays = 90;
const absoluteDays = 365;
const maxDevices = 20;
/** Longer than any receipt lives. */
const endedSeconds = 31 * 24 * 3600;
const putScript = loadScript(new URL('./put-device.lua', import.meta.url));
/** Writing "last seen" more often would tell when somebody is at home, and cost a disk write a request. */
const seenEvery = day;

const StoredDevice = v.object({
  version: v.number(),
  id: v.string(),
  name: v.string(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  secretHash: v.string(),
});
type StoredDevice = v.InferOutput<typeof StoredDevice>;

/**
 * Whether a device's session is over though nobody ended it: unused for 90 days, or a year old.
 * @param device its times, in epoch milliseconds
 */
export function hasEnded(device: { createdAt: number; lastSeenAt: number }, at: number): boolean {
  return at - device.lastSeenAt > idleDays * day || at - device.createdAt > absoluteDays * day;
}

/** Who is asking: a person on one of their devices. */
export type Session = { personId: string; deviceId: string };

const token = /^([\w-]{16})\.([\w-]{16})\.([\w-]{22})$/u;

/** The cookie's name: the `__Host-` prefix (RFC 6265bis) binds it to this host, and needs HTTPS. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-vigie_session' : 'vigie_session';
}

/** Finds the session's token in a Cookie header. */
export function tokenOfCookies(header: string | undefined, secure: boolean): string | null {
  const name = `${sessionCookieName(secure)}=`;
  const pair = (header ?? '').split(/;\s*/u).find((part) => part.startsWith(name));
  return pair === undefined ? null : pair.slice(name.length);
}

/** Whom a token claims to be, not yet checked: enough to look up early what the check will allow or refuse. */
export function claimedPerson(given: string | null): string | null {
  return token.exec(given ?? '')?.[1] ?? null;
}

/** Sessions are devices: a cookie names a person and a device, and holds the device's secret, stored hashed. */
export function createSessions(redis: Redis, now: () => number) {
  /** @returns false where the device was signed out meanwhile */
  async function store(personId: string, device: StoredDevice, how: 'new' | 'seen'): Promise<boolean> {
    const keys = personKeys(personId);
    const stored = await redis.run(
      putScript,
      [keys.devices, keys.endedDevice(device.id)],
      [device.id, `${device.version}|${JSON.stringify(device)}`, how],
    );
    return stored === 1;
  }

  /**
   * Signs a device in with a fresh secret, also when it was signed in before (a repeated command).
   * @returns the token for the cookie, kept nowhere else
   * @throws AppError CONFLICT beyond twenty devices; NOT_SIGNED_IN for a device that was signed out since
   */
  async function open(personId: string, deviceId: string, name: string): Promise<string> {
    const others = (await stored(personId)).filter((device) => device.id !== deviceId);
    // Whoever has this many does not need one more; dropping an old one would sign out somebody's only phone.
    if (others.length >= maxDevices) throw new AppError('CONFLICT');
    const secret = newSecret();
    const at = now();
    const device = {
      version: 1,
      id: deviceId,
      name,
      createdAt: at,
      lastSeenAt: at,
      secretHash: hashSecret(secret),
    };
    if (!(await store(personId, device, 'new'))) throw new AppError('NOT_SIGNED_IN');
    return `${personId}.${deviceId}.${secret}`;
  }

  async function stored(personId: string): Promise<StoredDevice[]> {
    const keys = personKeys(personId);
    // Bounded by maxDevices.
    const fields = asRecord(await redis.send(keys.devices, 'HGETALL', keys.devices));
    return Object.values(fields).map((value) => v.parse(StoredDevice, JSON.parse(entityJson(value))));
  }

  /** The session that a token opens; null for any token that does not. */
  async function find(given: string | null): Promise<Session | null> {
    const match = token.exec(given ?? '');
    if (match === null) return null;
    const [, personId = '', deviceId = '', secret = ''] = match;
    const keys = personKeys(personId);
    const value = asNullableString(await redis.send(keys.devices, 'HGET', keys.devices, deviceId));
    if (value === null) return null;
    const device = v.parse(StoredDevice, JSON.parse(entityJson(value)));
    if (!secretMatches(secret, device.secretHash)) return null;
    const at = now();
    if (hasEnded(device, at)) {
      await close(personId, deviceId);
      return null;
    }
    if (at - device.lastSeenAt > seenEvery && !(await store(personId, { ...device, lastSeenAt: at }, 'seen')))
      return null;
    return { personId, deviceId };
  }

  /** Ends a device's session; every process closes its sockets when it reads the revocation. */
  async function close(personId: string, deviceId: string): Promise<boolean> {
    const keys = personKeys(personId);
    const ended = keys.endedDevice(deviceId);
    // First of all: whoever holds the key of the command that signed this device in could repeat it.
    await redis.send(ended, 'SET', ended, '1', 'EX', String(endedSeconds));
    const removed = await redis.send(keys.devices, 'HDEL', keys.devices, deviceId);
    await redis.send(
      keys.revocations,
      ...[
        'XADD',
        keys.revocations,
        'MINID',
        '~',
        String(now() - 3600 * 1000),
        '*',
        'person',
        personId,
        'device',
        deviceId,
      ],
    );
    return removed === 1;
  }

  async function list({ personId, deviceId }: Session): Promise<Device[]> {
    const devices = await stored(personId);
    return devices
      .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
      .map(({ id, name, createdAt, lastSeenAt }) => ({
        id,
        name,
        createdAt,
        lastSeenAt,
        current: id === deviceId,
      }));
  }

  /** Makes a link that signs one more device in, once; the same command gets the same link. */
  async function createLink(personId: string, command: Command, lifeSeconds: number) {
    const keys = personKeys(personId);
    const receipt = keys.receipt(command.id);
    const secret = command.secret(`link ${personId}`);
    const createdAt = now();
    const value = `${command.fingerprint} ${createdAt}`;
    const earlier = asNullableString(
      await redis.send(receipt, 'SET', receipt, value, 'NX', 'GET', 'EX', String(lifeSeconds)),
    );
    if (earlier !== null) {
      const [fingerprint, at] = earlier.split(' ');
      if (fingerprint !== command.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
      return { secret, createdAt: Number(at), replayed: true };
    }
    const link = keys.link(hashSecret(secret));
    await redis.send(link, 'SET', link, 'open', 'EX', String(lifeSeconds));
    return { secret, createdAt, replayed: false };
  }

  /** Uses a link up; the command that used it may repeat for ten minutes. */
  async function useLink(personId: string, secret: string, command: Command): Promise<boolean> {
    const keys = personKeys(personId);
    const link = keys.link(hashSecret(secret));
    const used = keys.usedLink(hashSecret(secret));
    // GETDEL is one step: of two devices only one wins.
    if (asNullableString(await redis.send(link, 'GETDEL', link)) !== null) {
      await redis.send(used, 'SET', used, `${command.id} ${command.fingerprint}`, 'EX', '600');
      return true;
    }
    const [id, fingerprint] = (asNullableString(await redis.send(used, 'GET', used)) ?? '').split(' ');
    if (id !== command.id) return false;
    if (fingerprint !== command.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
    return true;
  }

  return { open, find, close, list, createLink, useLink };
}

export type Sessions = ReturnType<typeof createSessions>;
