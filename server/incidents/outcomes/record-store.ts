import * as v from 'valibot';
import { Id, Timestamp } from '../../../shared/text.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asNullableString } from '../../redis/reply.ts';
import { type MemberRecord, newRecord } from './record.ts';

const Stored: v.GenericSchema<unknown, MemberRecord> = v.object({
  memberId: Id,
  version: v.number(),
  falseInRow: v.number(),
  at: Timestamp,
});

/** Stores a member's record, unless it moved on from the version before. */
export function changedRecord(neighbourhoodId: string, record: MemberRecord): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).memberRecord;
  return {
    guard: { key, field: record.memberId, version: record.version - 1 },
    write: ['HSET', key, record.memberId, encodeEntity(record)],
  };
}

export function createRecordStore(redis: Redis) {
  return {
    /** A member's record; one of version 0 where nothing of theirs was closed yet. */
    async get(neighbourhoodId: string, memberId: string): Promise<MemberRecord> {
      const key = neighbourhoodKeys(neighbourhoodId).memberRecord;
      const stored = asNullableString(await redis.send(key, 'HGET', key, memberId));
      return stored === null ? newRecord(memberId) : v.parse(Stored, JSON.parse(entityJson(stored)));
    },
  };
}
