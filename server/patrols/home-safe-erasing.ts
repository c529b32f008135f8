import type { Search } from '../../shared/home-safe.ts';
import type { Deps, Own } from '../deps.ts';
import { eraseEntries } from '../eventlog/erasing.ts';
import { takeFromReceipts } from '../eventlog/receipts.ts';
import { requestCompaction } from '../redis/compaction.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { eraseWalker, withoutHelper } from './hidden-search.ts';
import {
  changedSearch,
  createHomeSafeStore,
  hiding,
  isOfErased,
  nobodyId,
  searchTimerName,
} from './home-safe-store.ts';

type ErasingDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** Takes somebody who is erased out of searches, one by one, whatever is done about them meanwhile. */
export function searchErasing({ redis, eventLog, now }: ErasingDeps) {
  const store = createHomeSafeStore(redis);

  async function drop(neighbourhoodId: string, id: string): Promise<void> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    await redis.send(keys.timers, 'ZREM', keys.timers, searchTimerName(neighbourhoodId, id));
    for (const key of [keys.searches, keys.searchesHidden]) await redis.send(key, 'HDEL', key, id);
    for (const key of [keys.searchesOpen, keys.searchTimes]) await redis.send(key, 'ZREM', key, id);
  }

  return {
    /** One for them is gone; but where they may be made to go, it goes on with nothing of them but their name. */
    async ofWalker({ neighbourhoodId, memberId }: Own, searchId: string): Promise<void> {
      for (;;) {
        const [search, hidden] = await Promise.all([
          store.getSearch(neighbourhoodId, searchId),
          store.getHidden(neighbourhoodId, searchId),
        ]);
        if (search === null || search.memberId !== memberId) return;
        if (hidden === null || search.end !== null) {
          await drop(neighbourhoodId, searchId);
          return;
        }
        const { event, ...next } = eraseWalker(search, hidden, nobodyId(searchId));
        const changes = [changedSearch(neighbourhoodId, next.search), hiding(neighbourhoodId, next.hidden)];
        await eventLog.commit({
          ...{ neighbourhoodId, event, at: now(), body: {} },
          guards: changes.flatMap(({ guards }) => guards),
          writes: changes.flatMap(({ writes }) => writes),
        });
      }
    },

    /** Of one that they helped with it stays that somebody did. */
    async ofHelper({ neighbourhoodId, memberId }: Own, searchId: string): Promise<void> {
      for (;;) {
        const search = await store.getSearch(neighbourhoodId, searchId);
        if (search === null || (search.ownerId !== memberId && search.end?.by !== memberId)) return;
        await eventLog.commit({
          ...{ neighbourhoodId, at: now(), body: {} },
          // Nobody has to be told: who loads it anew finds nobody there.
          event: { type: 'entry.erased', by: null },
          ...changedSearch(neighbourhoodId, withoutHelper(search, memberId)),
        });
      }
    },

    /** Those who walked beside whoever is looked for are kept as long as the search, to hide it from them. */
    async ofHidden({ neighbourhoodId, memberId }: Own, searchId: string): Promise<void> {
      for (;;) {
        const hidden = await store.getHidden(neighbourhoodId, searchId);
        if (hidden === null || !JSON.stringify(hidden).includes(memberId)) return;
        const { version, from, seen } = hidden;
        await eventLog.commit({
          ...{ neighbourhoodId, at: now(), body: {} },
          event: { type: 'entry.erased', by: null },
          ...hiding(neighbourhoodId, {
            ...hidden,
            version: version + 1,
            from: from.filter((id) => id !== memberId),
            // Of whoever was looked for, and is erased, there is nothing to see.
            seen:
              seen === null || seen.memberId === memberId
                ? null
                : { ...withoutHelper(seen, memberId), version: seen.version },
          }),
        });
      }
    },
  };
}

/**
 * Whoever was erased while they were looked for is known by their name alone, in the search, in its entries and in what
 * was answered about it: all of that goes with its end. What a crash leaves undone is done again.
 */
export function nameForgetting({ redis, eventLog, now }: ErasingDeps) {
  const store = createHomeSafeStore(redis);
  return async (neighbourhoodId: string, search: Search): Promise<null> => {
    if (!isOfErased(search)) return null;
    const { name = '', ...nameless } = search;
    await eraseEntries(redis, neighbourhoodId, { memberId: search.memberId });
    await takeFromReceipts(redis, neighbourhoodId, search.id, new Map([[JSON.stringify(name), '""']]));
    const hidden = await store.getHidden(neighbourhoodId, search.id);
    const changes = [
      changedSearch(neighbourhoodId, { ...nameless, version: search.version + 1 }),
      ...(hidden === null
        ? []
        : [hiding(neighbourhoodId, { ...hidden, version: hidden.version + 1, name: '' })]),
    ];
    await eventLog.commit({
      ...{ neighbourhoodId, at: now(), body: {} },
      event: { type: 'entry.erased', by: null },
      guards: changes.flatMap(({ guards }) => guards),
      writes: changes.flatMap(({ writes }) => writes),
    });
    await requestCompaction(redis, now());
    return null;
  };
}
