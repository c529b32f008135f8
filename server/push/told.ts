import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { reachSeconds } from '../eventlog/reach.ts';
import { asArray } from '../redis/reply.ts';

/**
 * Keeps which devices the alert of an incident, or of a search, was pushed to, so that its correction goes to exactly
 * them. An attempt is noted before it goes out: whatever a dead worker or a broken connection leaves open counts as told,
 * since a correction too many is better than an alarm that nobody takes back.
 */
export function createTold(redis: Redis) {
  return {
    /**
     * Of an alert that two entries tell, first to some and then to everybody: settles by which of them each device is
     * told, for good, so that its attempts and their repetitions belong to one entry.
     * @returns those of these devices that this entry tells
     */
    async ofEntry(
      neighbourhoodId: string,
      subjectId: string,
      seq: number,
      deviceIds: readonly string[],
    ): Promise<string[]> {
      if (deviceIds.length === 0) return [];
      const key = neighbourhoodKeys(neighbourhoodId).phonesByEntry(subjectId);
      await Promise.all(deviceIds.map((deviceId) => redis.send(key, 'HSETNX', key, deviceId, String(seq))));
      const [toldBy] = await Promise.all([
        redis.send(key, 'HMGET', key, ...deviceIds),
        redis.send(key, 'EXPIRE', key, String(reachSeconds)),
      ]);
      const entries = asArray(toldBy);
      return deviceIds.filter((_, i) => entries[i] === String(seq));
    },
    /** Those of these devices that another entry of the same alert tells. */
    async byOther(
      neighbourhoodId: string,
      subjectId: string,
      seq: number,
      deviceIds: readonly string[],
    ): Promise<Set<string>> {
      if (deviceIds.length === 0) return new Set();
      const key = neighbourhoodKeys(neighbourhoodId).phonesByEntry(subjectId);
      const entries = asArray(await redis.send(key, 'HMGET', key, ...deviceIds));
      return new Set(deviceIds.filter((_, i) => entries[i] !== null && entries[i] !== String(seq)));
    },
    /** Those of these devices that were told of the incident. */
    async before(
      neighbourhoodId: string,
      incidentId: string,
      deviceIds: readonly string[],
    ): Promise<Set<string>> {
      if (deviceIds.length === 0) return new Set();
      const key = neighbourhoodKeys(neighbourhoodId).phonesTold(incidentId);
      const places = asArray(await redis.send(key, 'ZMSCORE', key, ...deviceIds));
      return new Set(deviceIds.filter((_, i) => typeof places[i] === 'string'));
    },
    /** Whose quiet hours, or snooze, hold up a drill: it has not been refused. */
    async drillWaits(
      neighbourhoodId: string,
      drillId: string,
      devices: readonly { deviceId: string; until: number }[],
    ): Promise<void> {
      if (devices.length === 0) return;
      const key = neighbourhoodKeys(neighbourhoodId).drillWaiting(drillId);
      await Promise.all([
        redis.send(key, 'ZADD', key, ...devices.flatMap(({ deviceId, until }) => [String(until), deviceId])),
        redis.send(key, 'EXPIRE', key, String(reachSeconds)),
      ]);
    },
    /** Before the attempts. */
    async trying(neighbourhoodId: string, subjectId: string, deviceIds: readonly string[]): Promise<void> {
      if (deviceIds.length === 0) return;
      const key = neighbourhoodKeys(neighbourhoodId).phonesTried(subjectId);
      await Promise.all([
        redis.send(key, 'SADD', key, ...deviceIds),
        redis.send(key, 'EXPIRE', key, String(reachSeconds)),
      ]);
    },
  };
}

export type Told = ReturnType<typeof createTold>;
