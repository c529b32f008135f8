import * as v from 'valibot';
import { MemberKit } from '../../shared/kit.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString } from '../redis/reply.ts';
import { scanHash } from '../redis/scan.ts';

const parse = (stored: string) => v.parse(MemberKit, JSON.parse(entityJson(stored)));

/** Stores what a member brings from now on. */
export function changedKit(neighbourhoodId: string, kit: MemberKit): { guard: Guard; write: Write } {
  const { kits } = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key: kits, field: kit.memberId, version: kit.version - 1 },
    write: ['HSET', kits, kit.memberId, encodeEntity(kit)],
  };
}

/** Reads what members bring and can do. */
export function createKitStore(redis: Redis) {
  return {
    async get(neighbourhoodId: string, memberId: string): Promise<MemberKit> {
      const { kits } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(kits, 'HGET', kits, memberId));
      return stored === null ? { memberId, version: 0, kit: [] } : parse(stored);
    },

    /** Of all who said something; bounded by the neighbourhood's greatest size. */
    async list(neighbourhoodId: string): Promise<MemberKit[]> {
      const found = new Map<string, MemberKit>();
      for await (const page of scanHash(redis, neighbourhoodKeys(neighbourhoodId).kits))
        for (const [memberId, stored] of page) found.set(memberId, parse(stored));
      return [...found.values()];
    },
  };
}
