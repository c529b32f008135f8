import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNumber } from '../redis/reply.ts';

const keptSeconds = 7 * 24 * 3600;

/**
 * Counts what an alert got to, outside the incident's version: five thousand receipts cost no conflict.
 * Each process counts its own; all hear the sum.
 * @param kind maps that showed it live, or phones whose push service accepted it
 */
export async function addReach(
  redis: Redis,
  neighbourhoodId: string,
  incidentId: string,
  kind: 'maps' | 'phones',
  count: number,
): Promise<void> {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const key = keys.reach(incidentId);
  const other = kind === 'maps' ? 'phones' : 'maps';
  const [sum, rest] = await Promise.all([
    redis.send(key, 'HINCRBY', key, kind, String(count)),
    redis.send(key, 'HINCRBY', key, other, '0'),
    redis.send(key, 'EXPIRE', key, String(keptSeconds)),
  ]);
  const reach = { [kind]: asNumber(sum), [other]: asNumber(rest) };
  await redis.send(
    keys.channel,
    'SPUBLISH',
    keys.channel,
    `reach ${incidentId} ${reach.maps} ${reach.phones}`,
  );
}
