import { describe, expect, it } from 'vitest';
import { findDuplicates, maybeSame, mergeTargets } from '../../shared/duplicates.ts';
import { distance } from '../../shared/geo.ts';
import { coarsePosition, coarseReach } from '../../shared/geo/grid.ts';
import { Category, type Incident } from '../../shared/incidents.ts';
import { incidentOf } from '../support/incident.ts';

const here = { lat: 45.76, lng: 4.835 };
const north = (metres: number) => ({ lat: here.lat + metres / 111_195, lng: here.lng });
const now = 1_700_000_000_000;
const minute = 60_000;

let next = 0;
const one = (over: Partial<Incident> = {}) =>
  incidentOf({
    id: `incident-${String((next += 1)).padStart(12, '0')}`,
    category: 'noise',
    position: here,
    observedAt: now - minute,
    reportedAt: now - minute,
    ...over,
  });
const idsOf = (found: { incident: Incident }[]) => found.map(({ incident }) => incident.id);
const told = (category: Category = 'noise') => ({ category, position: here });

describe('what may be the same', () => {
  it('[PD8] is open, of the same kind, near and recent; the nearest comes first', () => {
    const far = one({ position: north(140) });
    const near = one({ position: north(20) });
    const all = [
      far,
      one({ status: 'closed' }),
      one({ category: 'fire' }),
      one({ position: north(160) }),
      one({ observedAt: now - 7 * 60 * minute, reportedAt: now - 7 * 60 * minute }),
      near,
    ];
    expect(idsOf(findDuplicates(all, told(), now))).toEqual([near.id, far.id]);
    const [first] = findDuplicates(all, told(), now);
    expect(first?.away).toBeCloseTo(20, 0);
  });

  it.each(Category.options)('[PD8] %s reaches as far and as long as its row says', (category) => {
    const { metres, ms } = maybeSame[category];
    const reach = Number.isFinite(metres) ? metres : 50_000;
    const at = now - ms + minute;
    const inside = one({ category, position: north(reach - 2), observedAt: at, reportedAt: at });
    const late = one({ category, observedAt: now - ms - 1, reportedAt: now - ms - 1 });
    const away = one({ category, position: north(reach + 2) });
    const anywhere = metres === Infinity;
    expect(idsOf(findDuplicates([inside, late, away], told(category), now)).toSorted()).toEqual(
      (anywhere ? [inside.id, away.id] : [inside.id]).toSorted(),
    );
  });

  it('[PD8] what was seen long ago and told just now is news; a home may be anywhere in its cell', () => {
    const late = one({ observedAt: now - 90 * 60 * minute });
    expect(findDuplicates([late], told(), now)).toHaveLength(1);
    const position = coarsePosition(north(150 + coarseReach - 8));
    const home = one({ position, coarse: true });
    expect(distance(position, here)).toBeGreaterThan(150);
    expect(distance(position, here)).toBeLessThan(150 + coarseReach);
    expect(findDuplicates([home], told(), now)).toHaveLength(1);
    expect(findDuplicates([{ ...home, coarse: false }], told(), now)).toEqual([]);
  });

  it('[PD14] what an incident can be merged into is open and nearby, its own kind first and from anywhere', () => {
    const mine = one();
    const fireNear = one({ category: 'fire', position: north(30) });
    const noiseFar = one({ position: north(5000) });
    const noiseNear = one({ position: north(400) });
    const all = [mine, fireNear, noiseFar, one({ status: 'closed' }), noiseNear];
    const fireFar = one({ category: 'fire', position: north(1100) });
    expect(idsOf(mergeTargets([...all, fireFar], mine))).toEqual([noiseNear.id, noiseFar.id, fireNear.id]);
    // What the server would refuse is not offered.
    expect(mergeTargets(all, { ...mine, sos: { startedBy: 'member', silent: false, told: 'all' } })).toEqual(
      [],
    );
    const outcome = { kind: 'duplicate' as const, reason: '', by: null, at: now, duplicateOf: mine.id };
    expect(mergeTargets([...all, one({ status: 'closed', outcome })], mine)).toEqual([]);
  });
});
