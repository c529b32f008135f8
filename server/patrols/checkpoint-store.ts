import * as v from 'valibot';
import { Checkpoint } from '../../shared/patrols.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString, asStrings } from '../redis/reply.ts';

const parse = (stored: string) => v.parse(Checkpoint, JSON.parse(entityJson(stored)));

export function createCheckpointStore(redis: Redis) {
  return {
    /** All there are, by name; bounded by `mostCheckpoints`. */
    async list(neighbourhoodId: string): Promise<Checkpoint[]> {
      const { checkpoints: key } = neighbourhoodKeys(neighbourhoodId);
      const found = asStrings(await redis.send(key, 'HVALS', key)).map(parse);
      return found.toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
    },

    async get(neighbourhoodId: string, id: string): Promise<Checkpoint | null> {
      const { checkpoints: key } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(key, 'HGET', key, id));
      return stored === null ? null : parse(stored);
    },

    /** Stores a new one. */
    placed(neighbourhoodId: string, checkpoint: Checkpoint): { guards: Guard[]; writes: Write[] } {
      const { checkpoints: key } = neighbourhoodKeys(neighbourhoodId);
      return {
        guards: [{ key, field: checkpoint.id, version: 0 }],
        writes: [['HSET', key, checkpoint.id, encodeEntity(checkpoint)]],
      };
    },
  };
}
