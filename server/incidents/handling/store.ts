import * as v from 'valibot';
import { Handling, Response } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { Member } from '../../../shared/neighbourhoods.ts';
import { entityJson, type Guard, type Write } from '../../eventlog/eventlog.ts';
import type { Redis, Reply } from '../../redis/client.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { asArray, asStrings } from '../../redis/reply.ts';
import { beginsAt, patience, type Staff } from './handling.ts';
import { createLifeStore, partOf } from '../life-store.ts';
import { createOnDuty } from './on-duty.ts';

/** Members looked at at once. */
const page = 500;

const parse = <Schema extends v.GenericSchema>(schema: Schema, stored: Reply | undefined) =>
  typeof stored === 'string' ? v.parse(schema, JSON.parse(entityJson(stored))) : null;

/** Sets when the handling of an incident is looked at again; null: not any more. */
function timerAt(neighbourhoodId: string, incidentId: string, at: number | null): Write {
  const { timers } = neighbourhoodKeys(neighbourhoodId);
  const what = `handling:${neighbourhoodId}:${incidentId}`;
  return at === null ? ['ZREM', timers, what] : ['ZADD', timers, String(at), what];
}

/** The timer of a grave incident that nobody has answered yet, set with its report. */
export function unansweredTimer(neighbourhoodId: string, incident: Incident): Write[] {
  const at = beginsAt(incident);
  return at === null ? [] : [timerAt(neighbourhoodId, incident.id, at)];
}

/** The timer of an incident that is open again: whoever has it in hand, or is to be asked, gets an owner's time. */
export function reopenedTimer(
  neighbourhoodId: string,
  incident: Incident,
  handling: Handling | null,
  at: number,
): Write[] {
  const follows = handling === null ? beginsAt(incident) !== null : handling.dueAt !== null;
  return follows ? [timerAt(neighbourhoodId, incident.id, at + patience[incident.severity].owner)] : [];
}

/**
 * Stores who has an incident in hand, with its timer.
 * @param lookAt when it is looked at again, unless when the handling says itself
 */
export function changedHandling(
  neighbourhoodId: string,
  handling: Handling,
  lookAt: number | null = handling.dueAt,
): { guard: Guard; writes: Write[] } {
  const { guard, write } = partOf(neighbourhoodId, { field: 'handling', entity: handling });
  return { guard, writes: [write, timerAt(neighbourhoodId, handling.incidentId, lookAt)] };
}

/** The guard of a decision that leaves who has an incident in hand as it is, and depends on it. */
export const handlingGuard = (
  neighbourhoodId: string,
  incidentId: string,
  handling: Handling | null,
): Guard => ({
  key: neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId),
  field: 'handling',
  version: handling?.version ?? 0,
});

/** Stores who has an incident in hand where everybody hears of it now; what was decided depends on it either way. */
export function widenedHandling(
  neighbourhoodId: string,
  incidentId: string,
  { before, after }: { before: Handling | null; after: Handling | null },
): { guard: Guard; writes: Write[] } {
  if (after !== null) return changedHandling(neighbourhoodId, after);
  return { guard: handlingGuard(neighbourhoodId, incidentId, before), writes: [] };
}

/** The guard of a decision that depends on a member as they are. */
export const memberGuard = (neighbourhoodId: string, { id, version }: Member): Guard => ({
  key: neighbourhoodKeys(neighbourhoodId).members,
  field: id,
  version,
});

/** Reads who does what about one incident, and who could be asked. */
export function createHandlingStore(redis: Redis) {
  const lives = createLifeStore(redis);
  const onDuty = createOnDuty(redis);

  async function getMembers(neighbourhoodId: string, ids: readonly string[]): Promise<(Member | null)[]> {
    if (ids.length === 0) return [];
    const { members } = neighbourhoodKeys(neighbourhoodId);
    const stored = asArray(await redis.send(members, 'HMGET', members, ...ids));
    return stored.map((value) => parse(Member, value));
  }

  /** Who has the incident in hand, and what one member answered, both of the same moment. */
  async function getFor(neighbourhoodId: string, incidentId: string, memberId: string) {
    const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incidentId);
    const [handling, response] = asArray(
      await redis.send(key, 'HMGET', key, 'handling', `response:${memberId}`),
    );
    return { handling: parse(Handling, handling), response: parse(Response, response) };
  }

  /** Those on duty whom an incident could be asked of: not its reporter, and of residents none while volunteers alone know. */
  async function getOnDuty(
    neighbourhoodId: string,
    { audience, reportedBy }: Incident,
    without: ReadonlySet<string>,
    at: number,
  ): Promise<string[]> {
    const ids = await onDuty(neighbourhoodId, at);
    const members = await getMembers(
      neighbourhoodId,
      ids.filter((id) => id !== reportedBy && !without.has(id)),
    );
    return members.flatMap((member) =>
      member?.status === 'active' && (audience !== 'volunteers' || member.role !== 'resident')
        ? [member.id]
        : [],
    );
  }

  /** Whether anybody who has neither stood down nor let it lie could be asked. */
  async function getStaff(
    neighbourhoodId: string,
    incident: Incident,
    without: ReadonlySet<string>,
    at: number,
  ): Promise<Staff> {
    const { memberOrder } = neighbourhoodKeys(neighbourhoodId);
    const staff = {
      onDuty: await getOnDuty(neighbourhoodId, incident, without, at),
      volunteers: false,
      everyone: false,
    };
    for (let from = 0; !staff.volunteers; from += page) {
      const range = ['ZRANGE', memberOrder, String(from), String(from + page - 1)];
      const ids = asStrings(await redis.send(memberOrder, ...range));
      for (const member of await getMembers(neighbourhoodId, ids)) {
        // Of an anonymous reporter a step left out would say who they are, so theirs is not.
        if (member?.status !== 'active' || member.id === incident.reportedBy || without.has(member.id))
          continue;
        staff.everyone = true;
        staff.volunteers ||= member.role !== 'resident';
      }
      if (ids.length < page) break;
    }
    return staff;
  }

  /**
   * Everything that decides who has an incident in hand next.
   * @param leaving who stands down now
   */
  async function getSituation(
    neighbourhoodId: string,
    incident: Incident,
    at: number,
    leaving: string | null = null,
  ) {
    const { handling, responses } = await lives.get(neighbourhoodId, incident.id);
    const members = await getMembers(
      neighbourhoodId,
      responses.map(({ memberId }) => memberId),
    );
    const active = new Map(
      members.flatMap((member) => (member?.status === 'active' ? [[member.id, member] as const] : [])),
    );
    const stoodDown = responses.filter(({ kind }) => kind === 'stood-down').map(({ memberId }) => memberId);
    const silent = [...(handling?.silent ?? []), ...(handling?.ownerId ? [handling.ownerId] : [])];
    const without = new Set([...stoodDown, ...silent, ...(leaving === null ? [] : [leaving])]);
    const staff = await getStaff(neighbourhoodId, incident, without, at);
    return {
      handling,
      responses: responses.filter(({ memberId }) => active.has(memberId)),
      staff,
      /** Guards for whom it goes to next: they may stand down or leave at this moment. */
      guardsOf: (heir: Response | null): Guard[] => {
        const member = heir === null ? undefined : active.get(heir.memberId);
        if (heir === null || member === undefined) return [];
        const key = neighbourhoodKeys(neighbourhoodId).incidentLife(incident.id);
        return [
          memberGuard(neighbourhoodId, member),
          { key, field: `response:${heir.memberId}`, version: heir.version },
        ];
      },
    };
  }

  return { getMembers, getFor, getSituation };
}
