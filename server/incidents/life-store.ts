import * as v from 'valibot';
import {
  Confirmation,
  emptyLife,
  Handling,
  type IncidentLife,
  Response,
  Update,
} from '../../shared/incident-life.ts';
import type { Hide } from '../../shared/hiding.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString, asNumber, asString } from '../redis/reply.ts';

/** Fields read at once. */
const page = '500';

const Salt = v.object({ version: v.literal(1), salt: v.string() });
/** How many words were weighed with the others' before everybody was told. */
const Weighed = v.object({ version: v.number() });

/** A part of what is done about an incident: where it lies, as the field of one hash. */
export type Part =
  | { field: 'handling'; entity: Handling }
  | { field: `response:${string}`; entity: Response }
  | { field: `confirmation:${string}`; entity: Confirmation };

/** Stores one part, unless it moved on from the version before. */
export function partOf(neighbourhoodId: string, { field, entity }: Part): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).incidentLife(entity.incidentId);
  return {
    guard: { key, field, version: entity.version - 1 },
    write: ['HSET', key, field, encodeEntity(entity)],
  };
}

/** Stores an incident's salt, once. */
export function newSalt(
  neighbourhoodId: string,
  incidentId: string,
  salt: string,
): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
  const stored: v.InferOutput<typeof Salt> = { version: 1, salt };
  return {
    guard: { key, field: 'salt', version: 0 },
    write: ['HSET', key, 'salt', encodeEntity(stored)],
  };
}

/** Counts one more word that was weighed with the others': of two at the same moment the second is decided anew. */
export function nextWeighed(
  neighbourhoodId: string,
  incidentId: string,
  weighed: number,
): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
  const next: v.InferOutput<typeof Weighed> = { version: weighed + 1 };
  return {
    guard: { key, field: 'weighed', version: weighed },
    write: ['HSET', key, 'weighed', encodeEntity(next)],
  };
}

/** Stores a new update. */
export function newUpdate(neighbourhoodId: string, update: Update): { guard: Guard; write: Write } {
  const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(update.incidentId);
  return {
    guard: { key, field: update.id, version: update.version - 1 },
    write: ['HSET', key, update.id, encodeEntity(update)],
  };
}

/** Reads what neighbours do about incidents. */
export function createLifeStore(redis: Redis) {
  /** All fields of a hash whose size has a bound elsewhere, a page at a time: Redis serves others between. */
  async function fields(key: string): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    let cursor = '0';
    do {
      const [next, flat] = asArray(await redis.send(key, 'HSCAN', key, cursor, 'COUNT', page));
      cursor = asString(next);
      const values = asArray(flat ?? null).map(asString);
      for (let i = 0; i + 1 < values.length; i += 2) {
        found.set(values[i] ?? '', JSON.parse(entityJson(values[i + 1] ?? '')));
      }
    } while (cursor !== '0');
    return found;
  }

  async function get(neighbourhoodId: string, incidentId: string): Promise<IncidentLife> {
    const life = emptyLife(incidentId);
    for (const [field, value] of await fields(neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId))) {
      if (field === 'handling') life.handling = v.parse(Handling, value);
      else if (field.startsWith('response:')) life.responses.push(v.parse(Response, value));
      else if (field.startsWith('confirmation:')) life.confirmations.push(v.parse(Confirmation, value));
    }
    life.responses.sort((a, b) => a.at - b.at);
    life.confirmations.sort((a, b) => a.at - b.at);
    return life;
  }

  /** What one member says of an incident; null where they have said nothing. */
  async function getConfirmation(
    neighbourhoodId: string,
    incidentId: string,
    memberId: string,
  ): Promise<Confirmation | null> {
    const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, `confirmation:${memberId}`));
    return stored === null ? null : v.parse(Confirmation, JSON.parse(entityJson(stored)));
  }

  /**
   * What an incident's circles are named with, so that they cannot be recognised on another one; null before the first
   * is named.
   */
  async function getSalt(neighbourhoodId: string, incidentId: string): Promise<string | null> {
    const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, 'salt'));
    return stored === null ? null : v.parse(Salt, JSON.parse(entityJson(stored))).salt;
  }

  async function getWeighed(neighbourhoodId: string, incidentId: string): Promise<number> {
    const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, 'weighed'));
    return stored === null ? 0 : v.parse(Weighed, JSON.parse(entityJson(stored))).version;
  }

  /** Of several incidents; those about which nobody has done anything are left out. */
  async function list(neighbourhoodId: string, incidentIds: readonly string[]): Promise<IncidentLife[]> {
    const lives = await Promise.all(incidentIds.map((id) => get(neighbourhoodId, id)));
    return lives.filter(
      ({ handling, responses, confirmations }) =>
        handling !== null || responses.length + confirmations.length > 0,
    );
  }

  /** Oldest first. */
  async function getUpdates(neighbourhoodId: string, incidentId: string): Promise<Update[]> {
    const found = await fields(neighbourhoodKeys(neighbourhoodId).incidentUpdates(incidentId));
    return [...found.values()].map((value) => v.parse(Update, value)).toSorted((a, b) => a.at - b.at);
  }

  async function getUpdate(neighbourhoodId: string, incidentId: string, id: string): Promise<Update | null> {
    const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(incidentId);
    const stored = asNullableString(await redis.send(key, 'HGET', key, id));
    return stored === null ? null : v.parse(Update, JSON.parse(entityJson(stored)));
  }

  /** What is hidden of these, each given with its incident. */
  async function hiddenUpdates(
    neighbourhoodId: string,
    ids: readonly [id: string, incidentId: string][],
  ): Promise<Map<string, readonly Hide[]>> {
    const found = await Promise.all(
      ids.map(([id, incidentId]) => getUpdate(neighbourhoodId, incidentId, id)),
    );
    return new Map(found.flatMap((update) => (update?.hidden ? [[update.id, update.hidden] as const] : [])));
  }

  async function countUpdates(neighbourhoodId: string, incidentId: string): Promise<number> {
    const key = neighbourhoodKeys(neighbourhoodId).incidentUpdates(incidentId);
    return asNumber(await redis.send(key, 'HLEN', key));
  }

  return {
    ...{ get, getConfirmation, getSalt, getWeighed, list },
    ...{ getUpdates, getUpdate, hiddenUpdates, countUpdates },
  };
}
