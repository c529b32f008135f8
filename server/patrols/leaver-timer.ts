import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { nameWalker } from './hidden-search.ts';
import { closeSearch } from './home-safe.ts';
import { changedSearch, createHomeSafeStore } from './home-safe-store.ts';

/**
 * With the timer `memberLeft:<neighbourhood>:<member>`, set with the end of a membership: nobody looks for them any
 * more. But where it looked to them as if nobody did, they may have been made to leave, and it goes on under their name.
 */
export function patrolLeaver({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createHomeSafeStore(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<null> => {
    const member = await getMember(redis, neighbourhoodId, memberId);
    if (member?.status === 'active') return null;
    for (;;) {
      const { search } = await store.searchFor(neighbourhoodId, memberId);
      if (search === null) return null;
      const hidden = await store.getHidden(neighbourhoodId, search.id);
      if (hidden !== null && search.name !== undefined) return null;
      const at = now();
      const { event, search: next } = hidden === null ? closeSearch(search, at) : nameWalker(search, hidden);
      const change = changedSearch(neighbourhoodId, next);
      await eventLog.commit({ ...{ neighbourhoodId, event, at, body: {} }, ...change });
    }
  };
}
