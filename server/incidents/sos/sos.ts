import type { ErrorCode } from '../../../shared/errors.ts';
import type { LogEntry, LogEvent } from '../../../shared/events.ts';
import type { Position } from '../../../shared/geo.ts';
import { differenceOf, type HistoryEntry } from '../../../shared/history.ts';
import type { IncidentLife } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import type { Sharing, Sos } from '../../../shared/sos.ts';

/** What only the server knows of an SOS. */
export type SosRecord = {
  version: number;
  incidentId: string;
  memberId: string;
  /** Who sees where they are, as chosen before it began. */
  sharing: Sharing;
  /** When the member had to end it: to them it looks ended since. */
  duressAt: number | null;
  /** Begun under duress: to its member it does not exist. */
  unseen: boolean;
  /** The member's name once it goes on without them seeing it: their being erased must not take it from who helps. */
  name: string;
};

type Raising = {
  id: string;
  memberId: string;
  startedBy: Sos['startedBy'];
  silent: boolean;
  note: string;
  sharing: Sharing;
  /** Stands where a place is wanted: never where somebody is. */
  standIn: Position;
  /** Who does not see it, since it begins under duress. */
  unseen: Pick<Member, 'name'> | null;
  at: number;
};

/** An SOS as it begins: told to everybody without a witness. */
export function raise(raising: Raising): { incident: Incident; record: SosRecord; event: LogEvent } {
  const { id, memberId, startedBy, silent, note, sharing, standIn, unseen, at } = raising;
  const incident: Incident = {
    id,
    version: 1,
    category: 'other',
    severity: 'extreme',
    status: 'open',
    position: standIn,
    coarse: false,
    title: null,
    description: note,
    answers: {},
    photoIds: [],
    observedAt: at,
    reportedAt: at,
    reportedBy: memberId,
    source: null,
    audience: 'everyone',
    outcome: null,
    reopened: null,
    freshAt: at,
    askedAt: null,
    sos: { startedBy, silent, told: sharing === 'all' ? 'all' : 'chosen' },
  };
  const duressAt = unseen === null ? null : at;
  const record = { version: 1, incidentId: id, memberId, sharing, duressAt };
  return {
    incident,
    record: { ...record, unseen: unseen !== null, name: unseen?.name ?? '' },
    event: { type: 'incident.reported', by: memberId, incident },
  };
}

const closedBy = (incident: Incident, memberId: string, at: number): Incident => ({
  ...incident,
  status: 'closed',
  outcome: { kind: 'resolved', reason: '', by: memberId, at, duplicateOf: null },
  askedAt: null,
});

type Ending = {
  /** As its member sees it. */
  incident: Incident;
  record: SosRecord | null;
  member: Pick<Member, 'id' | 'name'>;
  check: 'right' | 'duress' | 'wrong';
  at: number;
};
type Ended =
  | {
      ok: true;
      /** What the member is told. */
      seen: Incident;
      /** What is stored and told to the others. */
      incident: Incident;
      event: LogEvent;
      /** The record's next version, where it changes. */
      record: SosRecord | null;
    }
  | { ok: false; code: ErrorCode; path: string; message: string };

/**
 * The member ends their own SOS. Under duress it goes on, and what the member is told is the same to the last letter:
 * the others hear of a next version in which nothing differs.
 */
export function endOwn({ incident, record, member, check, at }: Ending): Ended {
  const { id: memberId, name } = member;
  if (record === null) return { ok: false, code: 'NOT_FOUND', path: '', message: 'is no SOS' };
  if (record.memberId !== memberId)
    return { ok: false, code: 'FORBIDDEN', path: '', message: 'only whoever raised it ends it so' };
  if (check === 'wrong') return { ok: false, code: 'FORBIDDEN', path: 'code', message: 'is not right' };
  if (incident.status === 'closed')
    return { ok: false, code: 'CONFLICT', path: '', message: 'is closed already' };
  const next = { ...incident, version: incident.version + 1 };
  const seen = closedBy(next, memberId, at);
  if (check === 'right') {
    const event: LogEvent = { type: 'incident.closed', by: memberId, incident: seen };
    return { ok: true, seen, incident: seen, event, record: null };
  }
  return {
    ok: true,
    seen,
    incident: next,
    event: { type: 'incident.changed', by: null, incident: next },
    record: { ...record, version: record.version + 1, duressAt: at, name },
  };
}

