import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { type Drill, DrillChanged, DrillDetail, Drills, DrillSeenCommand } from '../../shared/drills.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { commandOf, replayedIfRefused } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam } from '../validate.ts';
import { end, start } from './drill.ts';
import { changedDrill, createDrillStore } from './store.ts';

const Nothing = v.strictObject({});

type Decided = ({ ok: true; drill: Drill } | { ok: false; code: ErrorCode; message: string }) & {
  type: 'drill.started' | 'drill.ended';
  last: Drill | null;
};

/** Drills: told to everybody as an alert is, and counted; mounted behind the members' guard. */
export function drillRoutes(deps: Deps) {
  const { redis, reach, eventLog, limits, now } = deps;
  const store = createDrillStore(redis);
  const app = new Hono<Guarded>();

  async function found(c: Context<Guarded>): Promise<Drill> {
    const drill = await store.get(c.var.neighbourhoodId, pathParam(Id, c.req.param('d')));
    if (drill === null) throw new AppError('NOT_FOUND');
    return drill;
  }

  app.get('/:n/drills', describe('The last drills', 200, Drills), async (c) =>
    c.json({ drills: await store.list(c.var.neighbourhoodId) }),
  );

  app.get('/:n/drills/:d', describe('A drill, and how far it got', 200, DrillDetail), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const drill = await found(c);
    const at = drill.end?.at ?? now();
    const [figures, mine] = await Promise.all([
      drill.end?.figures ?? store.figures(neighbourhoodId, drill.id, at),
      store.stepFor(neighbourhoodId, drill.id, member.id, at),
    ]);
    return c.json({ drill, figures, mine });
  });

  /** Commits what is decided on one drill, and answers with it. */
  async function run(
    c: Context<Guarded>,
    decide: (asking: { actor: Member; at: number; commandId: string }) => Promise<Decided>,
  ) {
    const { neighbourhoodId, member } = c.var;
    const command = await commandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const actor = actorOf(c, deps);
    const committed = await replayedIfRefused(deps, receipt, async () => {
      await limits.count('drills', member.id);
      return await eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = now();
        const decided = await decide({ actor: by.member, at, commandId: command.id });
        if (!decided.ok)
          throw new AppError(decided.code, { issues: [{ path: '', message: decided.message }] });
        const { drill, type, last } = decided;
        const change = changedDrill(neighbourhoodId, drill, last);
        return {
          ...{ neighbourhoodId, at, receipt, body: { drill } },
          event: { type, by: by.member.id, drill },
          guards: [by.guard, ...change.guards],
          writes: change.writes,
        };
      });
    });
    if (committed.replayed) c.header('Idempotency-Replayed', 'true');
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  }

  app.post('/:n/drills', describe('Start a drill', 201, DrillChanged), json(Nothing), async (c) => {
    const { neighbourhoodId } = c.var;
    return await run(c, async ({ actor, at, commandId }) => {
      const last = await store.last(neighbourhoodId);
      const decided = start({ actor, last, id: derivedId('drill', actor.id, commandId), at });
      // Before anybody is told; where it is not committed after all, it ends by itself.
      if (decided.ok) await store.noteDevices(neighbourhoodId, decided.drill.id);
      return { ...decided, type: 'drill.started', last };
    });
  });

  app.post('/:n/drills/:d/end', describe('End a drill', 201, DrillChanged), json(Nothing), async (c) => {
    const { neighbourhoodId } = c.var;
    return await run(c, async ({ actor, at }) => {
      const drill = await found(c);
      const decided = end(drill, actor, await store.figures(neighbourhoodId, drill.id, at), at);
      return { ...decided, type: 'drill.ended', last: null };
    });
  });

  // As the receipts of alerts: by its nature a repetition changes nothing, and no answer is kept for it.
  app.post(
    '/:n/drills/:d/seen',
    describe('Say that this device got a drill, or that somebody saw it', 204),
    json(DrillSeenCommand),
    async (c) => {
      const { neighbourhoodId, member, session } = c.var;
      await commandOf(c);
      const drill = await found(c);
      if (drill.end !== null) throw new AppError('CONFLICT');
      const { deviceId } = session;
      const add = (how: 'got' | 'saw', devices: string[]) =>
        reach.add(neighbourhoodId, drill.id, { of: 'alert', how }, devices);
      if (c.req.valid('json').kind === 'got') await add('got', [deviceId]);
      else {
        const seen = { memberId: member.id, deviceId };
        const devices = await store.devicesSeenBy(neighbourhoodId, drill.id, seen);
        if (devices.length > 0) await Promise.all([add('got', devices), add('saw', devices)]);
      }
      return c.body(null, 204);
    },
  );

  return app;
}
