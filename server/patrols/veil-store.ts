import type { LogEntry } from '../../shared/events.ts';
import type { VeilPart } from '../eventlog/veil.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { entrySeenByWalker } from './hidden-search.ts';
import { createHomeSafeStore } from './home-safe-store.ts';

const searchIn = (entry: LogEntry) => ('search' in entry ? entry.search.id : null);

/**
 * Keeps from the devices of those who walk a round that a search goes on which looked as if it had ended, or had never
 * begun. Of whoever never walked one nothing is ever looked up.
 */
export function searchVeil(redis: Redis): VeilPart {
  const store = createHomeSafeStore(redis);
  return {
    /** Whether this member ever walked a round here, as far as it is still known. */
    async isNeeded(neighbourhoodId, memberId) {
      const { patrolWalked } = neighbourhoodKeys(neighbourhoodId);
      return (await redis.send(patrolWalked, 'ZSCORE', patrolWalked, memberId)) !== null;
    },

    async look(neighbourhoodId, entries) {
      const ids = new Set(entries.flatMap((entry) => searchIn(entry) ?? []));
      const found = await store.listHidden(neighbourhoodId, [...ids]);
      const hidden = new Map(found.map((one) => [one.searchId, one]));
      if (hidden.size === 0) return null;
      return (entry, memberId) => {
        const one = hidden.get(searchIn(entry) ?? '');
        return one?.from.includes(memberId) ? entrySeenByWalker(entry, one) : entry;
      };
    },
  };
}
