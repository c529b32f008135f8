import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { closeSearch } from './home-safe.ts';
import { changedSearch, createHomeSafeStore } from './home-safe-store.ts';

/**
 * With the timer `memberLeft:<neighbourhood>:<member>`, set with the end of a membership: nobody looks for them any
 * more.
 */
export function patrolLeaver({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createHomeSafeStore(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<null> => {
    const member = await getMember(redis, neighbourhoodId, memberId);
    if (member?.status === 'active') return null;
    for (;;) {
      const { search } = await store.searchFor(neighbourhoodId, memberId);
      if (search === null) return null;
      const at = now();
      const { event, search: closed } = closeSearch(search, at);
      const change = changedSearch(neighbourhoodId, closed);
      await eventLog.commit({ ...{ neighbourhoodId, event, at, body: {} }, ...change });
    }
  };
}
