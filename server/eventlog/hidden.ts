import type { LogEntry } from '../../shared/events.ts';
import { type Hide, maskedIncident, maskedUpdate } from '../../shared/hiding.ts';

const incidentOf = (entry: LogEntry) => ('incident' in entry ? entry.incident : null);
// Entries that were written before there was one lack it.
const updateOf = (entry: LogEntry) => ('update' in entry ? (entry.update ?? null) : null);

/** What is hidden of incidents and of what was written about them, by what the last of these entries says of each. */
function hiddenIn(entries: readonly LogEntry[]): Map<string, readonly Hide[]> {
  const hidden = new Map<string, readonly Hide[]>();
  for (const entry of entries) {
    const incident = incidentOf(entry);
    if (incident) hidden.set(incident.id, incident.hidden ?? []);
    const update = updateOf(entry);
    if (update) hidden.set(update.id, update.hidden ?? []);
  }
  return hidden;
}

/**
 * Entries as they may be told to somebody who was not there: without what was hidden after them. An entry is never
 * changed in the log; whoever catches up to its head finds in the same entries what is hidden by now.
 * @param known what is hidden, by the ids of incidents and of what was written about them, where the entries do not go up to the head
 */
export function withoutHidden(
  entries: readonly LogEntry[],
  known: ReadonlyMap<string, readonly Hide[]> = hiddenIn(entries),
): LogEntry[] {
  return entries.map((entry) => {
    const incident = incidentOf(entry);
    const update = updateOf(entry);
    const hides = (incident && known.get(incident.id)) ?? [];
    const updateHides = (update && known.get(update.id)) ?? [];
    if (hides.length + updateHides.length === 0) return entry;
    return {
      ...entry,
      ...(incident && { incident: maskedIncident(incident, hides) }),
      ...(update && { update: maskedUpdate(update, updateHides) }),
    };
  });
}
