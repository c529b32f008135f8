import * as v from 'valibot';
import type { LogEvent } from '../../shared/events.ts';
import type { Hide } from '../../shared/hiding.ts';
import { type ChangedPart, differenceOf, HistoryEntry, mostChanges } from '../../shared/history.ts';
import type { Incident } from '../../shared/incidents.ts';
import { entityJson, type Write } from '../eventlog/eventlog.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNullableString, asStrings } from '../redis/reply.ts';

/** One part that an event carries, and where its version before lies. */
type Carried = {
  of: ChangedPart;
  memberId: string | null;
  after: object & { version: number };
  key: string;
  field: string;
};

/** The incident that an event is about and the parts of it that it carries; null for any other event. */
function carriedBy(
  neighbourhoodId: string,
  event: LogEvent,
): { incidentId: string; parts: Carried[] } | null {
  const keys = neighbourhoodKeys(neighbourhoodId);
  const parts: (Carried & { incidentId: string })[] = [];
  // The decisions of neighbours are a log of their own, and what was before is what they hide.
  if ('review' in event) return null;
  if ('incident' in event) {
    const { incident: after } = event;
    const place = { key: keys.incidents, field: after.id };
    parts.push({ of: 'incident', memberId: null, after, incidentId: after.id, ...place });
  }
  for (const of of ['response', 'confirmation'] as const) {
    const after = of in event ? (event as Partial<Record<typeof of, LifePart | null>>)[of] : null;
    if (!after) continue;
    const { incidentId, memberId } = after;
    const place = { key: keys.incidentLife(incidentId), field: `${of}:${memberId}` };
    parts.push({ of, memberId, after, incidentId, ...place });
  }
  if ('handling' in event && event.handling !== null) {
    const { handling: after } = event;
    const { incidentId } = after;
    const place = { key: keys.incidentLife(incidentId), field: 'handling' };
    parts.push({ of: 'handling', memberId: null, after, incidentId, ...place });
  }
  if ('update' in event) {
    const { update: after } = event;
    const { incidentId } = after;
    const place = { key: keys.incidentUpdates(incidentId), field: after.id };
    parts.push({ of: 'update', memberId: null, after, incidentId, ...place });
  }
  const [first] = parts;
  return first === undefined ? null : { incidentId: first.incidentId, parts };
}
type LifePart = { incidentId: string; memberId: string; version: number };

const ofContent: ReadonlySet<string> = new Set(['title', 'description', 'answers', 'photoIds']);

/** Fields of an incident without what is hidden of it by now. */
function shown(fields: Record<string, unknown>, hides: readonly Pick<Hide, 'of'>[]): Record<string, unknown> {
  const hidden = new Set<unknown>(hides.map(({ of }) => of));
  const left = Object.entries(fields).filter(([name]) => !hidden.has('incident') || !ofContent.has(name));
  return Object.fromEntries(
    left.map(([name, value]): [string, unknown] =>
      name === 'photoIds' && Array.isArray(value)
        ? [name, value.filter((id) => !hidden.has(id))]
        : [name, value],
    ),
  );
}

/** A change of an incident without what is hidden of it. */
export function withoutContent(entry: HistoryEntry, hides: readonly Pick<Hide, 'of'>[]): HistoryEntry {
  const differences = entry.differences.map((difference) => {
    const { of, before, after } = difference;
    if (of !== 'incident') return difference;
    return { ...difference, before: before && shown(before, hides), after: shown(after, hides) };
  });
  return { ...entry, differences };
}

/** Keeps and reads what became of incidents, change by change. */
export function createHistoryStore(redis: Redis) {
  async function before({ key, field, after }: Carried): Promise<object | null> {
    if (after.version === 1) return null;
    const stored = asNullableString(await redis.send(key, 'HGET', key, field));
    return stored === null ? null : v.parse(v.looseObject({}), JSON.parse(entityJson(stored)));
  }

  return {
    /**
     * Writes that append an event to its incident's history; none where it is about no single incident. What was before
     * is read now: the guards of the commit see to it that it is still so. Names nobody whom the event does not name.
     */
    async appended(neighbourhoodId: string, event: LogEvent, at: number): Promise<Write[]> {
      const carried = carriedBy(neighbourhoodId, event);
      if (carried === null) return [];
      const key = neighbourhoodKeys(neighbourhoodId).incidentHistory(carried.incidentId);
      const differences = await Promise.all(
        carried.parts.map(async (part) => differenceOf({ ...part, before: await before(part) })),
      );
      const entry: HistoryEntry = { at, type: event.type, by: event.by, differences };
      return [
        ['RPUSH', key, JSON.stringify(entry)],
        ['LTRIM', key, String(-mostChanges), '-1'],
      ];
    },

    /** Writes that tell some of its changes otherwise, each where it stands, whatever is appended meanwhile. */
    async rewritten(
      neighbourhoodId: string,
      incidentId: string,
      change: (entry: HistoryEntry) => HistoryEntry,
    ): Promise<Write[]> {
      const key = neighbourhoodKeys(neighbourhoodId).incidentHistory(incidentId);
      const stored = asStrings(await redis.send(key, 'LRANGE', key, '0', '-1'));
      return stored.flatMap((before): Write[] => {
        const after = JSON.stringify(change(v.parse(HistoryEntry, JSON.parse(before))));
        if (after === before) return [];
        return [
          ['LINSERT', key, 'BEFORE', before, after],
          ['LREM', key, '1', before],
        ];
      });
    },

    /** Oldest first, without what is hidden of the incident by now. */
    async get(
      neighbourhoodId: string,
      { id, hidden = [] }: Pick<Incident, 'id' | 'hidden'>,
    ): Promise<HistoryEntry[]> {
      const key = neighbourhoodKeys(neighbourhoodId).incidentHistory(id);
      const stored = asStrings(await redis.send(key, 'LRANGE', key, '0', '-1'));
      return stored.map((json) => {
        const entry = v.parse(HistoryEntry, JSON.parse(json));
        return hidden.length === 0 ? entry : withoutContent(entry, hidden);
      });
    },
  };
}
