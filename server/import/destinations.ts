import * as v from 'valibot';
import type { Position } from '../../shared/geo.ts';
import { parseBoundary } from '../../shared/geo/boundary.ts';
import {
  contains,
  distanceToBoundary,
  isWithin,
  type PreparedBoundary,
  prepareBoundary,
} from '../../shared/geo/inside.ts';
import { BoundaryGeometry, type Neighbourhood } from '../../shared/neighbourhoods.ts';
import { listNeighbourhoodIds } from '../eventlog/epochs.ts';
import { outsideMetres } from '../incidents/incident.ts';
import { createNeighbourhoodStore } from '../neighbourhoods/store.ts';
import type { Redis } from '../redis/client.ts';

/** A neighbourhood that incidents can go to. */
export type Destination = { neighbourhood: Neighbourhood; area: PreparedBoundary };

/**
 * All neighbourhoods, by name. There is no list of them; but each has its retention timer, from its founding on.
 */
export async function listNeighbourhoods(redis: Redis): Promise<Neighbourhood[]> {
  const store = createNeighbourhoodStore(redis);
  const ids = await listNeighbourhoodIds(redis);
  const found = await Promise.all(ids.map((id) => store.getNeighbourhood(id)));
  return found
    .filter((neighbourhood) => neighbourhood !== null)
    .toSorted((p, q) => p.name.localeCompare(q.name));
}

/** Prepares a neighbourhood's exact boundary for many questions. */
export async function destinationOf(redis: Redis, neighbourhood: Neighbourhood): Promise<Destination> {
  const stored = await createNeighbourhoodStore(redis).getBoundary(neighbourhood.id);
  const result = parseBoundary(v.parse(BoundaryGeometry, JSON.parse(stored ?? 'null')));
  if (!result.ok) throw new TypeError(`stored boundary ${result.message}`);
  return { neighbourhood, area: prepareBoundary(result.boundary) };
}

/** Square degrees of the boxes around an area's parts: enough to tell a quarter from its city. */
const sizeOf = ({ area }: Destination) =>
  area.parts.reduce((sum, { span }) => sum + (span.east - span.west) * (span.north - span.south), 0);

/**
 * Chooses where an incident belongs: the smallest neighbourhood that holds it, else the nearest one at most 500 m away, as for
 * reports of neighbours; null where there is none.
 */
export function chooser(destinations: readonly Destination[]): (position: Position) => Destination | null {
  const smallestFirst = destinations.toSorted((p, q) => sizeOf(p) - sizeOf(q));
  let asked: Position | undefined;
  let answer: Destination | null = null;
  return (position) => {
    // A row's place is asked for twice in a row, and many rows lie on one point.
    if (asked?.lat === position.lat && asked.lng === position.lng) return answer;
    asked = position;
    answer = smallestFirst.find(({ area }) => contains(area, position)) ?? nearest(destinations, position);
    return answer;
  };
}

function nearest(destinations: readonly Destination[], position: Position): Destination | null {
  const near = destinations.filter(({ area }) => isWithin(area, position, outsideMetres));
  const byDistance = near.map((place) => ({ place, metres: distanceToBoundary(place.area, position) }));
  return byDistance.toSorted((p, q) => p.metres - q.metres)[0]?.place ?? null;
}
