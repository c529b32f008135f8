import { Hono } from 'hono';
import { PatrolReported, ReportCommand, Summary } from '../../shared/reports.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import { counted } from '../counts.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { timeZoneOf } from '../time-zones.ts';
import { describe, json, pathParam } from '../validate.ts';
import { refusal, roundCommands } from './command.ts';
import { write } from './report.ts';
import { changedReport, createReportStore } from './report-store.ts';
import { createPatrolStore } from './store.ts';

/** What rounds saw, and what came of them in numbers; mounted behind the members' guard. */
export function reportRoutes(deps: Deps) {
  const { redis, now } = deps;
  const patrols = createPatrolStore(redis);
  const store = createReportStore(redis);
  const run = roundCommands(deps);
  const app = new Hono<Guarded>();

  app.get(
    '/:n/patrols/summary',
    describe(
      'Rounds, hours and how quickly incidents ended, by month and week and never by person',
      200,
      Summary,
    ),
    async (c) => c.json(await store.summary(c.var.neighbourhoodId, now())),
  );

  app.post(
    '/:n/patrols/:p/report',
    describe('Write what the round saw, or put it right', 201, PatrolReported),
    json(ReportCommand),
    (c) => {
      const command = c.req.valid('json');
      const patrolId = pathParam(Id, c.req.param('p'));
      return run(c, async ({ neighbourhoodId, actor, at }) => {
        const [patrol, before, known, timeZone] = await Promise.all([
          patrols.get(neighbourhoodId, patrolId),
          store.get(neighbourhoodId, patrolId),
          store.knownIncidents(neighbourhoodId, command.incidentIds),
          timeZoneOf(redis, neighbourhoodId),
        ]);
        if (patrol === null) throw new AppError('NOT_FOUND');
        const decided = write({ patrol, memberId: actor.id, before, command, known, at });
        if (!decided.ok) throw refusal(decided);
        const { event, report, found } = decided;
        const change = changedReport(neighbourhoodId, report);
        return {
          event,
          guards: change.guards,
          writes: [
            ...change.writes,
            // In the time of the round, however late it is written.
            ...counted({ neighbourhoodId, timeZone }, patrol.end?.at ?? at, 'found', found),
          ],
          body: { report },
        };
      });
    },
  );

  return app;
}
