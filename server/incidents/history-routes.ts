import { Hono } from 'hono';
import { IncidentHistory } from '../../shared/history.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { describe, pathParam } from '../validate.ts';
import { createHistoryStore } from './history-store.ts';
import { createIncidentStore } from './store.ts';

/** What became of an incident, change by change; mounted behind the members' guard. */
export function historyRoutes({ redis }: Pick<Deps, 'redis'>) {
  const incidents = createIncidentStore(redis);
  const history = createHistoryStore(redis);
  return new Hono<Guarded>().get(
    '/:n/incidents/:i/history',
    describe('Each change of an incident, before and after, oldest first', 200, IncidentHistory),
    async (c) => {
      const { neighbourhoodId } = c.var;
      const incidentId = pathParam(Id, c.req.param('i'));
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) throw new AppError('NOT_FOUND');
      return c.json({ changes: await history.get(neighbourhoodId, incident) });
    },
  );
}
