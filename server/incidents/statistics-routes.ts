import { Hono } from 'hono';
import { Statistics, Weeks } from '../../shared/statistics.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { describe } from '../validate.ts';
import { listWeeks } from './forgetting.ts';
import { createStatisticsStore } from './statistics-store.ts';

const ninetyDays = 90 * 24 * 3600 * 1000;

/** How alerts ended, by category and never by person; mounted behind the members' guard. */
export function statisticsRoutes({ redis, now }: Deps) {
  const count = createStatisticsStore(redis);
  const app = new Hono<Guarded>();
  app.get(
    '/:n/statistics',
    describe('How the alerts of the last 90 days ended, by category', 200, Statistics),
    async (c) => {
      const since = now() - ninetyDays;
      return c.json({ since, ...(await count(c.var.neighbourhoodId, since)) });
    },
  );
  app.get(
    '/:n/statistics/weeks',
    describe('How many incidents were forgotten, by week, category and outcome', 200, Weeks),
    async (c) => c.json({ weeks: await listWeeks(redis, c.var.neighbourhoodId) }),
  );
  return app;
}
