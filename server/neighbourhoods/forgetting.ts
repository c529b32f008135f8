import * as v from 'valibot';
import { Member } from '../../shared/neighbourhoods.ts';
import type { Deps } from '../deps.ts';
import { getMember } from '../auth/membership.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import type { Redis, Reply } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asStrings } from '../redis/reply.ts';
import { scanHash, scanKeys } from '../redis/scan.ts';
import { nameless } from './neighbourhood.ts';
import { hashesOfMembers } from './store.ts';

const day = 24 * 3600 * 1000;
const batch = '100';

/** Drops what a member's commands were answered with: their name, and what they wrote. */
export async function dropReceipts(redis: Redis, neighbourhoodId: string, memberId: string): Promise<void> {
  const { meta, receipt } = neighbourhoodKeys(neighbourhoodId);
  // Whoever founded the neighbourhood has theirs under a name of its own.
  for (const whose of [memberId, 'found']) {
    for await (const names of scanKeys(redis, meta, receipt(whose, '*'))) {
      await redis.send(meta, 'UNLINK', ...names);
    }
  }
}

/**
 * What goes with a membership, of those who left without it: before it did, or while a process of an older version ran.
 * Once a day, so that nothing has to be moved when a version learns of more.
 */
export function forgetLeavers({ redis }: Pick<Deps, 'redis'>) {
  return async (neighbourhoodId: string): Promise<void> => {
    const keys = neighbourhoodKeys(neighbourhoodId);
    for (const key of hashesOfMembers(neighbourhoodId)) {
      for await (const page of scanHash(redis, key)) {
        const ids = page.map(([memberId]) => memberId);
        const stored = asArray(await redis.send(keys.members, 'HMGET', keys.members, ...ids));
        const gone = ids.filter((_, i) => !isActive(stored[i] ?? null));
        if (gone.length > 0) await redis.send(key, 'HDEL', key, ...gone);
      }
    }
  };
}

const isActive = (stored: Reply): boolean =>
  typeof stored === 'string' &&
  v.parse(v.pick(Member, ['status']), JSON.parse(entityJson(stored))).status === 'active';

/** Takes the names of those who left more than `days` ago: nothing of that time is left that would need them. */
export function forgetNames({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    const { membersLeft, members } = neighbourhoodKeys(neighbourhoodId);
    const range = ['-inf', String(now() - days * day), 'BYSCORE', 'LIMIT', '0', batch];
    for (;;) {
      const ids = asStrings(await redis.send(membersLeft, 'ZRANGE', membersLeft, ...range));
      if (ids.length === 0) return;
      for (const id of ids) {
        const member = await getMember(redis, neighbourhoodId, id);
        if (member?.status !== 'removed') {
          await redis.send(membersLeft, 'ZREM', membersLeft, id);
          continue;
        }
        await dropReceipts(redis, neighbourhoodId, id);
        const decided = nameless(member, null);
        // Where they came back meanwhile they are looked at once more.
        await eventLog.commit({
          neighbourhoodId,
          event: decided.event,
          at: now(),
          guards: [{ key: members, field: id, version: member.version }],
          writes: [
            ['HSET', members, id, encodeEntity(decided.member)],
            ['ZREM', membersLeft, id],
          ],
          body: {},
        });
      }
    }
  };
}
