import type { VeilPart } from '../../eventlog/veil.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { entrySeenByOwn, incidentIdIn } from './sos.ts';
import { createSosStore, lastField } from './store.ts';

/**
 * Keeps from a member's own devices that an SOS goes on which they had to end: somebody may be looking at them, and at
 * what they are told. Of whoever never raised an SOS nothing is ever looked up.
 */
export function sosVeil(redis: Redis): VeilPart {
  const store = createSosStore(redis);
  return {
    /** Whether this member ever raised an SOS here, as far as it is still known. */
    async isNeeded(neighbourhoodId, memberId) {
      const { sos } = neighbourhoodKeys(neighbourhoodId);
      return (await redis.send(sos, 'HEXISTS', sos, lastField(memberId))) === 1;
    },

    async look(neighbourhoodId, entries) {
      const ids = new Set(entries.flatMap((entry) => incidentIdIn(entry) ?? []));
      const records = await store.getRecords(neighbourhoodId, [...ids]);
      const ended = new Map(
        records.flatMap((record) => (record.duressAt === null ? [] : [[record.incidentId, record] as const])),
      );
      if (ended.size === 0) return null;
      return (entry, memberId) => {
        const record = ended.get(incidentIdIn(entry) ?? '');
        return record?.memberId === memberId ? entrySeenByOwn(entry, record) : entry;
      };
    },
  };
}
