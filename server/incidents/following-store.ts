import * as v from 'valibot';
import { FollowMode } from '../../shared/following.ts';
import { Preferences } from '../../shared/preferences.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString } from '../redis/reply.ts';

/** Longer than any incident is kept: what was chosen while it was being forgotten ends by itself. */
const keptSeconds = 400 * 24 * 3600;

const Preferred = v.pick(Preferences, ['follow']);

/**
 * Keeps what of an incident each member wants pushed. No entry of the log: whom something does not concern is nobody's
 * business, and one member's choice is nothing that another's could collide with.
 */
export function createFollowingStore(redis: Redis) {
  return {
    /** What a member chose; null where they have chosen nothing. */
    async get(neighbourhoodId: string, incidentId: string, memberId: string): Promise<FollowMode | null> {
      const key = neighbourhoodKeys(neighbourhoodId).incidentFollowing(incidentId);
      const stored = asNullableString(await redis.send(key, 'HGET', key, memberId));
      return stored === null ? null : v.parse(FollowMode, stored);
    },
    /** What a member wants of all incidents of which they have chosen nothing. */
    async preferredOf(neighbourhoodId: string, memberId: string): Promise<'first' | 'all'> {
      const { preferences: key } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(key, 'HGET', key, memberId));
      return stored === null ? 'first' : v.parse(Preferred, JSON.parse(entityJson(stored))).follow;
    },
    /** @throws AppError UNAVAILABLE */
    async set(neighbourhoodId: string, incidentId: string, memberId: string, mode: FollowMode) {
      const key = neighbourhoodKeys(neighbourhoodId).incidentFollowing(incidentId);
      await Promise.all([
        redis.send(key, 'HSET', key, memberId, mode),
        redis.send(key, 'EXPIRE', key, String(keptSeconds)),
      ]);
    },
  };
}
