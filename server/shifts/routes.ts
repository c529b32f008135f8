import { Hono } from 'hono';
import * as v from 'valibot';
import {
  CancelShiftCommand,
  mostDaysAhead,
  type Shift,
  ShiftAnswer,
  ShiftChanged,
  ShiftCommand,
  ShiftPage,
  SignUpCommand,
} from '../../shared/shifts.ts';
import { createAreas } from '../areas.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { describe, json, query } from '../validate.ts';
import { createAskWaking } from './ask-waking.ts';
import { refusal, requireConsent, requirePlanner, rotaCommands, shiftOf } from './command.ts';
import { cancel, change, dueAt, freed, isNewcomer, join, leave, plan } from './shift.ts';
import { changedCommitments, changedShift, createShiftStore, mostShifts } from './store.ts';

const day = 24 * 3600 * 1000;
const longestAnswerMs = 35 * day;
/** Where people meet may lie so far outside. */
const outsideMetres = 500;

const Moment = v.pipe(
  v.string(),
  v.regex(/^\d{1,15}$/u, 'must be a time in milliseconds'),
  v.transform(Number),
);
const ShiftQuery = v.strictObject({ from: Moment, to: Moment });

const full = () =>
  new AppError('CONFLICT', { issues: [{ path: '', message: 'there are too many shifts planned already' }] });

/** @throws AppError INVALID_INPUT for a meeting point or a route somewhere else */
export function placeChecker(deps: Pick<Deps, 'redis'>) {
  const areas = createAreas(deps.redis);
  return async (
    neighbourhoodId: string,
    { meeting, route }: Pick<ShiftCommand, 'meeting' | 'route'>,
  ): Promise<void> => {
    const holds = ({ lat, lng }: { lat: number; lng: number }) =>
      areas.holds(neighbourhoodId, { lat, lng }, outsideMetres);
    const message = `must be in the neighbourhood, or at most ${outsideMetres} m outside`;
    if (!(await holds(meeting.position))) throw invalid('meeting.position', message);
    for (const [i, corner] of route.entries()) {
      if (!(await holds(corner))) throw invalid(`route.${i}`, message);
    }
  };
}

