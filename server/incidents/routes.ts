import { Hono } from 'hono';
import { IncidentDetail, IncidentPage, ListQuery, Reported, ReportCommand } from '../../shared/incidents.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, json, pathParam, query } from '../validate.ts';
import { createAreas } from './area.ts';
import { replayedIfRefused } from './command.ts';
import { report } from './incident.ts';
import { createLifeStore } from './life-store.ts';
import { createIncidentStore, newIncident } from './store.ts';

/** Reporting and reading incidents; mounted behind the members' guard. */
export function incidentRoutes(deps: Deps) {
  const { redis, eventLog, limits, now } = deps;
  const store = createIncidentStore(redis);
  const lives = createLifeStore(redis);
  const areas = createAreas(redis);
  const app = new Hono<Guarded>();

  app.post('/:n/incidents', describe('Report an incident', 201, Reported), json(ReportCommand), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const command = await commandOf(c);
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const given = c.req.valid('json');
    const id = derivedId('incident', neighbourhoodId, member.id, command.id);
    const actor = actorOf(c, deps);
    const committed = await replayedIfRefused(deps, receipt, async () => {
      await limits.count('reports', member.id);
      return await eventLog.decideAndCommit(async () => {
        const by = await actor();
        const at = now();
        const inside = await areas.holds(neighbourhoodId, given.position);
        const decided = report({ id, memberId: member.id, command: given, at }, inside);
        if (!decided.ok) throw invalid(decided.path, decided.message);
        const change = newIncident(neighbourhoodId, decided.incident, member.id);
        return {
          neighbourhoodId,
          event: decided.event,
          at,
          guards: [by.guard, ...change.guards],
          writes: change.writes,
          body: { incident: decided.incident },
          receipt,
        };
      });
    });
    if (committed.replayed) {
      await limits.giveBack('reports', member.id);
      c.header('Idempotency-Replayed', 'true');
    }
    return c.json({ ...committed.body, seq: committed.seq }, 201);
  });

  app.get('/:n/incidents', describe('List incidents', 200, IncidentPage), query(ListQuery), async (c) =>
    c.json(await store.list(c.var.neighbourhoodId, c.req.valid('query'))),
  );

  app.get('/:n/incidents/:i', describe('One incident', 200, IncidentDetail), async (c) => {
    const { neighbourhoodId } = c.var;
    const incidentId = pathParam(Id, c.req.param('i'));
    const incident = await store.get(neighbourhoodId, incidentId);
    if (incident === null) throw new AppError('NOT_FOUND');
    const [life, updates, reach] = await Promise.all([
      lives.get(neighbourhoodId, incidentId),
      lives.getUpdates(neighbourhoodId, incidentId),
      store.getReach(neighbourhoodId, incidentId),
    ]);
    return c.json({ incident, life, updates, reach });
  });

  return app;
}
