import { Hono } from 'hono';
import { RotaTotals, totalsDays } from '../../shared/rota-totals.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { describe } from '../validate.ts';
import { createShiftStore } from './store.ts';
import { totalsOf } from './totals.ts';

const hour = 3600 * 1000;
const mostCounted = 2000;

/** What neighbours did together, and what I did; mounted behind the members' guard. */
export function totalsRoutes({ redis, now }: Deps) {
  const store = createShiftStore(redis);
  return new Hono<Guarded>().get(
    '/:n/rota-totals',
    describe('How much we patrolled, and how much I did', 200, RotaTotals),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const at = now();
      const [shifts, served] = await Promise.all([
        store.between(neighbourhoodId, at - totalsDays * 24 * hour, at, mostCounted),
        store.getServed(neighbourhoodId, member.id),
      ]);
      const mine = { hours: Math.round((served / hour) * 10) / 10 };
      return c.json({ team: totalsOf(shifts), mine });
    },
  );
}
