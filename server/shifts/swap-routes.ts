import { Hono } from 'hono';
import { type Swap, SwapAnswerCommand, SwapChanged, SwapCommand, isOpenSwap } from '../../shared/swaps.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import type { Guard } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { changedSwap, createAskStore } from './ask-store.ts';
import { createAskWaking } from './ask-waking.ts';
import { refusal, requireConsent, rotaCommands, shiftOf } from './command.ts';
import { dueAt, isNewcomer } from './shift.ts';
import { changedCommitments, changedShift, createShiftStore } from './store.ts';
import { answer, offer } from './swap.ts';

/** Places given away or swapped between two; mounted behind the members' guard. */
export function swapRoutes(deps: Deps) {
  const { redis } = deps;
  const store = createShiftStore(redis);
  const asks = createAskStore(redis);
  const woken = createAskWaking(redis);
  const run = rotaCommands(deps);
  const app = new Hono<Guarded>();

  const shiftGuard = (neighbourhoodId: string, id: string, version: number): Guard => ({
    key: neighbourhoodKeys(neighbourhoodId).shifts,
    field: id,
    version,
  });

  app.post(
    '/:n/shifts/:s/swaps',
    describe('Offer my place: to somebody or anybody, given away or for a place of theirs', 201, SwapChanged),
    json(SwapCommand),
    async (c) => {
      const command = c.req.valid('json');
      const load = shiftOf(deps, c);
      return await run(c, async ({ neighbourhoodId, actor, at, commandId }) => {
        const [shift, forShift, to, commitments, all] = await Promise.all([
          load(),
          command.forShiftId === null ? null : store.get(neighbourhoodId, command.forShiftId),
          command.to === null ? null : getMember(redis, neighbourhoodId, command.to),
          store.getCommitments(neighbourhoodId, actor.id),
          asks.listSwaps(neighbourhoodId),
        ]);
        if (command.to !== null && to?.status !== 'active') throw invalid('to', 'must be a member');
        if (command.forShiftId !== null && forShift === null) throw invalid('forShiftId', 'must be a shift');
        const id = derivedId('swap', neighbourhoodId, actor.id, commandId);
        const open = all.filter((one) => one.by === actor.id && isOpenSwap(one) && one.expiresAt > at);
        const decided = offer({ id, by: actor.id, shift, forShift, command, commitments, open, at });
        if (!decided.ok) throw refusal(decided);
        const { swap } = decided;
        const change = changedSwap(neighbourhoodId, swap);
        return {
          event: { type: 'swap.offered', by: actor.id, swap },
          guards: [change.guard, shiftGuard(neighbourhoodId, shift.id, shift.version)],
          writes: change.writes,
          body: { swap, shifts: [] },
        };
      });
    },
  );

  app.post(
    '/:n/swaps/:w/answer',
    describe('Take an offered place, decline it, or take one’s offer back', 201, SwapChanged),
    json(SwapAnswerCommand),
    async (c) => {
      const command = c.req.valid('json');
      const swapId = pathParam(Id, c.req.param('w'));
      return await run(c, async ({ neighbourhoodId, actor, at }) => {
        const before = await asks.getSwap(neighbourhoodId, swapId);
        if (before === null) throw new AppError('NOT_FOUND');
        if (command.answer === 'accept') await requireConsent(store, neighbourhoodId);
        const load = async (id: string | null) => (id === null ? null : await store.get(neighbourhoodId, id));
        const [shift, forShift, offerer] = await Promise.all([
          load(before.shiftId),
          load(before.forShiftId),
          getMember(redis, neighbourhoodId, before.by),
        ]);
        const gone = shift === null || offerer?.status !== 'active';
        if (gone || (before.forShiftId !== null && forShift === null)) throw new AppError('CONFLICT');
        const [theirs, mine, ...served] = await Promise.all([
          store.getCommitments(neighbourhoodId, before.by),
          store.getCommitments(neighbourhoodId, actor.id),
          store.getServed(neighbourhoodId, before.by),
          store.getServed(neighbourhoodId, actor.id),
        ]);
        const decided = answer({
          ...{ swap: before, shift, forShift, command, at },
          offerer: {
            ...{ memberId: offerer.id, commitments: theirs },
            newcomer: isNewcomer(offerer, served[0], at),
          },
          taker: { memberId: actor.id, commitments: mine, newcomer: isNewcomer(actor, served[1], at) },
        });
        if (!decided.ok) throw refusal(decided);
        const { swap, shifts, commitments } = decided;
        const changes = [
          changedSwap(neighbourhoodId, swap),
          ...shifts.map((one) => changedShift(neighbourhoodId, one, dueAt(one, at))),
        ];
        const kept = commitments.map((one) => changedCommitments(neighbourhoodId, one));
        const { members: key } = neighbourhoodKeys(neighbourhoodId);
        // With the place, the other offers and questions about it are over.
        const left = shifts.length === 0 ? [] : forShift === null ? [shift] : [shift, forShift];
        const others = await Promise.all(left.map((one) => woken(neighbourhoodId, one, at)));
        return {
          event: { type: 'swap.closed', by: actor.id, swap, shifts },
          guards: [
            ...changes.map(({ guard }) => guard),
            ...kept.map(({ guard }) => guard),
            { key, field: offerer.id, version: offerer.version },
          ],
          writes: [
            ...changes.flatMap(({ writes }) => writes),
            ...kept.map(({ write }) => write),
            ...others.flat(),
          ],
          body: { swap: swap satisfies Swap, shifts },
        };
      });
    },
  );

  return app;
}
