import { createECDH, createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

/** The application server's P-256 key pair (RFC 8292, section 3), base64url: 65 and 32 bytes. */
export type VapidKeys = { publicKey: string; privateKey: string };

/** The configured or stored key pair is unusable; the message is one line for the operator, without the keys. */
export class VapidKeysError extends Error {
  override readonly name = 'VapidKeysError';
}

const StoredKeys = v.object({ publicKey: v.string(), privateKey: v.string() });

function generateKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys('base64url');
  // A number with leading zeros comes without them; the wire form always has 32 bytes.
  const privateKey = Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url');
  return { publicKey, privateKey };
}

/** Canonical form of a pair whose halves belong together. @throws VapidKeysError naming `where` */
function checkKeys(keys: VapidKeys, where: string): VapidKeys {
  const privateKey = Buffer.from(keys.privateKey, 'base64url');
  const publicKey = Buffer.from(keys.publicKey, 'base64url');
  if (privateKey.length !== 32 || publicKey.length !== 65) {
    throw new VapidKeysError(
      `${where}: the VAPID keys must be base64url of 65 (public) and 32 (private) bytes`,
    );
  }
  const pair = createECDH('prime256v1');
  try {
    pair.setPrivateKey(privateKey);
  } catch {
    throw new VapidKeysError(`${where}: the VAPID private key is not a key of the curve P-256`);
  }
  if (!pair.getPublicKey().equals(publicKey)) {
    throw new VapidKeysError(`${where}: the VAPID public key does not belong to the private key`);
  }
  return { publicKey: publicKey.toString('base64url'), privateKey: privateKey.toString('base64url') };
}

async function readKeys(path: string): Promise<VapidKeys | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new VapidKeysError(`${path}: the VAPID keys cannot be read`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new VapidKeysError(`${path}: the VAPID keys are not JSON`);
  }
  const stored = v.safeParse(StoredKeys, json);
  if (!stored.success) throw new VapidKeysError(`${path}: the VAPID keys are not {publicKey, privateKey}`);
  return checkKeys(stored.output, path);
}

/**
 * The pair of the environment, else that of `vapid.json` in the data folder, which is made (mode 0600) the first
 * time. Every subscription is bound to this pair: a lost file means that every device must subscribe again, so a
 * damaged one is refused and never replaced. Two processes that start at once get the same pair.
 * @throws VapidKeysError
 */
export async function loadVapidKeys(
  dataDir: string,
  env: { VAPID_PUBLIC_KEY?: string | undefined; VAPID_PRIVATE_KEY?: string | undefined },
): Promise<VapidKeys> {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = env;
  if (publicKey !== undefined && privateKey !== undefined) {
    return checkKeys({ publicKey, privateKey }, 'VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY');
  }
  if (publicKey !== undefined || privateKey !== undefined) {
    throw new VapidKeysError('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together');
  }
  const path = join(dataDir, 'vapid.json');
  const found = await readKeys(path);
  if (found !== null) return found;

  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(generateKeys())}\n`);
    await file.sync();
    // A link appears whole or not at all, and never replaces what another process put there first.
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await file.close();
    await rm(draft);
  }
  const made = await readKeys(path);
  if (made === null) throw new VapidKeysError(`${path}: the VAPID keys vanished`);
  return made;
}

const lifetimeMs = 12 * 3600 * 1000;
const renewMs = 3600 * 1000;
// Endpoints with a wildcard host could otherwise make this grow with what members send.
const maxTokens = 256;

function signingKey({ publicKey, privateKey }: VapidKeys): KeyObject {
  const point = Buffer.from(publicKey, 'base64url');
  return createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: privateKey,
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
}

/**
 * Makes `Authorization` values (RFC 8292): one ES256 token a push service's origin, signed once and used until an
 * hour before its twelve are over. Signing for each message would cost more than encrypting it.
 * @param subject the operator's `mailto:` or `https:` contact
 * @param now epoch milliseconds
 */
export function createVapid(keys: VapidKeys, subject: string, now: () => number) {
  const key = signingKey(keys);
  const header = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'ES256' })).toString('base64url');
  const tokens = new Map<string, { value: string; expiresAt: number }>();

  function authorization(origin: string): string {
    const at = now();
    const cached = tokens.get(origin);
    const left = cached === undefined ? 0 : cached.expiresAt - at;
    // A clock set back makes the token's end too far away for the service (24 h at most): it is renewed too.
    if (cached !== undefined && left > renewMs && left <= lifetimeMs) return cached.value;
    const expiresAt = at + lifetimeMs;
    const claims = { aud: origin, exp: Math.floor(expiresAt / 1000), sub: subject };
    const unsigned = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(unsigned), { key, dsaEncoding: 'ieee-p1363' });
    const value = `vapid t=${unsigned}.${signature.toString('base64url')}, k=${keys.publicKey}`;
    const oldest = tokens.keys().next().value;
    if (tokens.size >= maxTokens && oldest !== undefined) tokens.delete(oldest);
    tokens.set(origin, { value, expiresAt });
    return value;
  }

  return { authorization };
}

export type Vapid = ReturnType<typeof createVapid>;

/** The contact told to push services: the configured one, else this server's public address. */
export function vapidSubject(env: {
  VAPID_SUBJECT?: string | undefined;
  PUBLIC_URL?: string | undefined;
}): string {
  if (env.VAPID_SUBJECT !== undefined) return env.VAPID_SUBJECT;
  if (env.PUBLIC_URL?.startsWith('https://') === true) return env.PUBLIC_URL;
  // Some services refuse a token without a subject; this one is well-formed and reaches nobody.
  return 'mailto:operator@vigie.invalid';
}
