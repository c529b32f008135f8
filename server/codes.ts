import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { entityJson } from './eventlog/eventlog.ts';
import type { Limits } from './limits.ts';
import type { Redis } from './redis/client.ts';
import { neighbourhoodKeys } from './redis/keys.ts';
import { asNullableString } from './redis/reply.ts';

/** What a code is, or that none is wanted. */
export type CodeCheck = 'right' | 'duress' | 'wrong';

/** Both hashes are made with one salt, so that one derivation answers for either code in the same time. */
export const CodeHashes = v.object({ salt: v.string(), cancel: v.string(), duress: v.string() });
export type CodeHashes = v.InferOutput<typeof CodeHashes>;

const derive = (code: string, salt: string) =>
  new Promise<Buffer>((resolve, reject) => {
    scrypt(code, Buffer.from(salt, 'base64url'), 32, (error, key) => (error ? reject(error) : resolve(key)));
  });

export async function hashCodes(codes: { cancel: string; duress: string }): Promise<CodeHashes> {
  const salt = randomBytes(16).toString('base64url');
  const [cancel, duress] = await Promise.all([derive(codes.cancel, salt), derive(codes.duress, salt)]);
  return { salt, cancel: cancel.toString('base64url'), duress: duress.toString('base64url') };
}

/**
 * What a code is. Where the member has set none, none is wanted.
 * @throws AppError RATE_LIMITED after too many that were wrong
 */
export async function checkCode(
  limits: Limits,
  memberId: string,
  hashes: CodeHashes | null,
  code: string | undefined,
): Promise<CodeCheck> {
  if (hashes === null) return 'right';
  if (code === undefined) return 'wrong';
  await limits.count('codes', memberId);
  const key = await derive(code, hashes.salt);
  const is = (hash: string) => timingSafeEqual(key, Buffer.from(hash, 'base64url'));
  const [right, duress] = [is(hashes.cancel), is(hashes.duress)];
  if (!right && !duress) return 'wrong';
  await limits.giveBack('codes', memberId);
  return right ? 'right' : 'duress';
}

const Settled = v.object({ codes: v.nullable(CodeHashes) });

/** The codes that a member set beforehand: whatever asks for one asks for these. Null where they set none. */
export async function getCodes(
  redis: Redis,
  neighbourhoodId: string,
  memberId: string,
): Promise<CodeHashes | null> {
  const { sosSettings: key } = neighbourhoodKeys(neighbourhoodId);
  const stored = asNullableString(await redis.send(key, 'HGET', key, memberId));
  return stored === null ? null : v.parse(Settled, JSON.parse(entityJson(stored))).codes;
}
