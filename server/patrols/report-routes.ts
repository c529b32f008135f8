import { Hono } from 'hono';
import {
  PastQuery,
  PastRound,
  PastRounds,
  PatrolReported,
  ReportCommand,
  roundsPage,
  Summary,
} from '../../shared/reports.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import { counted } from '../counts.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { timeZoneOf } from '../time-zones.ts';
import { describe, json, pathParam, query } from '../validate.ts';
import { refusal, roundCommands } from './command.ts';
import { write } from './report.ts';
import { changedReport, createReportStore } from './report-store.ts';
import { createPatrolStore } from './store.ts';

/** Pages that are read for one answer, where nobody of them set out. */
const mostPages = 10;

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

  /** Whoever gathered and never set out was on no round. */
  const isPast = ({ end, runningSince }: Patrol) => end !== null && runningSince !== null;

  app.get(
    '/:n/patrols',
    describe('Rounds that are over, the newest first, with what they saw', 200, PastRounds),
    query(PastQuery),
    async (c) => {
      const { neighbourhoodId } = c.var;
      let cursor: string | null = c.req.valid('query').cursor ?? null;
      let past: Patrol[] = [];
      for (
        let read = 0;
        read < mostPages && past.length === 0 && (read === 0 || cursor !== null);
        read += 1
      ) {
        const page = await patrols.page(neighbourhoodId, cursor, roundsPage);
        past = page.patrols.filter(isPast);
        cursor = page.cursor;
      }
      const reports = await store.of(
        neighbourhoodId,
        past.map(({ id }) => id),
      );
      const rounds = past.map((patrol, i) => ({ patrol, report: reports[i] ?? null }));
      return c.json({ rounds, cursor });
    },
  );

  app.get(
    '/:n/patrols/:p/report',
    describe('A round that is over, with what it saw', 200, PastRound),
    async (c) => {
      const { neighbourhoodId } = c.var;
      const patrolId = pathParam(Id, c.req.param('p'));
      const [patrol, report] = await Promise.all([
        patrols.get(neighbourhoodId, patrolId),
        store.get(neighbourhoodId, patrolId),
      ]);
      if (patrol === null || !isPast(patrol)) throw new AppError('NOT_FOUND');
      return c.json({ patrol, report });
    },
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
