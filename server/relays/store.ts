import * as v from 'valibot';
import { Incident } from '../../shared/incidents.ts';
import { type Pairing, PairingBook, Relay } from '../../shared/relays.ts';
import { encodeEntity, entityJson, type Guard, type Write } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString } from '../redis/reply.ts';

type Change = { guards: Guard[]; writes: Write[] };

/** The only field of the hash. */
const bookField = 'all';

/** One an incident and person. */
export const relayIdOf = (incidentId: string, pairingId: string) => derivedId('relay', incidentId, pairingId);

/** Stores who tells whom from now on. */
export function changedBook(neighbourhoodId: string, book: PairingBook): Change {
  const { pairings } = neighbourhoodKeys(neighbourhoodId);
  return {
    guards: [{ key: pairings, field: bookField, version: book.version - 1 }],
    writes: [['HSET', pairings, bookField, encodeEntity(book)]],
  };
}

/** The guard that who tells whom stays as it is. */
export const unchangedBook = (neighbourhoodId: string, { version }: PairingBook): Guard => ({
  key: neighbourhoodKeys(neighbourhoodId).pairings,
  field: bookField,
  version,
});

/** Stores the next version of what one person is told. */
export function changedRelay(neighbourhoodId: string, relay: Relay): Change {
  const { relays, relayTimes } = neighbourhoodKeys(neighbourhoodId);
  return {
    guards: [{ key: relays, field: relay.id, version: relay.version - 1 }],
    writes: [
      ['HSET', relays, relay.id, encodeEntity(relay)],
      ['ZADD', relayTimes, String(relay.at), relay.id],
    ],
  };
}

/** Reads who tells whom, and what is to be told. */
export function createRelayStore(redis: Redis) {
  async function read<Schema extends v.GenericSchema>(
    key: string,
    ids: readonly string[],
    schema: Schema,
  ): Promise<(v.InferOutput<Schema> | null)[]> {
    if (ids.length === 0) return [];
    const stored = asArray(await redis.send(key, 'HMGET', key, ...ids));
    return stored.map((value) => {
      const text = asNullableString(value);
      return text === null ? null : v.parse(schema, JSON.parse(entityJson(text)));
    });
  }

  return {
    async getBook(neighbourhoodId: string): Promise<PairingBook> {
      const [book] = await read(neighbourhoodKeys(neighbourhoodId).pairings, [bookField], PairingBook);
      return book ?? { version: 0, pairings: [] };
    },

    async getIncident(neighbourhoodId: string, incidentId: string): Promise<Incident | null> {
      const [found] = await read(neighbourhoodKeys(neighbourhoodId).incidents, [incidentId], Incident);
      return found ?? null;
    },

    async getRelay(neighbourhoodId: string, relayId: string): Promise<Relay | null> {
      const [found] = await read(neighbourhoodKeys(neighbourhoodId).relays, [relayId], Relay);
      return found ?? null;
    },

    /** Of one incident, in the order of these pairings; null for whom nothing was begun. */
    relaysOf: (
      neighbourhoodId: string,
      incidentId: string,
      pairings: readonly Pairing[],
    ): Promise<(Relay | null)[]> =>
      read(
        neighbourhoodKeys(neighbourhoodId).relays,
        pairings.map(({ id }) => relayIdOf(incidentId, id)),
        Relay,
      ),
  };
}
