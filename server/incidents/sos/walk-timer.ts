import { getMember } from '../../auth/membership.ts';
import type { Deps } from '../../deps.ts';
import { derivedId } from '../../ids.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { createHistoryStore } from '../history-store.ts';
import { raise } from './sos.ts';
import { changedWalk, createSosStore, newSos } from './store.ts';
import { raisesAt } from './walk.ts';

/**
 * The timer `walk:<neighbourhood>:<member>`: whoever has not checked in gets their SOS raised, also where their phone
 * is dead. However often and wherever it runs, it is raised once.
 */
export function walkTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createSosStore(redis);
  const history = createHistoryStore(redis);

  return async (neighbourhoodId: string, memberId: string): Promise<number | null> => {
    for (;;) {
      const walk = await store.getWalk(neighbourhoodId, memberId);
      const dueAt = walk && raisesAt(walk);
      if (walk === null || dueAt === null) return null;
      const at = now();
      if (at < dueAt) return dueAt;
      const member = await getMember(redis, neighbourhoodId, memberId);
      // Whoever left is no neighbour to be looked for.
      if (member?.status !== 'active') return null;
      const over: typeof walk = { ...walk, version: walk.version + 1, state: 'raised' };
      const { last, runs } = await store.getLast(neighbourhoodId, memberId);
      if (runs) {
        await store.putWalk(neighbourhoodId, member, over);
        continue;
      }
      const [{ sharing }, standIn] = await Promise.all([
        store.getSettings(neighbourhoodId, memberId),
        store.getStandIn(neighbourhoodId),
      ]);
      const id = derivedId('walk', neighbourhoodId, walk.id);
      const who = { id, memberId, sharing, standIn, at, note: walk.note };
      const decided = raise({ ...who, startedBy: 'walk', silent: false, unseen: null });
      const sos = newSos(neighbourhoodId, decided.incident, decided.record, last);
      const changed = changedWalk(neighbourhoodId, over);
      const { members: key } = neighbourhoodKeys(neighbourhoodId);
      await eventLog.commit({
        neighbourhoodId,
        event: decided.event,
        at,
        guards: [{ key, field: memberId, version: member.version }, changed.guard, ...sos.guards],
        writes: [
          ...changed.writes,
          ...sos.writes,
          ...(await history.appended(neighbourhoodId, decided.event, at)),
        ],
        body: {},
      });
      // Looked at once more, moved or committed: then it is over.
    }
  };
}
