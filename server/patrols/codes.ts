import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString } from '../redis/reply.ts';

/** A partner code is shown for so long, and holds for as long again. */
const windowMs = 60_000;

const equal = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Codes that say where somebody stands, signed with the neighbourhood's secret: none of them is stored. */
export function createCodes(redis: Redis) {
  async function sign(neighbourhoodId: string, what: string): Promise<Buffer> {
    const { patrolSecret: key } = neighbourhoodKeys(neighbourhoodId);
    let secret = asNullableString(await redis.send(key, 'GET', key));
    if (secret === null) {
      // Another process may make one at the same moment: the first holds.
      await redis.send(key, 'SET', key, randomBytes(32).toString('base64url'), 'NX');
      secret = asNullableString(await redis.send(key, 'GET', key));
    }
    // Signed with nothing anybody could make them.
    if (secret === null) throw new AppError('UNAVAILABLE');
    return createHmac('sha256', secret).update(what).digest();
  }

  async function partnerCode(neighbourhoodId: string, patrolId: string, window: number): Promise<string> {
    const signed = await sign(neighbourhoodId, `partner ${patrolId} ${window}`);
    return String(signed.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
  }

  async function checkpointCode(neighbourhoodId: string, checkpointId: string): Promise<string> {
    const signed = await sign(neighbourhoodId, `checkpoint ${checkpointId}`);
    return `${checkpointId}.${signed.subarray(0, 16).toString('base64url')}`;
  }

  return {
    /** What the first phone shows now, and until when it is taken. */
    async showPartnerCode(neighbourhoodId: string, patrolId: string, at: number) {
      const window = Math.floor(at / windowMs);
      return {
        code: await partnerCode(neighbourhoodId, patrolId, window),
        expiresAt: (window + 1) * windowMs,
      };
    },

    /** Whether this is what the first phone shows, or showed just before. */
    async isPartnerCode(neighbourhoodId: string, patrolId: string, code: string, at: number) {
      const window = Math.floor(at / windowMs);
      const [now, before] = await Promise.all([
        partnerCode(neighbourhoodId, patrolId, window),
        partnerCode(neighbourhoodId, patrolId, window - 1),
      ]);
      return [equal(code, now), equal(code, before)].includes(true);
    },

    checkpointCode,

    /** The checkpoint that a code names; null where nobody here signed it. */
    async checkpointOf(neighbourhoodId: string, code: string): Promise<string | null> {
      const [checkpointId = ''] = code.split('.');
      return equal(code, await checkpointCode(neighbourhoodId, checkpointId)) ? checkpointId : null;
    },
  };
}
