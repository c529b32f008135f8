import type { LogEntry } from '../../shared/events.ts';
import { emptyLife, type IncidentLife } from '../../shared/incident-life.ts';
import type { Id } from '../../shared/text.ts';

type LifeEntry = Extract<
  LogEntry,
  { type: 'response.given' | 'handling.changed' | 'confirmation.given' | 'update.posted' }
>;

/** What somebody does about an incident, of an entry that says so. */
export function partOf(entry: LifeEntry) {
  if (entry.type === 'response.given') return entry.response;
  if (entry.type === 'update.posted') return entry.update;
  return entry.type === 'handling.changed' ? entry.handling : entry.confirmation;
}

/** The list with this member's entity in it, where it is newer than what was known. */
function withOwn<Entity extends { memberId: Id; version: number; at: number }>(
  known: readonly Entity[],
  given: Entity,
): Entity[] {
  const before = known.find(({ memberId }) => memberId === given.memberId);
  if (before !== undefined && before.version >= given.version) return [...known];
  return [...known.filter((entity) => entity !== before), given].toSorted((a, b) => a.at - b.at);
}

/** What neighbours do about incidents, after one entry of the log. Applying an entry twice is harmless. */
export function withLifeEntry(
  lives: ReadonlyMap<Id, IncidentLife>,
  entry: LifeEntry,
): ReadonlyMap<Id, IncidentLife> {
  const { incidentId } = partOf(entry);
  const life = { ...(lives.get(incidentId) ?? emptyLife(incidentId)) };
  if (entry.type === 'response.given') life.responses = withOwn(life.responses, entry.response);
  if (entry.type === 'confirmation.given') {
    life.confirmations = withOwn(life.confirmations, entry.confirmation);
  } else if (entry.handling !== null && entry.handling.version > (life.handling?.version ?? 0)) {
    life.handling = entry.handling;
  }
  return new Map(lives).set(incidentId, life);
}

/** The second witness's word comes with what it brings about, and who is asked now. */
export function withWitness(
  lives: ReadonlyMap<Id, IncidentLife>,
  { confirmation, handling, seq, at, by }: Extract<LogEntry, { type: 'incident.widened' }>,
): ReadonlyMap<Id, IncidentLife> {
  const witnessed =
    confirmation === null
      ? lives
      : withLifeEntry(lives, { type: 'confirmation.given', seq, at, by, confirmation });
  if (handling === null) return witnessed;
  return withLifeEntry(witnessed, { type: 'handling.changed', seq, at, by, handling });
}

/** What the server told of one incident, with whatever came in live meanwhile and is newer. */
export function withNewerLife(
  lives: ReadonlyMap<Id, IncidentLife>,
  told: IncidentLife,
): ReadonlyMap<Id, IncidentLife> {
  const known = lives.get(told.incidentId) ?? emptyLife(told.incidentId);
  const handling =
    (told.handling?.version ?? 0) > (known.handling?.version ?? 0) ? told.handling : known.handling;
  return new Map(lives).set(told.incidentId, {
    incidentId: told.incidentId,
    handling,
    responses: told.responses.reduce(withOwn, known.responses),
    confirmations: told.confirmations.reduce(withOwn, known.confirmations),
  });
}
