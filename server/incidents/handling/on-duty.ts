import * as v from 'valibot';
import { Patrol, walkersOf } from '../../../shared/patrols.ts';
import { firmOf, longestShiftMs, Shift } from '../../../shared/shifts.ts';
import { entityJson } from '../../eventlog/eventlog.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asStrings } from '../../redis/reply.ts';

/** Rounds and shifts that are looked at: more at one time are no neighbourhood's. */
const most = '50';

/** Who is out at this moment, by what the log says of rounds and shifts; where they are nobody keeps. */
export function createOnDuty(redis: Redis) {
  async function load<Schema extends v.GenericSchema>(key: string, ids: readonly string[], schema: Schema) {
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(key, 'HMGET', key, ...ids));
    return stored.flatMap((value) =>
      typeof value === 'string' ? [v.parse(schema, JSON.parse(entityJson(value)))] : [],
    );
  }

  /** Those who walk a round, then those who are signed up for the shift of now and have not said that they cannot. */
  return async (neighbourhoodId: string, now: number): Promise<string[]> => {
    const keys = neighbourhoodKeys(neighbourhoodId);
    const running = ['-inf', String(now), 'BYSCORE', 'LIMIT', '0', most];
    const begun = [String(now - longestShiftMs), String(now), 'BYSCORE', 'LIMIT', '0', most];
    const [patrolIds, shiftIds] = await Promise.all([
      redis.send(keys.patrolsOpen, 'ZRANGE', keys.patrolsOpen, ...running),
      redis.send(keys.shiftTimes, 'ZRANGE', keys.shiftTimes, ...begun),
    ]);
    const [patrols, shifts] = await Promise.all([
      load(keys.patrols, asStrings(patrolIds), Patrol),
      load(keys.shifts, asStrings(shiftIds), Shift),
    ]);
    const walking = patrols.flatMap((patrol) => (patrol.state === 'running' ? walkersOf(patrol) : []));
    const signedUp = shifts
      .filter(({ status, endsAt }) => status === 'planned' && now < endsAt)
      .flatMap((shift) => firmOf(shift).filter(({ coming }) => coming !== false))
      .map(({ memberId }) => memberId);
    return [...new Set([...walking, ...signedUp])];
  };
}
