import type { Incident } from '../../../shared/incidents.ts';
import { incidentOf } from '../../support/incident.ts';

/** An incident for the map; the number makes its id and its time. */
export function incident(number: number, lat: number, lng: number, rest: Partial<Incident> = {}): Incident {
  return incidentOf({
    id: `incident-${String(number).padStart(10, '0')}`,
    severity: 'moderate',
    position: { lat, lng },
    observedAt: 1_700_000_000_000 + number,
    reportedAt: 1_700_000_000_000 + number,
    ...rest,
  });
}

/** Numbers between 0 and 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
