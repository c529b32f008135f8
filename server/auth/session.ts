import * as v from 'valibot';
import type { Device } from '../../shared/auth.ts';
import { Timestamp } from '../../shared/text.ts';
import { AppError } from '../errors.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import { exclusiveOr, hashSecret, newSecret, secretMatches } from '../ids.ts';
import { loadScript, type Redis, type Reply } from '../redis/client.ts';
import { personKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asRecord, asString } from '../redis/reply.ts';
import { scanKeys } from '../redis/scan.ts';
import type { Command } from './idempotency.ts';

const day = 24 * 3600 * 1000;
const idleDays = 90;
const absoluteDays = 365;
const maxDevices = 20;
/** Longer than any receipt lives. */
const endedSeconds = 31 * 24 * 3600;
/** All of a person's keys end so long after their last device was seen; by then no session is valid any more. */
const keptSeconds = 400 * 24 * 3600;
const putScript = loadScript(new URL('./put-device.lua', import.meta.url));
const endScript = loadScript(new URL('./end-device.lua', import.meta.url));
/** Writing "last seen" more often would tell when somebody is at home, and cost a disk write a request. */
const seenEvery = day;

const StoredDevice = v.object({
  version: v.number(),
  id: v.string(),
  name: v.string(),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  secretHash: v.string(),
  /** The secret under the mask of the command that signed the device in. */
  masked: v.string(),
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
  async function put(personId: string, device: StoredDevice, how: 'new' | 'seen'): Promise<Reply[]> {
    const keys = personKeys(personId);
    return asArray(
      await redis.run(
        putScript,
        [
          ...[keys.devices, keys.endedDevice(device.id)],
          ...[keys.memberships, keys.person, keys.subscriptions, keys.ways],
        ],
        [device.id, encodeEntity(device), how, String(maxDevices), String(keptSeconds)],
      ),
    );
  }

  /**
   * Signs a device in. The command that does so gets the same token at each repetition, however many are under way:
   * the secret is kept, masked with what only the holder of the command's idempotency key can make.
   * @returns the token for the cookie
   * @throws AppError CONFLICT beyond twenty devices; NOT_SIGNED_IN for a device that was signed out since
   */
  async function open(personId: string, deviceId: string, name: string, command: Command): Promise<string> {
    const mask = command.secret(`session ${deviceId}`);
    const secret = newSecret();
    const at = now();
    const [outcome, known] = await put(
      personId,
      {
        version: 1,
        id: deviceId,
        name,
        createdAt: at,
        lastSeenAt: at,
        secretHash: hashSecret(secret),
        masked: exclusiveOr(secret, mask),
      },
      'new',
    );
    // Dropping an old device instead would sign out somebody's only phone.
    if (outcome === 'full') throw new AppError('CONFLICT');
    if (outcome === 'ended') throw new AppError('NOT_SIGNED_IN');
    if (outcome === 'stored') return `${personId}.${deviceId}.${secret}`;
    const device = v.parse(StoredDevice, JSON.parse(entityJson(asString(known))));
    return `${personId}.${deviceId}.${exclusiveOr(device.masked, mask)}`;
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
    if (at - device.lastSeenAt > seenEvery) {
      const [outcome] = await put(personId, { ...device, lastSeenAt: at }, 'seen');
      if (outcome === 'ended') return null;
    }
    return { personId, deviceId };
  }

  /** Ends a device's session; every process closes its sockets when it reads the revocation. */
  async function close(personId: string, deviceId: string): Promise<boolean> {
    const keys = personKeys(personId);
    const removed = await redis.run(
      endScript,
      [keys.devices, keys.endedDevice(deviceId), keys.revocations],
      [deviceId, personId, String(endedSeconds), String(now() - 3600 * 1000)],
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
    const earlier = asNullableString(await redis.send(receipt, 'GET', receipt));
    if (earlier !== null) {
      const [fingerprint, at] = earlier.split(' ');
      if (fingerprint !== command.fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
      return { secret, createdAt: Number(at), replayed: true };
    }
    const createdAt = now();
    const link = keys.link(hashSecret(secret));
    // The link before its receipt: after a crash between the two, the repetition opens it again.
    await redis.send(link, 'SET', link, 'open', 'EX', String(lifeSeconds));
    await redis.send(
      receipt,
      'SET',
      receipt,
      `${command.fingerprint} ${createdAt}`,
      'EX',
      String(lifeSeconds),
    );
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

  /** Forgets the person: the device that asks last of all. Only that each device was signed out is kept, for a month. */
  async function forget({ personId, deviceId }: Session): Promise<void> {
    const keys = personKeys(personId);
    for await (const names of scanKeys(redis, keys.devices, keys.all)) {
      const others = names.filter((name) => name !== keys.devices && !name.startsWith(keys.endedDevice('')));
      if (others.length > 0) await redis.send(keys.devices, 'UNLINK', ...others);
    }
    for (const { id } of await stored(personId)) if (id !== deviceId) await close(personId, id);
    await close(personId, deviceId);
  }

  return { open, find, close, list, createLink, useLink, forget };
}

export type Sessions = ReturnType<typeof createSessions>;
