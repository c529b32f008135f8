import * as v from 'valibot';
import type { Position } from '../../../shared/geo.ts';
import type { IncidentLife } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { type Member, Neighbourhood } from '../../../shared/neighbourhoods.ts';
import { Sharing, Walk } from '../../../shared/sos.ts';
import { Id, Timestamp } from '../../../shared/text.ts';
import { CodeHashes } from '../../codes.ts';
import { AppError } from '../../errors.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../../eventlog/eventlog.ts';
import { putPrivate } from '../../eventlog/private.ts';
import { derivedId } from '../../ids.ts';
import type { Redis } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asNullableString } from '../../redis/reply.ts';
import { asSeenByOwn, lifeSeenByOwn, type SosRecord } from './sos.ts';
import { createIncidentStore, newIncident } from '../store.ts';
import { raisesAt } from './walk.ts';

const StoredRecord: v.GenericSchema<unknown, SosRecord> = v.object({
  version: v.number(),
  incidentId: Id,
  memberId: Id,
  sharing: Sharing,
  duressAt: v.nullable(Timestamp),
  unseen: v.boolean(),
  // Those that were written before there was one lack it.
  name: v.optional(v.string(), ''),
});
/** A member's last SOS. */
const Last = v.object({ version: v.number(), incidentId: Id });
type Last = v.InferOutput<typeof Last>;

const Settings = v.object({ version: v.number(), sharing: Sharing, codes: v.nullable(CodeHashes) });
/** What a member settled beforehand. */
export type Settings = v.InferOutput<typeof Settings>;

export const lastField = (memberId: string) => `of:${memberId}`;
export const walkTimerName = (neighbourhoodId: string, memberId: string) =>
  `walk:${neighbourhoodId}:${memberId}`;

/** Stands for whoever is erased while their SOS goes on. */
export const nobodyId = (incidentId: string) => derivedId('nobody', incidentId);

/** Stores a new SOS; `last` is the member's one before. */
export function newSos(neighbourhoodId: string, incident: Incident, record: SosRecord, last: Last | null) {
  const { sos: key } = neighbourhoodKeys(neighbourhoodId);
  const { guards, writes } = newIncident(neighbourhoodId, incident, record.memberId);
  const next: Last = { version: (last?.version ?? 0) + 1, incidentId: incident.id };
  return {
    guards: [...guards, { key, field: lastField(record.memberId), version: last?.version ?? 0 }],
    writes: [
      ...writes,
      ['HSET', key, incident.id, encodeEntity(record)],
      ['HSET', key, lastField(record.memberId), encodeEntity(next)],
    ] satisfies Write[],
  };
}

/** Stores a record's next version. */
export function changedSos(neighbourhoodId: string, record: SosRecord): { guard: Guard; write: Write } {
  const { sos: key } = neighbourhoodKeys(neighbourhoodId);
  return {
    guard: { key, field: record.incidentId, version: record.version - 1 },
    write: ['HSET', key, record.incidentId, encodeEntity(record)],
  };
}

/** Stores a walk's next version with its timer, in a commit. */
export function changedWalk(neighbourhoodId: string, walk: Walk): { guard: Guard; writes: Write[] } {
  const { walks: key, timers } = neighbourhoodKeys(neighbourhoodId);
  const dueAt = raisesAt(walk);
  const name = walkTimerName(neighbourhoodId, walk.memberId);
  return {
    guard: { key, field: walk.memberId, version: walk.version - 1 },
    writes: [
      ['HSET', key, walk.memberId, encodeEntity(walk)],
      dueAt === null ? ['ZREM', timers, name] : ['ZADD', timers, String(dueAt), name],
    ],
  };
}

