import { Hono } from 'hono';
import * as v from 'valibot';
import {
  Checkpoint,
  CheckpointCommand,
  Checkpoints,
  CheckpointVisited,
  VisitCommand,
  walkersOf,
} from '../../shared/patrols.ts';
import { Id } from '../../shared/text.ts';
import { createAreas } from '../areas.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { secretCommandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { place, standsAt } from './checkpoint.ts';
import { createCheckpointStore } from './checkpoint-store.ts';
import { createCodes } from './codes.ts';
import { refusal, roundCommands } from './command.ts';
import { startOutsideMetres, visitRefused } from './patrol.ts';
import { createPatrolStore } from './store.ts';
import { createVisitStore } from './visit-store.ts';

/** Partners may stand there at the same moment. */
const attempts = 10;
const Placed = v.object({ checkpoint: Checkpoint, seq: v.number() });

/** Codes on the way, and reading them; mounted behind the members' guard. */
export function checkpointRoutes(deps: Deps) {
  const { redis, eventLog, limits, now } = deps;
  const store = createCheckpointStore(redis);
  const patrols = createPatrolStore(redis);
  const visits = createVisitStore(redis);
  const areas = createAreas(redis);
  const codes = createCodes(redis);
  const run = roundCommands(deps);
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
    describe('Read a checkpoint’s code where it hangs', 201, CheckpointVisited),
    json(VisitCommand),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const { code, ...standing } = c.req.valid('json');
      const patrolId = pathParam(Id, c.req.param('p'));
      const { id: command, fingerprint } = await secretCommandOf(c);
      const actor = actorOf(c, deps);
      await limits.count('patrols', member.id);
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const by = await actor();
        const [patrol, { visits: reached, count }] = await Promise.all([
          patrols.get(neighbourhoodId, patrolId),
          visits.list(neighbourhoodId, patrolId),
        ]);
        if (patrol === null) throw new AppError('NOT_FOUND');
        if (!walkersOf(patrol).includes(member.id)) throw new AppError('FORBIDDEN');
        const earlier = [...reached.values()].find((visit) => visit.command === command);
        if (earlier !== undefined) {
          if (earlier.fingerprint !== fingerprint) throw new AppError('IDEMPOTENCY_KEY_REUSED');
          await limits.giveBack('patrols', member.id);
          c.header('Idempotency-Replayed', 'true');
          return c.json({ patrolId, visited: earlier.visited }, 201);
        }
        const id = await codes.checkpointOf(neighbourhoodId, code);
        const checkpoint = id === null ? null : await store.get(neighbourhoodId, id);
        if (checkpoint === null) throw invalid('code', 'is no checkpoint’s of this neighbourhood');
        if (!standsAt(checkpoint, standing, now())) throw invalid('position', 'is not at this checkpoint');
        const refused = visitRefused(patrol, member.id, reached.has(checkpoint.id));
        if (refused !== null) throw refusal(refused);
        const visited = count + 1;
        const visit = { command, fingerprint, visited };
        if (!(await visits.put(neighbourhoodId, by.member, patrol, checkpoint.id, visit))) continue;
        await eventLog.tellVisited(neighbourhoodId, { patrolId, visited });
        return c.json({ patrolId, visited }, 201);
      }
      throw new AppError('CONFLICT');
    },
  );

  return app;
}
