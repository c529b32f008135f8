import * as v from 'valibot';
import { distance, type Position } from './geo.ts';
import { coarseReach } from './geo/grid.ts';
import type { Category, Incident } from './incidents.ts';
import { Id } from './text.ts';

export const MergeCommand = v.strictObject({ into: Id });
export type MergeCommand = v.InferOutput<typeof MergeCommand>;

const hour = 3_600_000;

/**
 * How near and how recent another incident of the same kind is to be worth a look before a second alert. What is heard
 * or seen from afar reaches far; who is missing may be anywhere in the neighbourhood.
 */
export const maybeSame: Readonly<Record<Category, { metres: number; ms: number }>> = {
  suspicious: { metres: 200, ms: 3 * hour },
  'break-in': { metres: 100, ms: 12 * hour },
  theft: { metres: 100, ms: 12 * hour },
  fire: { metres: 300, ms: 12 * hour },
  medical: { metres: 100, ms: 3 * hour },
  missing: { metres: Infinity, ms: 72 * hour },
  'road-hazard': { metres: 150, ms: 24 * hour },
  noise: { metres: 150, ms: 6 * hour },
  damage: { metres: 100, ms: 72 * hour },
  other: { metres: 100, ms: 12 * hour },
};

/** What is about to be told; the position as exact as the device knows it. */
type Told = { category: Category; position: Position };
export type Nearby = { incident: Incident; /** metres */ away: number };

/**
 * Open incidents that may be what is about to be told, the nearest first.
 * @param now epoch milliseconds
 */
export function findDuplicates(incidents: Iterable<Incident>, told: Told, now: number): Nearby[] {
  const { metres, ms } = maybeSame[told.category];
  const found: Nearby[] = [];
  for (const incident of incidents) {
    const { category, status, position, coarse, observedAt, reportedAt, sos } = incident;
    if (status !== 'open' || sos !== null || category !== told.category) continue;
    // Reported late is still news; what is under way for days was told again by nobody.
    if (now - Math.max(observedAt, reportedAt) > ms) continue;
    const away = distance(position, told.position);
    if (away <= metres + (coarse ? coarseReach : 0)) found.push({ incident, away });
  }
  return found.toSorted((a, b) => a.away - b.away);
}

/**
 * Other open incidents that this one may be the same as: of its kind first, then by distance. None for an SOS, nor where
 * others were merged into this one: whoever follows them would be led to what is closed.
 */
export function mergeTargets(incidents: Iterable<Incident>, one: Incident, metres = 1000): Nearby[] {
  const all = [...incidents];
  if (one.sos !== null || all.some(({ outcome }) => outcome?.duplicateOf === one.id)) return [];
  return all
    .filter(({ id, status, sos }) => id !== one.id && status === 'open' && sos === null)
    .map((incident) => ({ incident, away: distance(incident.position, one.position) }))
    .filter(({ incident, away }) => away <= metres || incident.category === one.category)
    .toSorted(
      (a, b) =>
        Number(b.incident.category === one.category) - Number(a.incident.category === one.category) ||
        a.away - b.away,
    );
}