/** Reads and writes what the server knows of SOS, of what members settled for them, and of their ways home. */
export function createSosStore(redis: Redis) {
  const incidents = createIncidentStore(redis);

  async function field<Schema extends v.GenericSchema>(key: string, name: string, schema: Schema) {
    const stored = asNullableString(await redis.send(key, 'HGET', key, name));
    return stored === null ? null : v.parse(schema, JSON.parse(entityJson(stored)));
  }

  const getRecord = (neighbourhoodId: string, incidentId: string): Promise<SosRecord | null> =>
    field(neighbourhoodKeys(neighbourhoodId).sos, incidentId, StoredRecord);

  /** What is known of those of these incidents that are SOS. */
  async function getRecords(neighbourhoodId: string, incidentIds: readonly string[]): Promise<SosRecord[]> {
    if (incidentIds.length === 0) return [];
    const { sos: key } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(key, 'HMGET', key, ...incidentIds));
    return stored.flatMap((value) =>
      typeof value === 'string' ? [v.parse(StoredRecord, JSON.parse(entityJson(value)))] : [],
    );
  }

  /** The member's last SOS, and whether it runs as far as they can see. */
  async function getLast(neighbourhoodId: string, memberId: string) {
    const last = await field(neighbourhoodKeys(neighbourhoodId).sos, lastField(memberId), Last);
    if (last === null) return { last, runs: false };
    const [incident, record] = await Promise.all([
      incidents.get(neighbourhoodId, last.incidentId),
      getRecord(neighbourhoodId, last.incidentId),
    ]);
    return { last, runs: incident?.status === 'open' && record?.duressAt === null };
  }

  async function getSettings(neighbourhoodId: string, memberId: string): Promise<Settings> {
    const found = await field(neighbourhoodKeys(neighbourhoodId).sosSettings, memberId, Settings);
    return found ?? { version: 0, sharing: 'all', codes: null };
  }

  const getWalk = (neighbourhoodId: string, memberId: string): Promise<Walk | null> =>
    field(neighbourhoodKeys(neighbourhoodId).walks, memberId, Walk);

  /** Where an SOS stands in what wants a place: a corner of the neighbourhood, which says nothing of anybody. */
  async function getStandIn(neighbourhoodId: string): Promise<Position> {
    const { meta } = neighbourhoodKeys(neighbourhoodId);
    const neighbourhood = await field(meta, 'neighbourhood', Neighbourhood);
    if (neighbourhood === null) throw new AppError('NOT_FOUND');
    const { boundary } = neighbourhood;
    const ring = boundary.type === 'Polygon' ? boundary.coordinates[0] : boundary.coordinates[0]?.[0];
    const [lng = 0, lat = 0] = ring?.[0] ?? [];
    return { lat, lng };
  }

  /** Whose SOS this is and who sees where they are; null when it is over, or none. */
  const getSharing = async (neighbourhoodId: string, incidentId: string) => {
    const [record, incident] = await Promise.all([
      getRecord(neighbourhoodId, incidentId),
      incidents.get(neighbourhoodId, incidentId),
    ]);
    if (record === null || incident?.status !== 'open') return null;
    return { memberId: record.memberId, sharing: record.sharing, since: incident.reportedAt };
  };

  return {
    getRecord,
    getRecords,
    getLast,
    getSettings,
    getWalk,
    getStandIn,

    /** @returns false where it, or the membership, changed meanwhile */
    putSettings: (neighbourhoodId: string, member: Member, settings: Settings) =>
      putPrivate(redis, neighbourhoodId, member, {
        key: neighbourhoodKeys(neighbourhoodId).sosSettings,
        entity: settings,
      }),

    /** @returns false where it, or the membership, changed meanwhile */
    putWalk: (neighbourhoodId: string, member: Member, walk: Walk) =>
      putPrivate(redis, neighbourhoodId, member, {
        key: neighbourhoodKeys(neighbourhoodId).walks,
        entity: walk,
        timer: { name: walkTimerName(neighbourhoodId, member.id), dueAt: raisesAt(walk) },
      }),

    /** Incidents as one member may see them: their own SOS may go on without looking so. */
    async seenBy(neighbourhoodId: string, memberId: string, found: Incident[]): Promise<Incident[]> {
      const own = found.filter(({ sos, reportedBy }) => sos !== null && reportedBy === memberId);
      if (own.length === 0) return found;
      const known = await getRecords(
        neighbourhoodId,
        own.map(({ id }) => id),
      );
      const records = new Map(known.map((record) => [record.incidentId, record]));
      return found.flatMap((incident) => asSeenByOwn(incident, records.get(incident.id) ?? null) ?? []);
    },
    /** What is done about incidents as one member may see it: about their own SOS nothing since it looks ended. */
    async livesSeenBy(
      neighbourhoodId: string,
      memberId: string,
      lives: IncidentLife[],
      seen: readonly Incident[],
    ) {
      const own = new Set(
        seen.flatMap(({ id, sos, reportedBy }) => (sos !== null && reportedBy === memberId ? [id] : [])),
      );
      const known = await getRecords(
        neighbourhoodId,
        lives.flatMap(({ incidentId }) => (own.has(incidentId) ? [incidentId] : [])),
      );
      const records = new Map(known.map((record) => [record.incidentId, record]));
      return lives.map((life) => {
        const record = records.get(life.incidentId);
        return record === undefined ? life : lifeSeenByOwn(life, record);
      });
    },
    getSharing,
  };
}
