import { Hono } from 'hono';
import {
  BlockCommand,
  Blocking,
  JoinPatrolCommand,
  PartnerCodeShown,
  PatrolChanged,
  type Route,
  StartPatrolCommand,
  walkersOf,
} from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import { createAreas } from '../areas.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { putPrivate } from '../eventlog/private.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { createCodes } from './codes.ts';
import { patrolCommands, refusal, roundCommands } from './command.ts';
import { ask, join, start, startOutsideMetres } from './patrol.ts';
import { changedPatrol, createPatrolStore } from './store.ts';

/** What rounds have to know of the rota. */
export type Rota = {
  /** The shift that a round is walked for; null where there is none. */
  getShift: (neighbourhoodId: string, shiftId: string) => Promise<{ status: string; route: Route } | null>;
  /** Whether the members want patrols here. */
  isWanted: (neighbourhoodId: string) => Promise<boolean>;
};

/** Rounds from the first walker to the end; mounted behind the members' guard. */
export function patrolRoutes(deps: Deps, rota: Rota) {
  const { redis, eventLog, limits, now } = deps;
  const store = createPatrolStore(redis);
  const areas = createAreas(redis);
  const codes = createCodes(redis);
  const run = roundCommands(deps);
  const change = patrolCommands(deps);
  const app = new Hono<Guarded>();

  async function routeOf(neighbourhoodId: string, shiftId: string | undefined): Promise<Route | null> {
    if (shiftId === undefined) return null;
    const shift = await rota.getShift(neighbourhoodId, shiftId);
    if (shift === null || shift.status !== 'planned')
      throw invalid('shiftId', 'must be a shift that is planned');
    return shift.route.length < 2 ? null : shift.route;
  }

  app.post(
    '/:n/patrols',
    describe('Start a round; it runs with the second walker', 201, PatrolChanged),
    json(StartPatrolCommand),
    (c) => {
      const { shiftId, route, position, checkIn } = c.req.valid('json');
      return run(c, async ({ neighbourhoodId, actor, at, commandId }) => {
        const [planned, here, walked, open, wanted] = await Promise.all([
          routeOf(neighbourhoodId, shiftId),
          position === undefined || areas.holds(neighbourhoodId, position, startOutsideMetres),
          store.walkedBy(neighbourhoodId, actor.id),
          store.countOpen(neighbourhoodId),
          rota.isWanted(neighbourhoodId),
        ]);
        const decided = start({
          id: derivedId('patrol', neighbourhoodId, actor.id, commandId),
          member: actor,
          shiftId: shiftId ?? null,
          route: planned ?? route ?? null,
          checkIn,
          wanted,
          here,
          walking: walked !== null,
          open,
          at,
        });
        if (!decided.ok) throw refusal(decided);
        const { patrol, event } = decided;
        return { event, ...changedPatrol(neighbourhoodId, null, patrol, at), body: { patrol } };
      });
    },
  );

  app.get(
    '/:n/patrols/:p/code',
    describe('The code that a partner beside me types or scans', 200, PartnerCodeShown),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const patrol = await store.get(neighbourhoodId, pathParam(Id, c.req.param('p')));
      if (patrol === null) throw new AppError('NOT_FOUND');
      if (!walkersOf(patrol).includes(member.id)) throw new AppError('FORBIDDEN');
      return c.json(await codes.showPartnerCode(neighbourhoodId, patrol.id, now()));
    },
  );

  app.post(
    '/:n/patrols/:p/walkers',
    describe('Come along: at once with the code, else a walker is asked', 201, PatrolChanged),
    json(JoinPatrolCommand),
    (c) => {
      const { code } = c.req.valid('json');
      return change(c, async (before, { neighbourhoodId, actor, at }) => {
        const walking = (await store.walkedBy(neighbourhoodId, actor.id)) !== null;
        const joining = { patrol: before, memberId: actor.id, walking, at };
        if (code === undefined) return ask(joining);
        await limits.count('partnerCodes', actor.id);
        if (!(await codes.isPartnerCode(neighbourhoodId, before.id, code, at))) {
          const issues = [{ path: 'code', message: 'is not right, or not any more' }];
          throw new AppError('FORBIDDEN', { issues });
        }
        await limits.giveBack('partnerCodes', actor.id);
        return join(joining, null);
      });
    },
  );

  app.post(
    '/:n/patrols/:p/walkers/:m',
    describe('Let somebody come along who asked and stands beside me', 201, PatrolChanged),
    (c) => {
      const memberId = pathParam(Id, c.req.param('m'));
      return change(c, async (before, { neighbourhoodId, actor, at }) => {
        const [walked, member] = await Promise.all([
          store.walkedBy(neighbourhoodId, memberId),
          getMember(redis, neighbourhoodId, memberId),
        ]);
        // Who asked may have left, or been removed, since.
        if (member?.status !== 'active') throw new AppError('NOT_FOUND');
        const joined = join({ patrol: before, memberId, walking: walked !== null, at }, actor.id);
        const { members: key } = neighbourhoodKeys(neighbourhoodId);
        return { ...joined, guards: [{ key, field: memberId, version: member.version }] };
      });
    },
  );

  app.get('/:n/patrols/blocking', describe('Whom I am not shown to', 200, Blocking), async (c) => {
    const { blocked } = await store.getBlocking(c.var.neighbourhoodId, c.var.member.id);
    return c.json({ blocked });
  });

  app.put(
    '/:n/patrols/blocking',
    describe('Choose whom I am not shown to', 200, Blocking),
    json(BlockCommand),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const blocked = [...new Set(c.req.valid('json').blocked)];
      if (blocked.includes(member.id)) throw invalid('blocked', 'must be others');
      const actor = actorOf(c, deps);
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const by = await actor();
        const { version } = await store.getBlocking(neighbourhoodId, member.id);
        const entity = { version: version + 1, blocked };
        const key = neighbourhoodKeys(neighbourhoodId).patrolBlocking;
        if (!(await putPrivate(redis, neighbourhoodId, by.member, { key, entity }))) continue;
        // Where they are known to be already, without waiting for their next position.
        await eventLog.tellBlocking(neighbourhoodId, member.id);
        return c.json({ blocked });
      }
      throw new AppError('CONFLICT');
    },
  );

  return app;
}
