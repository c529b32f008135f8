import { Hono } from 'hono';
import { ShiftChanged, type Shift } from '../../shared/shifts.ts';
import { TurnoutCommand } from '../../shared/rota-totals.ts';
import {
  AttendanceCommand,
  type Cover,
  CoverChanged,
  CoverCommand,
  isOpenCover,
} from '../../shared/swaps.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { describe, json } from '../validate.ts';
import { changedCover, coverIdOf, createAskStore } from './ask-store.ts';
import { createAskWaking } from './ask-waking.ts';
import { attend, countTurnout } from './attendance.ts';
import { refusal, requireConsent, rotaCommands, shiftOf } from './command.ts';
import { askNext, candidatesFor, filledCover, mayAnswer, seekCover, withdrawnCover } from './cover.ts';
import { handOver } from './handover.ts';
import { conflict, dueAt, freed, isNewcomer } from './shift.ts';
import { changedCommitments, changedShift, createShiftStore } from './store.ts';

/** Whether those who signed up come, and who comes in their place; mounted behind the members' guard. */
export function attendanceRoutes(deps: Deps) {
  const { redis } = deps;
  const store = createShiftStore(redis);
  const asks = createAskStore(redis);
  const woken = createAskWaking(redis);
  const run = rotaCommands(deps);
  const app = new Hono<Guarded>();

  const stored = (neighbourhoodId: string, shift: Shift, at: number) =>
    changedShift(neighbourhoodId, shift, dueAt(shift, at));

  app.post(
    '/:n/shifts/:s/attendance',
    describe('Say that I come, or that I cannot: then others are asked', 201, CoverChanged),
    json(AttendanceCommand),
    async (c) => {
      const coming = c.req.valid('json').answer === 'coming';
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const before = await load();
        const decided = attend(before, actor.id, coming, at);
        if (!decided.ok) throw refusal(decided);
        const { shift } = decided;
        const id = coverIdOf(shift.id, actor.id);
        const earlier = await asks.getCover(neighbourhoodId, id);
        const open = earlier !== null && isOpenCover(earlier);
        const kept = stored(neighbourhoodId, shift, at);
        const changed = (cover: Cover) => {
          const change = changedCover(neighbourhoodId, cover, shift, at);
          return {
            guards: [kept.guard, change.guard],
            writes: [...kept.writes, ...change.writes],
            body: { cover, shift },
          };
        };
        if (coming && open) {
          const cover = withdrawnCover(earlier);
          return { event: { type: 'cover.closed', by: actor.id, cover, shift }, ...changed(cover) };
        }
        if (coming || open) {
          return {
            event: { type: 'shift.confirmed', by: actor.id, shift, memberIds: [actor.id] },
            ...{ guards: [kept.guard], writes: kept.writes, body: { cover: earlier, shift } },
          };
        }
        const begun = seekCover(earlier, { id, shiftId: shift.id, by: actor.id, at });
        const volunteers = await asks.listVolunteers(neighbourhoodId, at);
        const cover = askNext(begun, shift, candidatesFor(begun, shift, volunteers, at), at);
        return { event: { type: 'cover.asked', by: actor.id, cover, shift }, ...changed(cover) };
      });
    },
  );

  app.post(
    '/:n/shifts/:s/cover',
    describe('Come in somebody’s place, or say that I do not', 201, CoverChanged),
    json(CoverCommand),
    async (c) => {
      const { answer, evenSo } = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const shift = await load();
        const covers = (await asks.coversOf(neighbourhoodId, shift)).filter(isOpenCover);
        const [first] = covers;
        if (first === undefined) throw refusal(conflict('nobody is asked for'));
        // Where several places are asked for: the one that is asked of this member.
        const before = covers.find((one) => mayAnswer(one, actor.id, answer) === null) ?? first;
        const refused = mayAnswer(before, actor.id, answer);
        if (refused !== null) throw refusal(refused);
        if (answer === 'no') {
          const volunteers = await asks.listVolunteers(neighbourhoodId, at);
          const next = { ...before, version: before.version + 1 };
          const cover = askNext(next, shift, candidatesFor(before, shift, volunteers, at), at);
          const change = changedCover(neighbourhoodId, cover, shift, at);
          return {
            event: { type: 'cover.asked', by: null, cover, shift: null },
            ...{ guards: [change.guard], writes: change.writes, body: { cover, shift } },
          };
        }
        await requireConsent(store, neighbourhoodId);
        const [mine, theirs, served] = await Promise.all([
          store.getCommitments(neighbourhoodId, actor.id),
          store.getCommitments(neighbourhoodId, before.by),
          store.getServed(neighbourhoodId, actor.id),
        ]);
        const taker = { memberId: actor.id, commitments: mine, newcomer: isNewcomer(actor, served, at) };
        const decided = handOver(shift, before.by, taker, { leaves: null, evenSo, at });
        if (!decided.ok) throw refusal(decided);
        const cover = filledCover(before, actor.id);
        const changes = [
          stored(neighbourhoodId, decided.shift, at),
          changedCover(neighbourhoodId, cover, decided.shift, at),
        ];
        const kept = [decided.commitments, freed(theirs, shift.id)].map((one) =>
          changedCommitments(neighbourhoodId, one),
        );
        return {
          event: { type: 'cover.closed', by: actor.id, cover, shift: decided.shift },
          guards: [...changes.map(({ guard }) => guard), ...kept.map(({ guard }) => guard)],
          writes: [
            ...changes.flatMap(({ writes }) => writes),
            ...kept.map(({ write }) => write),
            ...(await woken(neighbourhoodId, shift, at)),
          ],
          body: { cover, shift: decided.shift },
        };
      });
    },
  );

  app.post(
    '/:n/shifts/:s/turnout',
    describe('Say how many of those signed up came', 201, ShiftChanged),
    json(TurnoutCommand),
    async (c) => {
      const { came } = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const decided = countTurnout(await load(), actor.id, came, at);
        if (!decided.ok) throw refusal(decided);
        const { shift } = decided;
        const kept = stored(neighbourhoodId, shift, at);
        return {
          event: { type: 'shift.confirmed', by: null, shift, memberIds: [] },
          ...{ guards: [kept.guard], writes: kept.writes, body: { shift } },
        };
      });
    },
  );

  return app;
}
