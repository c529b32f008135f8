import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { reachSeconds } from '../eventlog/reach.ts';
import { asNumber } from '../redis/reply.ts';
import type { Device } from './store.ts';

const tellScript = loadScript(new URL('./tell.lua', import.meta.url));

const devicesOnly = (devices: readonly Device[]) => devices.map(({ deviceId }) => deviceId);

/**
 * Keeps which devices an incident's alert was pushed to, so that its correction goes to exactly them. An attempt is noted
 * before it goes out: whatever a dead worker or a broken connection leaves open counts as told, since a correction too
 * many is better than an alarm that nobody takes back.
 */
export function createTold(redis: Redis, now: () => number) {
  async function tell(
    neighbourhoodId: string,
    incidentId: string,
    how: 'accepted' | 'given-up',
    devices: readonly Device[],
  ): Promise<number> {
    const keys = neighbourhoodKeys(neighbourhoodId);
    return asNumber(
      await redis.run(
        tellScript,
        [
          keys.phonesTold(incidentId),
          keys.phonesTried(incidentId),
          keys.phonesCorrected(incidentId),
          keys.pushDue,
          keys.reached(incidentId, 'alert', 'told'),
        ],
        [
          String(now()),
          String(reachSeconds),
          how,
          ...devices.flatMap(({ deviceId, host }) => [deviceId, host]),
        ],
      ),
    );
  }

  return {
    /** Before the attempts. */
    async trying(neighbourhoodId: string, incidentId: string, deviceIds: readonly string[]): Promise<void> {
      if (deviceIds.length === 0) return;
      const key = neighbourhoodKeys(neighbourhoodId).phonesTried(incidentId);
      await Promise.all([
        redis.send(key, 'SADD', key, ...deviceIds),
        redis.send(key, 'EXPIRE', key, String(reachSeconds)),
      ]);
    },
    /** The push service said no: nothing arrived. */
    async refused(neighbourhoodId: string, incidentId: string, devices: readonly Device[]): Promise<void> {
      const key = neighbourhoodKeys(neighbourhoodId).phonesTried(incidentId);
      await redis.send(key, 'SREM', key, ...devicesOnly(devices));
    },
    /** The push service took the alert. @returns how many devices were told that had not been before */
    accepted: (neighbourhoodId: string, incidentId: string, devices: readonly Device[]) =>
      tell(neighbourhoodId, incidentId, 'accepted', devices),
    /** No attempt follows any more; one before may have got through. */
    givenUp: (neighbourhoodId: string, incidentId: string, devices: readonly Device[]) =>
      tell(neighbourhoodId, incidentId, 'given-up', devices),
    /** The push service took the correction. */
    async corrected(neighbourhoodId: string, incidentId: string, devices: readonly Device[]): Promise<void> {
      const key = neighbourhoodKeys(neighbourhoodId).reached(incidentId, 'correction', 'told');
      await Promise.all([
        redis.send(key, 'SADD', key, ...devicesOnly(devices)),
        redis.send(key, 'EXPIRE', key, String(reachSeconds)),
      ]);
    },
  };
}

export type Told = ReturnType<typeof createTold>;
