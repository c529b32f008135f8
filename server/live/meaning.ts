import * as v from 'valibot';
import type { LogEvent } from '../../shared/events.ts';
import { Patrol } from '../../shared/patrols.ts';
import type { RawEntry } from '../eventlog/eventlog.ts';

/** An incident of whose readers the room keeps count. */
export type Counted = { id: string; by: string | null; of: 'alert' | 'correction' };

const Removed = v.object({ type: v.literal('member.removed'), member: v.object({ id: v.string() }) });
const OfPatrol = v.object({ patrol: Patrol });
const Told = v.object({
  by: v.nullable(v.string()),
  incident: v.object({
    id: v.string(),
    outcome: v.optional(v.nullable(v.object({ kind: v.string() }))),
    reportedBy: v.optional(v.nullable(v.string())),
    sos: v.optional(v.nullable(v.object({}))),
  }),
});
/** Entries whose readers are counted. */
const counted = new Map<string, Counted['of']>([
  ['incident.reported', 'alert'],
  ['incident.closed', 'correction'],
]);
/** Entries that carry a patrol as it is from then on; not all that tell of patrols do. */
const withPatrol: Record<Extract<LogEvent, { patrol: Patrol }>['type'], true> = {
  'patrol.started': true,
  'patrol.asked': true,
  'patrol.joined': true,
  'patrol.left': true,
  'patrol.ended': true,
};
// The log writes an entry's type right after its time; looking further would mean parsing what only passes through.
const entryType = /^\{"seq":\d+,"at":\d+,"type":"([\w.]+)"/u;

const typeOf = ({ json }: RawEntry) => entryType.exec(json)?.[1] ?? '';

/** The patrol as it is from this entry on; null where the entry carries none. */
export const patrolOf = (entry: RawEntry): Patrol | null =>
  Object.hasOwn(withPatrol, typeOf(entry)) ? v.parse(OfPatrol, JSON.parse(entry.json)).patrol : null;

/** The incident that an entry tells or ends, where its readers are counted. */
export function incidentOf(entry: RawEntry): (v.InferOutput<typeof Told> & Pick<Counted, 'of'>) | null {
  const of = counted.get(typeOf(entry));
  return of === undefined ? null : { ...v.parse(Told, JSON.parse(entry.json)), of };
}

/** The member whose removal an entry tells. */
export const removedBy = (entry: RawEntry): { id: string } | null =>
  typeOf(entry) === 'member.removed' ? v.parse(Removed, JSON.parse(entry.json)).member : null;
