import * as v from 'valibot';
import { Patrol } from '../../shared/patrols.ts';
import type { Deps, Keeper } from '../deps.ts';
import { encodeEntity, entityJson } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';
import { leave } from './patrol.ts';
import { countedRound } from './report-store.ts';
import { changedPatrol, createPatrolStore } from './store.ts';

const day = 24 * 3600 * 1000;
/** Patrols in one commit. */
const batch = 100;

/** What patrols hold of one member: for handing it over, and for erasing it. */
export function patrolKeeper({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>): Keeper {
  const store = createPatrolStore(redis);

  /** Whoever is erased walks nothing any more. */
  async function stopWalking(neighbourhoodId: string, memberId: string): Promise<void> {
    for (;;) {
      const patrolId = await store.walkedBy(neighbourhoodId, memberId);
      const before = patrolId === null ? null : await store.get(neighbourhoodId, patrolId);
      if (before === null) return;
      const at = now();
      const decided = leave(before, memberId, null, at);
      if (!decided.ok) return;
      const { patrol, event } = decided;
      const change = changedPatrol(neighbourhoodId, before, patrol, at);
      const writes = [...change.writes, ...(await countedRound(redis, neighbourhoodId, patrol))];
      await eventLog.commit({ neighbourhoodId, event, at, guards: change.guards, writes, body: {} });
    }
  }

  /** Others need not hide from somebody who is gone. */
  async function unblock(neighbourhoodId: string, memberId: string): Promise<void> {
    const { patrolBlocking: key } = neighbourhoodKeys(neighbourhoodId);
    await redis.send(key, 'HDEL', key, memberId);
    for await (const page of scanHash(redis, key)) {
      for (const [whose, stored] of page) {
        if (!stored.includes(memberId)) continue;
        const { version, blocked } = await store.getBlocking(neighbourhoodId, whose);
        const without = { version: version + 1, blocked: blocked.filter((id) => id !== memberId) };
        await redis.send(key, 'HSET', key, whose, encodeEntity(without));
      }
    }
  }

  return {
    async handOver({ neighbourhoodId, memberId }) {
      const patrols = new Map<string, Patrol>();
      for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).patrols)) {
        for (const [id, stored] of page) {
          if (stored.includes(memberId)) patrols.set(id, v.parse(Patrol, JSON.parse(entityJson(stored))));
        }
      }
      const { blocked } = await store.getBlocking(neighbourhoodId, memberId);
      const walked = [...patrols.values()].flatMap(({ id, shiftId, startedAt, walkers }) =>
        walkers
          .filter((walker) => walker.memberId === memberId)
          .map(({ joinedAt, leftAt }) => ({ id, shiftId, startedAt, joinedAt, leftAt })),
      );
      return { patrols: walked, notShownTo: blocked };
    },

    /** That somebody walked stays, without a name. */
    async erase({ neighbourhoodId, memberId }) {
      await stopWalking(neighbourhoodId, memberId);
      await unblock(neighbourhoodId, memberId);
    },
  };
}

/** Forgets rounds that started more than `days` ago. */
export function forgetPatrols({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    const { patrols, patrolTimes } = neighbourhoodKeys(neighbourhoodId);
    const range = ['-inf', String(now() - days * day), 'BYSCORE', 'LIMIT', '0', String(batch)];
    for (;;) {
      const ids = asStrings(await redis.send(patrolTimes, 'ZRANGE', patrolTimes, ...range));
      if (ids.length === 0) return;
      await eventLog.commit({
        neighbourhoodId,
        event: { type: 'patrols.forgotten', by: null, patrolIds: ids },
        at: now(),
        // Long over: nothing changes them any more.
        guards: [],
        writes: [
          ['HDEL', patrols, ...ids],
          ['ZREM', patrolTimes, ...ids],
        ],
        body: {},
      });
    }
  };
}
