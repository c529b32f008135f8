import * as v from 'valibot';
import { Neighbourhood } from '../shared/neighbourhoods.ts';
import { entityJson } from './eventlog/eventlog.ts';
import type { Redis } from './redis/client.ts';
import { neighbourhoodKeys } from './redis/keys.ts';
import { asString } from './redis/reply.ts';

/** By which clock the neighbours live. */
export async function timeZoneOf(redis: Redis, neighbourhoodId: string): Promise<string> {
  const { meta } = neighbourhoodKeys(neighbourhoodId);
  const stored = asString(await redis.send(meta, 'HGET', meta, 'neighbourhood'));
  return v.parse(v.pick(Neighbourhood, ['timeZone']), JSON.parse(entityJson(stored))).timeZone;
}
