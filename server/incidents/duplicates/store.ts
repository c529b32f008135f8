import * as v from 'valibot';
import { Position } from '../../../shared/geo.ts';
import { Category, type Incident } from '../../../shared/incidents.ts';
import { Id } from '../../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asNullableString } from '../../redis/reply.ts';
import { againMs, type LastReport } from './duplicate.ts';
import { createIncidentStore } from '../store.ts';

const StoredReport = v.object({
  version: v.number(),
  category: Category,
  position: Position,
  at: v.number(),
});
/** Ids of the incidents that were merged into this one; those that were opened again are still among them. */
const StoredDuplicates = v.object({ version: v.number(), ids: v.array(Id) });

const lastField = 'last';
const duplicatesField = 'duplicates';
// As long as it can matter, with room for a clock that differs from Redis's.
const keptSeconds = Math.ceil((againMs * 2) / 1000);

/** Stores what a member reported, for moments, unless another report of theirs came in between. */
export function nextReport(
  neighbourhoodId: string,
  memberId: string,
  { category, position, reportedAt: at }: Incident,
  last: LastReport | null,
): { guard: Guard; writes: Write[] } {
  const key = neighbourhoodKeys(neighbourhoodId).lastReport(memberId);
  // It is gone after moments, so that its versions cannot be counted: only that they differ matters.
  const report: LastReport = { version: Math.max(at, (last?.version ?? 0) + 1), category, position, at };
  return {
    guard: { key, field: lastField, version: last?.version ?? 0 },
    writes: [
      ['HSET', key, lastField, encodeEntity(report)],
      ['EXPIRE', key, String(keptSeconds)],
    ],
  };
}

/** Stores that one more incident was merged into `intoId`. */
export function oneMoreDuplicate(
  neighbourhoodId: string,
  intoId: string,
  { version, ids }: Duplicates,
  id: string,
): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).incidentLife(intoId);
  const next: Duplicates = { version: version + 1, ids: [...new Set([...ids, id])] };
  return {
    guard: { key, field: duplicatesField, version },
    write: ['HSET', key, duplicatesField, encodeEntity(next)],
  };
}

/** Fails a commit where another incident was merged into this one meanwhile. */
export function noMoreDuplicates(neighbourhoodId: string, id: string, { version }: Duplicates): Guard {
  return { key: neighbourhoodKeys(neighbourhoodId).incidentLife(id), field: duplicatesField, version };
}

export type Duplicates = v.InferOutput<typeof StoredDuplicates>;

/** Reads what a member reported moments ago, and what was merged into an incident. */
export function createDuplicateStore(redis: Redis) {
  const incidents = createIncidentStore(redis);

  async function field<Schema extends v.GenericSchema>(key: string, name: string, schema: Schema) {
    const stored = asNullableString(await redis.send(key, 'HGET', key, name));
    return stored === null ? null : v.parse(schema, JSON.parse(entityJson(stored)));
  }

  return {
    getLastReport: (neighbourhoodId: string, memberId: string): Promise<LastReport | null> =>
      field(neighbourhoodKeys(neighbourhoodId).lastReport(memberId), lastField, StoredReport),

    /** With whether any of them still is one. */
    async getDuplicates(neighbourhoodId: string, id: string): Promise<Duplicates & { any: boolean }> {
      const key = neighbourhoodKeys(neighbourhoodId).incidentLife(id);
      const stored = (await field(key, duplicatesField, StoredDuplicates)) ?? { version: 0, ids: [] };
      const found = await Promise.all(stored.ids.map((other) => incidents.get(neighbourhoodId, other)));
      return { ...stored, any: found.some((other) => other?.outcome?.duplicateOf === id) };
    },
  };
}
