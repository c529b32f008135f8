import { Hono } from 'hono';
import * as v from 'valibot';
import { SeriesChanged, SeriesCommand, type ShiftSeries } from '../../shared/shifts.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { timeZoneOf } from '../time-zones.ts';
import { describe, json, pathParam } from '../validate.ts';
import { refusal, requireConsent, requirePlanner, rotaCommands } from './command.ts';
import { placeChecker } from './routes.ts';
import { longestSeriesMs, mostSeries, planSeries } from './series.ts';
import { changedSeries, daysOf, seriesTimer } from './series-store.ts';
import { createShiftStore } from './store.ts';

const day = 24 * 3600 * 1000;
const notRunning = () =>
  new AppError('CONFLICT', { issues: [{ path: '', message: 'this series has ended' }] });

/** Shifts that come again: planned, changed and ended as one; mounted behind the members' guard. */
export function seriesRoutes(deps: Deps) {
  const { redis, logger } = deps;
  const store = createShiftStore(redis);
  const checkPlaces = placeChecker(deps);
  const makeShifts = seriesTimer(deps);
  const run = rotaCommands(deps);
  const app = new Hono<Guarded>();

  /** Who planned it sees the shifts at once; should that fail, the timer makes them. */
  async function withShifts(neighbourhoodId: string, seriesId: string, answer: Response): Promise<Response> {
    await makeShifts(neighbourhoodId, seriesId).catch((error: unknown) => {
      logger.warn({ err: error }, 'shifts of a series are not made yet');
    });
    return answer;
  }

  async function runningSeries(neighbourhoodId: string, seriesId: string): Promise<ShiftSeries> {
    const series = await store.getSeries(neighbourhoodId, seriesId);
    if (series === null) throw new AppError('NOT_FOUND');
    if (series.status !== 'running') throw notRunning();
    return series;
  }

  app.post(
    '/:n/shift-series',
    describe('Plan shifts that come again', 201, SeriesChanged),
    json(SeriesCommand),
    async (c) => {
      const command = c.req.valid('json');
      const { neighbourhoodId } = c.var;
      let seriesId = '';
      const answer = await run(c, async ({ actor, at, commandId }) => {
        requirePlanner(actor);
        await requireConsent(store, neighbourhoodId);
        await checkPlaces(neighbourhoodId, command);
        const all = await store.listSeries(neighbourhoodId);
        if (all.filter(({ status }) => status === 'running').length >= mostSeries) {
          const message = `there are ${mostSeries} series already`;
          throw new AppError('CONFLICT', { issues: [{ path: '', message }] });
        }
        const timeZone = await timeZoneOf(redis, neighbourhoodId);
        const id = derivedId('series', neighbourhoodId, actor.id, commandId);
        const days = daysOf({ ...command, timeZone }, at, longestSeriesMs + 400 * day);
        const decided = planSeries(command, { id, before: null, by: actor.id, timeZone, at }, days);
        if (!decided.ok) throw refusal(decided);
        const { series } = decided;
        seriesId = id;
        return {
          event: { type: 'shifts.planned', by: actor.id, series, shifts: [], gone: [] },
          ...changedSeries(neighbourhoodId, series, at),
          body: { series },
        };
      });
      return seriesId === '' ? answer : await withShifts(neighbourhoodId, seriesId, answer);
    },
  );

  app.post(
    '/:n/shift-series/:r/changes',
    describe('Change all coming shifts of a series', 201, SeriesChanged),
    json(SeriesCommand),
    async (c) => {
      const command = c.req.valid('json');
      const { neighbourhoodId } = c.var;
      const seriesId = pathParam(Id, c.req.param('r'));
      const answer = await run(c, async ({ actor, at }) => {
        requirePlanner(actor);
        const before = await runningSeries(neighbourhoodId, seriesId);
        await checkPlaces(neighbourhoodId, command);
        const { timeZone } = before;
        const days = daysOf({ ...command, timeZone }, at, longestSeriesMs + 400 * day);
        const of = { id: seriesId, before, by: actor.id, timeZone, at };
        const decided = planSeries(command, of, days);
        if (!decided.ok) throw refusal(decided);
        const { series } = decided;
        return {
          event: { type: 'shifts.planned', by: actor.id, series, shifts: [], gone: [] },
          ...changedSeries(neighbourhoodId, series, at),
          body: { series },
        };
      });
      return await withShifts(neighbourhoodId, seriesId, answer);
    },
  );

  app.post(
    '/:n/shift-series/:r/end',
    describe('End a series: its coming shifts are cancelled', 201, SeriesChanged),
    json(v.strictObject({})),
    async (c) => {
      const { neighbourhoodId } = c.var;
      const seriesId = pathParam(Id, c.req.param('r'));
      const answer = await run(c, async ({ actor, at }) => {
        requirePlanner(actor);
        const before = await runningSeries(neighbourhoodId, seriesId);
        const series: ShiftSeries = { ...before, version: before.version + 1, status: 'ended' };
        return {
          event: { type: 'shifts.planned', by: actor.id, series, shifts: [], gone: [] },
          ...changedSeries(neighbourhoodId, series, at),
          body: { series },
        };
      });
      return await withShifts(neighbourhoodId, seriesId, answer);
    },
  );

  return app;
}
