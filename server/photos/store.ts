import * as v from 'valibot';
import { Id, Timestamp } from '../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Receipt, type Write } from '../eventlog/eventlog.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asString } from '../redis/reply.ts';
import { type Photo, unusedUntil } from './photo.ts';

const putScript = loadScript(new URL('./put-photo.lua', import.meta.url));
const dropScript = loadScript(new URL('./drop-photo.lua', import.meta.url));
const receiptSeconds = 30 * 24 * 3600;
const page = '500';

const Stored: v.GenericSchema<unknown, Photo> = v.object({
  id: Id,
  version: v.number(),
  uploadedBy: Id,
  uploadedAt: Timestamp,
  incidentId: v.nullable(Id),
});

const parse = (stored: string) => v.parse(Stored, JSON.parse(entityJson(stored)));
const timerOf = (neighbourhoodId: string, photoId: string) => `photo:${neighbourhoodId}:${photoId}`;

/** What Redis knows of photos. */
export function createPhotoStore(redis: Redis) {
  async function get(neighbourhoodId: string, photoId: string): Promise<Photo | null> {
    const { photos } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(photos, 'HGET', photos, photoId));
    return stored === null ? null : parse(stored);
  }

  return {
    get,

    /**
     * Records an uploaded photo unless the command was done before.
     * @param by guard of the uploader's membership
     * @returns false where their membership changed meanwhile
     */
    async put(
      neighbourhoodId: string,
      photo: Photo,
      { by, receipt, body }: { by: Guard; receipt: Receipt; body: object },
    ): Promise<boolean> {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const reply = await redis.run(
        putScript,
        [receipt.key, keys.members, keys.photos, keys.timers],
        [
          ...[receipt.fingerprint, JSON.stringify(body), String(receiptSeconds)],
          ...[by.field, String(by.version), photo.id, encodeEntity(photo)],
          ...[timerOf(neighbourhoodId, photo.id), String(unusedUntil(photo.uploadedAt))],
        ],
      );
      return reply !== 'moved';
    },

    /** Forgets what was read so. @returns whether it was still so */
    async drop(neighbourhoodId: string, { id, version }: Photo): Promise<boolean> {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const args = [id, String(version), timerOf(neighbourhoodId, id)];
      return (await redis.run(dropScript, [keys.photos, keys.timers], args)) === 1;
    },

    /** Every photo of the neighbourhood, a page at a time: Redis serves others between. */
    async *all(neighbourhoodId: string): AsyncGenerator<Photo> {
      const { photos } = neighbourhoodKeys(neighbourhoodId);
      let cursor = '0';
      do {
        const [next, flat] = asArray(await redis.send(photos, 'HSCAN', photos, cursor, 'COUNT', page));
        cursor = asString(next);
        for (const stored of asArray(flat ?? null).filter((_, at) => at % 2 === 1)) {
          yield parse(asString(stored));
        }
      } while (cursor !== '0');
    },

    /** Whether neighbours have hidden it, and this member is not one of those who decide on it. */
    async isHiddenFrom(neighbourhoodId: string, photoId: string, memberId: string): Promise<boolean> {
      const { photosHidden } = neighbourhoodKeys(neighbourhoodId);
      const asked = ['SMISMEMBER', photosHidden, photoId, `${photoId} ${memberId}`];
      const [hidden, mayLook] = asArray(await redis.send(photosHidden, ...asked));
      return hidden === 1 && mayLook !== 1;
    },

    async isIncidentThere(neighbourhoodId: string, incidentId: string): Promise<boolean> {
      const { incidents } = neighbourhoodKeys(neighbourhoodId);
      return (await redis.send(incidents, 'HEXISTS', incidents, incidentId)) === 1;
    },
  };
}

/** Writes and guards that make a photo part of an incident; from then on no timer ends it. */
export function usedPhoto(neighbourhoodId: string, used: Photo): { guard: Guard; writes: Write[] } {
  const keys = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key: keys.photos, field: used.id, version: used.version - 1 },
    writes: [
      ['HSET', keys.photos, used.id, encodeEntity(used)],
      ['ZREM', keys.timers, timerOf(neighbourhoodId, used.id)],
    ],
  };
}
