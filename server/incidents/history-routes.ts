import { Hono } from 'hono';
import { IncidentHistory } from '../../shared/history.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { describe, pathParam } from '../validate.ts';
import { createHistoryStore } from './history-store.ts';
import { endedHistory } from './sos/sos.ts';
import { createSosStore } from './sos/store.ts';
import { createIncidentStore } from './store.ts';

/** What became of an incident, change by change; mounted behind the members' guard. */
export function historyRoutes({ redis }: Pick<Deps, 'redis'>) {
  const incidents = createIncidentStore(redis);
  const history = createHistoryStore(redis);
  const sos = createSosStore(redis);
  return new Hono<Guarded>().get(
    '/:n/incidents/:i/history',
    describe('Each change of an incident, before and after, oldest first', 200, IncidentHistory),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const incidentId = pathParam(Id, c.req.param('i'));
      const incident = await incidents.get(neighbourhoodId, incidentId);
      if (incident === null) throw new AppError('NOT_FOUND');
      const [seen] = await sos.seenBy(neighbourhoodId, member.id, [incident]);
      if (seen === undefined) throw new AppError('NOT_FOUND');
      const changes = await history.get(neighbourhoodId, incident);
      // Their own SOS that looks ended to them: what was done until then, and that they ended it.
      return c.json({ changes: seen === incident ? changes : endedHistory(changes, incident, seen) });
    },
  );
}
