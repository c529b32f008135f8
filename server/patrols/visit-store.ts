import * as v from 'valibot';
import type { LogEvent } from '../../shared/events.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { encodeEntity, entityJson, type Guard } from '../eventlog/eventlog.ts';
import { loadScript, type Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString, asRecord } from '../redis/reply.ts';

const countScript = loadScript(new URL('./count-visit.lua', import.meta.url));

/** Holds how many were reached, as its version: what counts one more, or tells how many there were, guards it. */
const countField = 'count';
const StoredVisit = v.object({
  version: v.number(),
  /** What the command that reported it is known by again. */
  command: v.string(),
  fingerprint: v.string(),
  /** How many were reached with it. */
  visited: v.number(),
});
export type StoredVisit = v.InferOutput<typeof StoredVisit>;

const countOf = (stored: string | null) =>
  stored === null ? 0 : Number(stored.slice(0, stored.indexOf('|')));

/** Which checkpoints a round has reached so far: told to nobody, kept without when, and gone with its end. */
export function createVisitStore(redis: Redis) {
  const keyOf = (neighbourhoodId: string, patrolId: string) =>
    neighbourhoodKeys(neighbourhoodId).patrolVisits(patrolId);

  async function count(neighbourhoodId: string, patrolId: string): Promise<number> {
    const key = keyOf(neighbourhoodId, patrolId);
    return countOf(asNullableString(await redis.send(key, 'HGET', key, countField)));
  }

  return {
    /** Those of a round, by checkpoint; bounded by `mostCheckpoints` at a time. */
    async list(neighbourhoodId: string, patrolId: string) {
      const key = keyOf(neighbourhoodId, patrolId);
      const { [countField]: counted = null, ...rest } = asRecord(await redis.send(key, 'HGETALL', key));
      const visits = Object.entries(rest).map(([checkpointId, stored]): [string, StoredVisit] => [
        checkpointId,
        v.parse(StoredVisit, JSON.parse(entityJson(stored))),
      ]);
      return { visits: new Map(visits), count: countOf(counted) };
    },

    /** Counts one more. @returns false where the round, the membership or what was reached changed meanwhile */
    async put(
      neighbourhoodId: string,
      member: Member,
      patrol: Patrol,
      checkpointId: string,
      visit: Omit<StoredVisit, 'version'>,
    ): Promise<boolean> {
      const keys = neighbourhoodKeys(neighbourhoodId);
      const reply = await redis.run(
        countScript,
        [keys.members, keys.patrols, keys.patrolVisits(patrol.id)],
        [
          ...[member.id, String(member.version), patrol.id, String(patrol.version)],
          ...[checkpointId, encodeEntity({ version: 1, ...visit }), String(visit.visited - 1)],
        ],
      );
      return reply === 'counted';
    },

    /** What ended a round, with how many it reached: only now everybody learns it. */
    async withCount<Ended extends { patrol: Patrol; event: LogEvent }>(
      neighbourhoodId: string,
      ended: Ended,
    ): Promise<Ended & { guards: Guard[] }> {
      if (ended.event.type !== 'patrol.ended') return { ...ended, guards: [] };
      const visited = await count(neighbourhoodId, ended.patrol.id);
      const patrol = { ...ended.patrol, visited };
      const key = keyOf(neighbourhoodId, patrol.id);
      const guards = [{ key, field: countField, version: visited }];
      return { ...ended, patrol, event: { ...ended.event, patrol }, guards };
    },

    /** Rounds as somebody on duty sees them: with how many those that run have reached. */
    async withCounts(neighbourhoodId: string, patrols: readonly Patrol[]): Promise<Patrol[]> {
      return await Promise.all(
        patrols.map(async (patrol) =>
          patrol.state === 'running'
            ? { ...patrol, visited: await count(neighbourhoodId, patrol.id) }
            : patrol,
        ),
      );
    },
  };
}
