import * as v from 'valibot';
import { Neighbourhood } from '../../../shared/neighbourhoods.ts';
import { entityJson } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asNullableString } from '../../redis/reply.ts';

/** The clocks of a neighbourhood, which hold for whoever of it has not said theirs. */
export async function loadTimeZone(redis: Redis, neighbourhoodId: string): Promise<string> {
  const { meta } = neighbourhoodKeys(neighbourhoodId);
  const stored = asNullableString(await redis.send(meta, 'HGET', meta, 'neighbourhood'));
  return stored === null ? 'UTC' : v.parse(Neighbourhood, JSON.parse(entityJson(stored))).timeZone;
}
