import * as v from 'valibot';
import type { Position } from '../shared/geo.ts';
import { parseBoundary } from '../shared/geo/boundary.ts';
import { isWithin, type PreparedBoundary, prepareBoundary } from '../shared/geo/inside.ts';
import { BoundaryGeometry } from '../shared/neighbourhoods.ts';
import { AppError } from './errors.ts';
import type { Redis } from './redis/client.ts';
import { neighbourhoodKeys } from './redis/keys.ts';
import { asNullableString } from './redis/reply.ts';

const kept = 200;

/** Answers "is this place ours?" by the exact boundary, which a process prepares once for each neighbourhood. */
export function createAreas(redis: Redis) {
  // A boundary never changes once founded; the least recently used one goes.
  const prepared = new Map<string, PreparedBoundary>();

  async function load(neighbourhoodId: string): Promise<PreparedBoundary> {
    const { boundary: key } = neighbourhoodKeys(neighbourhoodId);
    const stored = asNullableString(await redis.send(key, 'GET', key));
    if (stored === null) throw new AppError('NOT_FOUND');
    const result = parseBoundary(v.parse(BoundaryGeometry, JSON.parse(stored)));
    if (!result.ok) throw new TypeError(`stored boundary ${result.message}`);
    return prepareBoundary(result.boundary);
  }

  return {
    /** @param metres so far outside is still ours */
    async holds(neighbourhoodId: string, position: Position, metres: number): Promise<boolean> {
      const area = prepared.get(neighbourhoodId) ?? (await load(neighbourhoodId));
      prepared.delete(neighbourhoodId);
      prepared.set(neighbourhoodId, area);
      const [oldest] = prepared.keys();
      if (prepared.size > kept && oldest !== undefined) prepared.delete(oldest);
      return isWithin(area, position, metres);
    },
  };
}
