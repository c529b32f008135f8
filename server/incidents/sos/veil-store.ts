import type { LogEntry } from '../../../shared/events.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { entrySeenByOwn, incidentIdIn } from './sos.ts';
import { createSosStore, lastField } from './store.ts';

/**
 * Keeps from a member's own devices that an SOS goes on which they had to end: somebody may be looking at them, and at
 * what they are told. Of whoever never raised an SOS nothing is ever looked up.
 */
export function createVeil(redis: Redis) {
  const store = createSosStore(redis);
  return {
    /** Whether this member ever raised an SOS here, as far as it is still known. */
    async isNeeded(neighbourhoodId: string, memberId: string): Promise<boolean> {
      const { sos } = neighbourhoodKeys(neighbourhoodId);
      return (await redis.send(sos, 'HEXISTS', sos, lastField(memberId))) === 1;
    },

    /** The entries as this member may see them, each with its seq. */
    async over(
      neighbourhoodId: string,
      memberId: string,
      entries: readonly LogEntry[],
    ): Promise<readonly LogEntry[]> {
      const ids = new Set(entries.flatMap((entry) => incidentIdIn(entry) ?? []));
      const records = await store.getRecords(neighbourhoodId, [...ids]);
      const own = new Map(
        records.flatMap((record) =>
          record.memberId === memberId && record.duressAt !== null
            ? [[record.incidentId, record] as const]
            : [],
        ),
      );
      if (own.size === 0) return entries;
      return entries.map((entry) => {
        const record = own.get(incidentIdIn(entry) ?? '');
        return record === undefined ? entry : entrySeenByOwn(entry, record);
      });
    },
  };
}
