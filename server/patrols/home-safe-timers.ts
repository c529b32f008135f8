import { waitsFor } from '../../shared/home-safe.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import type { Guard } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { closeSearch, passCheckIn, passSearch, type Staff } from './home-safe.ts';
import {
  changedCheckIn,
  changedSearch,
  checkInId,
  createHomeSafeStore,
  unchangedSearch,
} from './home-safe-store.ts';
import { nameForgetting } from './home-safe-erasing.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;
/** Asked for where it decides nothing. */
const nobody: Staff = { partners: [], onDuty: [], volunteers: false, everyone: false };

/** The guard that the membership stays as it is; null where it has ended: whoever left is no neighbour to be looked for. */
async function guardOf(
  { redis }: Pick<Deps, 'redis'>,
  neighbourhoodId: string,
  memberId: string,
): Promise<Guard | null> {
  const member = await getMember(redis, neighbourhoodId, memberId);
  if (member?.status !== 'active') return null;
  return { key: neighbourhoodKeys(neighbourhoodId).members, field: memberId, version: member.version };
}

/**
 * The timer `check-in:<neighbourhood>:<patrol>.<walker>`: reminds a walker who did not say that they are well, asks
 * them, and lets them be looked for. However often and wherever it runs, each step is done once.
 */
export function checkInTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createHomeSafeStore(redis);

  return async (neighbourhoodId: string, subject: string): Promise<number | null> => {
    const [patrolId = '', memberId = ''] = subject.split('.');
    for (;;) {
      const patrol = await store.getPatrol(neighbourhoodId, patrolId);
      const checkIn = patrol && (await store.getCheckIn(neighbourhoodId, patrol, memberId));
      if (patrol === null || checkIn === null || waitsFor(patrol, memberId) === 'no') return null;
      const membership = await guardOf({ redis }, neighbourhoodId, memberId);
      if (membership === null) return null;
      const at = now();
      const begins = checkIn.state === 'overdue' && checkIn.nextAt !== null && at >= checkIn.nextAt;
      const { search } = begins ? await store.searchFor(neighbourhoodId, memberId) : { search: null };
      const staff = begins ? await store.getStaff(neighbourhoodId, patrol, memberId) : nobody;
      const id = derivedId('search', checkInId(patrolId, memberId), String(checkIn.version));
      const next = passCheckIn(patrol, search !== null, { id, checkIn, staff, at });
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.nextAt;
      const changes = [
        ...(next.checkIn === null ? [] : [changedCheckIn(neighbourhoodId, next.checkIn)]),
        ...(next.search === null ? [] : [changedSearch(neighbourhoodId, next.search)]),
      ];
      await eventLog.commit({
        neighbourhoodId,
        event: next.event,
        at,
        guards: [
          membership,
          // Its end is what they are waited for again with: it must not have come meanwhile.
          ...(search === null ? [] : [unchangedSearch(neighbourhoodId, search)]),
          ...changes.flatMap(({ guards }) => guards),
        ],
        writes: changes.flatMap(({ writes }) => writes),
        body: {},
      });
      // Looked at once more, moved or committed: then it waits for the next step.
    }
  };
}

/**
 * The timer `search:<neighbourhood>:<search>`: asks the next where nobody looks for a walker, or no more; forgets the name
 * of one who is erased once it has ended.
 */
export function searchTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createHomeSafeStore(redis);
  const forgetName = nameForgetting({ redis, eventLog, now });

  return async (neighbourhoodId: string, searchId: string): Promise<number | null> => {
    for (;;) {
      const search = await store.getSearch(neighbourhoodId, searchId);
      const at = now();
      if (search === null) return null;
      if (search.end !== null) return await forgetName(neighbourhoodId, search);
      if (search.dueAt === null) return null;
      if (at < search.dueAt) return search.dueAt;
      const [patrol, hidden, membership] = await Promise.all([
        store.getPatrol(neighbourhoodId, search.patrolId),
        store.getHidden(neighbourhoodId, searchId),
        guardOf({ redis }, neighbourhoodId, search.memberId),
      ]);
      // Who is a neighbour no more is not looked for, but where they may have been made to leave.
      if (membership === null && hidden === null) {
        const { event, search: closed } = closeSearch(search, at);
        await eventLog.commit({
          ...{ neighbourhoodId, event, at, body: {} },
          ...changedSearch(neighbourhoodId, closed),
        });
        continue;
      }
      const staff = patrol
        ? await store.getStaff(neighbourhoodId, patrol, search.memberId, hidden?.from)
        : { ...nobody, volunteers: true, everyone: true };
      const next = passSearch(search, staff, at);
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.nextAt;
      const change = next.search && changedSearch(neighbourhoodId, next.search);
      if (change === null) return null;
      const guards = [...(membership === null ? [] : [membership]), ...change.guards];
      await eventLog.commit({ neighbourhoodId, event: next.event, at, ...change, guards, body: {} });
    }
  };
}
