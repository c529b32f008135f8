import { walkersOf } from '../../shared/patrols.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { dueAt, watch } from './patrol.ts';
import { countedRound } from './report-store.ts';
import { changedPatrol, createPatrolStore } from './store.ts';

/**
 * The timer `patrol:<neighbourhood>:<patrol>`: looks after a round once a minute, and ends it where time, silence or
 * too few walkers do. However often and wherever it runs, it ends once.
 */
export function patrolTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createPatrolStore(redis);

  return async (neighbourhoodId: string, patrolId: string): Promise<number | null> => {
    for (;;) {
      const [before, heardAt] = await Promise.all([
        store.get(neighbourhoodId, patrolId),
        store.heardAt(neighbourhoodId, patrolId),
      ]);
      if (before === null) return null;
      const at = now();
      const walkers = await Promise.all(
        walkersOf(before).map(async (id) => ({ id, member: await getMember(redis, neighbourhoodId, id) })),
      );
      const gone = walkers.filter(({ member }) => member?.status !== 'active').map(({ id }) => id);
      const decided = watch(before, { at, heardAt, gone });
      if (decided === null) return dueAt(before, at);
      const { patrol, event } = decided;
      const change = changedPatrol(neighbourhoodId, before, patrol, at);
      const writes = [...change.writes, ...(await countedRound(redis, neighbourhoodId, patrol))];
      // Looked at once more, moved or committed: then there is nothing left to do.
      await eventLog.commit({ neighbourhoodId, event, at, guards: change.guards, writes, body: {} });
    }
  };
}