/** An incident as its own member sees it: ended, where they had to end it; null where they must not see it at all. */
export function asSeenByOwn(incident: Incident, record: SosRecord | null): Incident | null {
  if (record === null || record.duressAt === null) return incident;
  return record.unseen ? null : closedBy(incident, record.memberId, record.duressAt);
}

/**
 * Its member is erased, and may have been made to: what they see of it is over, and for the others it goes on by their
 * name alone.
 * @param nobodyId stands for them in what is left
 */
export function eraseOwn(
  incident: Incident,
  record: SosRecord,
  nobodyId: string,
): { incident: Incident; record: SosRecord } | null {
  const { version, status, sos } = incident;
  if (sos === null || status === 'closed' || record.duressAt === null) return null;
  const formerly = { id: nobodyId, name: record.name };
  return {
    incident: { ...incident, version: version + 1, reportedBy: null, sos: { ...sos, formerly } },
    record: { ...record, version: record.version + 1, memberId: nobodyId },
  };
}

/** The history of one that is over, without what its changes say of them. */
export function historyWithoutName(change: HistoryEntry): HistoryEntry {
  const isLeft = ([name]: [string, unknown]) => name !== 'sos' && name !== 'description';
  const left = (fields: Record<string, unknown>) => Object.fromEntries(Object.entries(fields).filter(isLeft));
  const differences = change.differences.map((difference) => {
    const { before, after } = difference;
    return { ...difference, before: before && left(before), after: left(after) };
  });
  return { ...change, differences };
}

/** What was done about it until it looked ended. */
export function lifeSeenByOwn(life: IncidentLife, { duressAt }: SosRecord): IncidentLife {
  if (duressAt === null) return life;
  const before = ({ at }: { at: number }) => at <= duressAt;
  return {
    ...life,
    handling: life.handling !== null && life.handling.since <= duressAt ? life.handling : null,
    responses: life.responses.filter(before),
    confirmations: life.confirmations.filter(before),
  };
}

/** The incident that an entry says something of; null where it is about none. */
export function incidentIdIn(entry: LogEntry): string | null {
  if ('review' in entry) return entry.review.incidentId;
  if ('incident' in entry) return entry.incident.id;
  if ('response' in entry) return entry.response.incidentId;
  if ('confirmation' in entry) return entry.confirmation?.incidentId ?? null;
  if ('update' in entry) return entry.update?.incidentId ?? null;
  if ('relay' in entry) return entry.relay.incidentId;
  return 'handling' in entry ? entry.handling.incidentId : null;
}

/**
 * An entry about an SOS as the log looks to its own member: ended where they had to end it, and after that nothing but
 * what they wrote themselves. What is left out keeps its seq, as what was erased does.
 */
export function entrySeenByOwn(entry: LogEntry, { memberId, duressAt, unseen }: SosRecord): LogEntry {
  if (duressAt === null) return entry;
  const { seq, at } = entry;
  const nothing: LogEntry = { seq, at, type: 'entry.erased', by: null };
  if (unseen) return nothing;
  const isEnd = entry.type === 'incident.changed' && entry.by === null && at === duressAt;
  if (isEnd) {
    const incident = closedBy(entry.incident, memberId, at);
    return { seq, at, type: 'incident.closed', by: memberId, incident };
  }
  if (at <= duressAt) return entry;
  if (entry.type === 'update.posted' && entry.by === memberId) return { ...entry, handling: null };
  return nothing;
}

/** The history of an SOS that looks ended to its member. @param seen the incident as they see it */
export function endedHistory(
  changes: readonly HistoryEntry[],
  incident: Incident,
  seen: Incident,
): HistoryEntry[] {
  const at = seen.outcome?.at ?? incident.reportedAt;
  const before: Incident = { ...incident, status: 'open', outcome: null, askedAt: null };
  const difference = differenceOf({
    of: 'incident',
    memberId: null,
    before,
    after: { ...before, ...closing(seen) },
  });
  const end: HistoryEntry = { at, type: 'incident.closed', by: seen.reportedBy, differences: [difference] };
  return [...changes.filter((change) => change.at <= at), end];
}

/** What an end changes. */
const closing = ({ status, outcome }: Incident) => ({ status, outcome });

/** Whether somebody who looks at it takes part in helping, and so has to know that it was ended under duress. */
export const isHelping = (memberId: string, { handling, responses }: IncidentLife): boolean =>
  handling?.ownerId === memberId ||
  responses.some((response) => response.memberId === memberId && response.kind !== 'stood-down');
