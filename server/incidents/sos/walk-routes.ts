import type { Context } from 'hono';
import { Hono } from 'hono';
import { SosEndCommand, type Walk, WalkAnswer, WalkCommand } from '../../../shared/sos.ts';
import { actorOf, type Actor, type Guarded } from '../../auth/guards.ts';
import { checkCode } from '../../codes.ts';
import type { Deps } from '../../deps.ts';
import { AppError, invalid } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { describe, json } from '../../validate.ts';
import { createHistoryStore } from '../history-store.ts';
import { raise } from './sos.ts';
import { changedWalk, createSosStore, newSos } from './store.ts';
import { isUnderWay, setOut } from './walk.ts';

/** "I am walking home": mounted behind the members' guard. Nothing of it is anybody else's to read. */
export function walkRoutes(deps: Deps) {
  const { redis, eventLog, limits, now } = deps;
  const store = createSosStore(redis);
  const history = createHistoryStore(redis);
  const app = new Hono<Guarded>();

  /** Under duress: what the member was made to do is done, and an SOS begins that they do not see. */
  async function raiseUnseen(neighbourhoodId: string, by: Actor, walk: Walk): Promise<boolean> {
    const memberId = by.member.id;
    const [{ last }, { sharing }, standIn] = await Promise.all([
      store.getLast(neighbourhoodId, memberId),
      store.getSettings(neighbourhoodId, memberId),
      store.getStandIn(neighbourhoodId),
    ]);
    const at = now();
    const who = { id: newId(), memberId, sharing, standIn, at, note: walk.note };
    const decided = raise({ ...who, startedBy: 'walk', silent: true, unseen: by.member });
    const sos = newSos(neighbourhoodId, decided.incident, decided.record, last);
    const changed = changedWalk(neighbourhoodId, walk);
    const committed = await eventLog.commit({
      neighbourhoodId,
      event: decided.event,
      at,
      guards: [by.guard, changed.guard, ...sos.guards],
      writes: [
        ...changed.writes,
        ...sos.writes,
        ...(await history.appended(neighbourhoodId, decided.event, at)),
      ],
      body: {},
    });
    return committed !== null;
  }

  /** Decides and stores until nothing came in between. A walk that is under way takes the member's code. */
  async function change(
    c: Context<Guarded>,
    code: string | undefined,
    decide: (before: Walk | null) => Walk | null,
  ) {
    const { neighbourhoodId } = c.var;
    const actor = actorOf(c, deps);
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const by = await actor();
      const [before, { codes }] = await Promise.all([
        store.getWalk(neighbourhoodId, by.member.id),
        store.getSettings(neighbourhoodId, by.member.id),
      ]);
      const walk = decide(before);
      if (walk === null) return c.json({ walk: before });
      const check = isUnderWay(before) ? await checkCode(limits, by.member.id, codes, code) : 'right';
      if (check === 'wrong')
        throw new AppError('FORBIDDEN', { issues: [{ path: 'code', message: 'is not right' }] });
      const done =
        check === 'duress'
          ? await raiseUnseen(neighbourhoodId, by, walk)
          : await store.putWalk(neighbourhoodId, by.member, walk);
      if (done) return c.json({ walk });
    }
    throw new AppError('CONFLICT');
  }

  app.get('/:n/walk', describe('My way home', 200, WalkAnswer), async (c) =>
    c.json({ walk: await store.getWalk(c.var.neighbourhoodId, c.var.member.id) }),
  );

  app.put('/:n/walk', describe('Set out, or put the time off', 200, WalkAnswer), json(WalkCommand), (c) => {
    const command = c.req.valid('json');
    const id = newId();
    return change(c, command.code, (before) => {
      const decided = setOut({ id, memberId: c.var.member.id, before, command, at: now() });
      if (!decided.ok) throw invalid(decided.path, decided.message);
      return decided.walk;
    });
  });

  app.put('/:n/walk/home', describe('I am home', 200, WalkAnswer), json(SosEndCommand), (c) =>
    change(c, c.req.valid('json').code, (before) =>
      // Late, or again: the SOS it became is ended as one.
      isUnderWay(before) ? { ...before, version: before.version + 1, state: 'home' } : null,
    ),
  );

  return app;
}
