import * as v from 'valibot';
import { defaultMode, FollowMode } from '../../shared/following.ts';
import { Response } from '../../shared/incident-life.ts';
import { entityJson } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asString, asStrings } from '../redis/reply.ts';

/** Fields read at once. */
const page = '500';

/** Reads who follows an incident, and how. */
export function createFollowing(redis: Redis) {
  /** Fields of a hash that match, a page at a time: Redis serves others between. */
  async function fields(key: string, pattern: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let cursor = '0';
    do {
      const [next, flat] = asArray(
        await redis.send(key, 'HSCAN', key, cursor, 'MATCH', pattern, 'COUNT', page),
      );
      cursor = asString(next);
      const values = asStrings(flat ?? null);
      for (let i = 0; i + 1 < values.length; i += 2) found.set(values[i] ?? '', values[i + 1] ?? '');
    } while (cursor !== '0');
    return found;
  }

  return {
    /** What these members chose; those who chose nothing are left out. */
    async modesOf(
      neighbourhoodId: string,
      incidentId: string,
      memberIds: readonly string[],
    ): Promise<Map<string, FollowMode>> {
      if (memberIds.length === 0) return new Map();
      const key = neighbourhoodKeys(neighbourhoodId).incidentFollowing(incidentId);
      const stored = asArray(await redis.send(key, 'HMGET', key, ...memberIds));
      return new Map(
        memberIds.flatMap((id, i) => {
          const mode = stored[i];
          return typeof mode === 'string' ? [[id, v.parse(FollowMode, mode)] as const] : [];
        }),
      );
    },

    /**
     * Who hears all of an incident.
     * @param author who reported it, also where neighbours do not see it
     * @param preferring those who want to hear all of each incident of its kind and place
     */
    async followersOf(
      neighbourhoodId: string,
      incidentId: string,
      { author, preferring }: { author: string | null; preferring: readonly string[] },
    ): Promise<string[]> {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const [chosen, answers] = await Promise.all([
        fields(keys.incidentFollowing(incidentId), '*'),
        fields(keys.incidentLife(incidentId), 'response:*'),
      ]);
      const responses = new Map(
        [...answers.values()].map((stored) => {
          const response = v.parse(Response, JSON.parse(entityJson(stored)));
          return [response.memberId, response] as const;
        }),
      );
      const byDefault = new Set(preferring);
      const reporters = author === null ? [] : [author];
      const all = new Set([...chosen.keys(), ...responses.keys(), ...preferring, ...reporters]);
      return [...all].filter((id) => {
        const preferred = byDefault.has(id) ? 'all' : 'first';
        const mode = chosen.get(id) ?? defaultMode(id === author, responses.get(id) ?? null, preferred);
        return mode === 'all';
      });
    },
  };
}
