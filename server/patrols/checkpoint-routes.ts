import { Hono } from 'hono';
import * as v from 'valibot';
import {
  Checkpoint,
  CheckpointCommand,
  Checkpoints,
  PatrolChanged,
  VisitCommand,
  walkersOf,
} from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import { createAreas } from '../areas.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { place, standsAt } from './checkpoint.ts';
import { createCheckpointStore } from './checkpoint-store.ts';
import { createCodes } from './codes.ts';
import { patrolCommands, refusal, roundCommands } from './command.ts';
import { startOutsideMetres, visit } from './patrol.ts';

const Placed = v.object({ checkpoint: Checkpoint, seq: v.number() });

/** Codes on the way, and reading them; mounted behind the members' guard. */
export function checkpointRoutes(deps: Deps) {
  const { redis, eventLog, now } = deps;
  const store = createCheckpointStore(redis);
  const areas = createAreas(redis);
  const codes = createCodes(redis);
  const run = roundCommands(deps);
  const change = patrolCommands(deps);
  const app = new Hono<Guarded>();

  app.get(
    '/:n/checkpoints',
    describe('The checkpoints; with their codes for volunteers', 200, Checkpoints),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const prints = member.role !== 'resident';
      const found = await store.list(neighbourhoodId);
      const checkpoints = found.map(async (one) => ({
        ...one,
        code: prints ? await codes.checkpointCode(neighbourhoodId, one.id) : null,
      }));
      return c.json({ checkpoints: await Promise.all(checkpoints) });
    },
  );

  app.post('/:n/checkpoints', describe('Place a checkpoint', 201, Placed), json(CheckpointCommand), (c) => {
    const command = c.req.valid('json');
    return run(c, async ({ neighbourhoodId, actor, commandId }) => {
      const [inside, found] = await Promise.all([
        areas.holds(neighbourhoodId, command.position, startOutsideMetres),
        store.list(neighbourhoodId),
      ]);
      const id = derivedId('checkpoint', neighbourhoodId, actor.id, commandId);
      const decided = place({ id, member: actor, command, inside, count: found.length });
      if (!decided.ok) throw refusal(decided);
      const { checkpoint, event } = decided;
      return { event, ...store.placed(neighbourhoodId, checkpoint), body: { checkpoint } };
    });
  });

  app.delete('/:n/checkpoints/:k', describe('Take a checkpoint away', 204), async (c) => {
    const { neighbourhoodId } = c.var;
    const id = pathParam(Id, c.req.param('k'));
    const actor = actorOf(c, deps);
    await eventLog.decideAndCommit(async () => {
      const by = await actor();
      if (by.member.role === 'resident') throw new AppError('FORBIDDEN');
      const checkpoint = await store.get(neighbourhoodId, id);
      if (checkpoint === null) throw new AppError('NOT_FOUND');
      const { checkpoints: key } = neighbourhoodKeys(neighbourhoodId);
      return {
        neighbourhoodId,
        event: { type: 'checkpoint.removed', by: by.member.id, checkpoint },
        at: now(),
        guards: [by.guard, { key, field: id, version: checkpoint.version }],
        writes: [['HDEL', key, id]],
        body: {},
      };
    });
    return c.body(null, 204);
  });

  app.post(
    '/:n/patrols/:p/visits',
    describe('Read a checkpoint’s code where it hangs', 201, PatrolChanged),
    json(VisitCommand),
    (c) => {
      const { code, ...standing } = c.req.valid('json');
      return change(c, async (before, { neighbourhoodId, actor, at }) => {
        if (!walkersOf(before).includes(actor.id)) throw new AppError('FORBIDDEN');
        const id = await codes.checkpointOf(neighbourhoodId, code);
        const checkpoint = id === null ? null : await store.get(neighbourhoodId, id);
        const issue = (path: string, message: string) => ({
          ok: false as const,
          code: 'INVALID_INPUT' as const,
          path,
          message,
        });
        if (checkpoint === null) return issue('code', 'is no checkpoint’s of this neighbourhood');
        if (!standsAt(checkpoint, standing, at)) return issue('position', 'is not at this checkpoint');
        return visit(before, actor.id, checkpoint.id, at);
      });
    },
  );

  return app;
}