/** Shifts and who comes; mounted behind the members' guard. */
export function shiftRoutes(deps: Deps) {
  const store = createShiftStore(deps.redis);
  const woken = createAskWaking(deps.redis);
  const checkPlaces = placeChecker(deps);
  const run = rotaCommands(deps);
  const app = new Hono<Guarded>();

  /** The shift's next version, looked at again when it is due. */
  const stored = (neighbourhoodId: string, shift: Shift, at: number) =>
    changedShift(neighbourhoodId, shift, dueAt(shift, at));

  app.get('/:n/shifts', describe('Shifts of a time', 200, ShiftPage), query(ShiftQuery), async (c) => {
    const { neighbourhoodId } = c.var;
    const { from, to } = c.req.valid('query');
    if (to - from > longestAnswerMs) throw invalid('to', 'must be at most 35 days after the beginning');
    const [shifts, series] = await Promise.all([
      store.between(neighbourhoodId, from, to),
      store.listSeries(neighbourhoodId),
    ]);
    return c.json({ shifts, series });
  });

  app.get('/:n/shifts/:s', describe('A shift', 200, ShiftAnswer), async (c) => {
    const shift = await shiftOf(deps, c)();
    return c.json({ shift });
  });

  app.post('/:n/shifts', describe('Plan a shift', 201, ShiftChanged), json(ShiftCommand), async (c) => {
    const command = c.req.valid('json');
    return await run(c, async ({ neighbourhoodId, actor, at, commandId }) => {
      requirePlanner(actor);
      await requireConsent(store, neighbourhoodId);
      await checkPlaces(neighbourhoodId, command);
      const coming = await store.between(neighbourhoodId, at, at + mostDaysAhead * day);
      if (coming.length >= mostShifts) throw full();
      const id = derivedId('shift', neighbourhoodId, actor.id, commandId);
      const decided = plan(command, { id, by: actor.id, at });
      if (!decided.ok) throw refusal(decided);
      const { shift } = decided;
      const kept = stored(neighbourhoodId, shift, at);
      return {
        event: { type: 'shifts.planned', by: actor.id, series: null, shifts: [shift], gone: [] },
        guards: [kept.guard],
        writes: kept.writes,
        body: { shift },
      };
    });
  });

  app.post(
    '/:n/shifts/:s/changes',
    describe('Change a shift, this once where it is one of a series', 201, ShiftChanged),
    json(ShiftCommand),
    async (c) => {
      const command = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        requirePlanner(actor);
        const before = await load();
        await checkPlaces(neighbourhoodId, command);
        const signedUp = before.signUps.map(({ memberId }) => memberId);
        const commitments = await store.listCommitments(neighbourhoodId, signedUp);
        const decided = change(before, command, commitments, at);
        if (!decided.ok) throw refusal(decided);
        const { shift, released } = decided;
        const kept = stored(neighbourhoodId, shift, at);
        const theirs = decided.commitments.map((one) => changedCommitments(neighbourhoodId, one));
        return {
          event:
            signedUp.length === 0
              ? { type: 'shifts.planned', by: actor.id, series: null, shifts: [shift], gone: [] }
              : { type: 'shift.changed', by: actor.id, shift, memberIds: released },
          guards: [kept.guard, ...theirs.map(({ guard }) => guard)],
          writes: [
            ...kept.writes,
            ...theirs.map(({ write }) => write),
            ...(await woken(neighbourhoodId, before, at)),
          ],
          body: { shift },
        };
      });
    },
  );

  app.post(
    '/:n/shifts/:s/cancellation',
    describe('Cancel a shift, with the reason', 201, ShiftChanged),
    json(CancelShiftCommand),
    async (c) => {
      const { reason } = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        requirePlanner(actor);
        const decided = cancel(await load(), reason, at);
        if (!decided.ok) throw refusal(decided);
        // By itself: its series does not bring it back.
        const shift: Shift = { ...decided.shift, follows: null };
        const memberIds = shift.signUps.map(({ memberId }) => memberId);
        const theirs = (await store.listCommitments(neighbourhoodId, memberIds)).map((one) =>
          changedCommitments(neighbourhoodId, freed(one, shift.id)),
        );
        const kept = stored(neighbourhoodId, shift, at);
        return {
          event: { type: 'shift.cancelled', by: actor.id, shift, memberIds },
          guards: [kept.guard, ...theirs.map(({ guard }) => guard)],
          writes: [
            ...kept.writes,
            ...theirs.map(({ write }) => write),
            ...(await woken(neighbourhoodId, shift, at)),
          ],
          body: { shift },
        };
      });
    },
  );

  app.post(
    '/:n/shifts/:s/sign-ups',
    describe('Sign up for a shift, for certain or if nobody else does', 201, ShiftChanged),
    json(SignUpCommand),
    async (c) => {
      const command = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const before = await load();
        await requireConsent(store, neighbourhoodId);
        const [commitments, served] = await Promise.all([
          store.getCommitments(neighbourhoodId, actor.id),
          store.getServed(neighbourhoodId, actor.id),
        ]);
        const newcomer = isNewcomer(actor, served, at);
        const joining = { shift: before, commitments, memberId: actor.id, newcomer, command, at };
        const decided = join(joining);
        if (!decided.ok) throw refusal(decided);
        const kept = stored(neighbourhoodId, decided.shift, at);
        const mine = changedCommitments(neighbourhoodId, decided.commitments);
        return {
          event: { type: 'shift.joined', by: actor.id, shift: decided.shift, memberIds: [actor.id] },
          guards: [kept.guard, mine.guard],
          writes: [...kept.writes, mine.write],
          body: { shift: decided.shift },
        };
      });
    },
  );

  app.post(
    '/:n/shifts/:s/leaving',
    describe('Take my sign-up back', 201, ShiftChanged),
    json(v.strictObject({})),
    async (c) => {
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const [before, commitments] = await Promise.all([
          load(),
          store.getCommitments(neighbourhoodId, actor.id),
        ]);
        const decided = leave(before, actor.id, at);
        if (!decided.ok) throw refusal(decided);
        const kept = stored(neighbourhoodId, decided.shift, at);
        const mine = changedCommitments(neighbourhoodId, freed(commitments, before.id));
        return {
          event: { type: 'shift.left', by: actor.id, shift: decided.shift, memberIds: [actor.id] },
          guards: [kept.guard, mine.guard],
          writes: [...kept.writes, mine.write, ...(await woken(neighbourhoodId, before, at))],
          body: { shift: decided.shift },
        };
      });
    },
  );

  return app;
}
