import { Hono } from 'hono';
import type { ErrorCode } from '../../../shared/errors.ts';
import { HandedOver, HandOverCommand, RespondCommand, Responded } from '../../../shared/incident-life.ts';
import type { Guarded } from '../../auth/guards.ts';
import type { Deps } from '../../deps.ts';
import { AppError } from '../../errors.ts';
import { describe, json } from '../../validate.ts';
import { incidentCommands } from '../command.ts';
import { afterResponse, handOver } from './handling.ts';
import { changedHandling, createHandlingStore, handlingGuard, memberGuard } from './store.ts';
import { partOf } from '../life-store.ts';
import { respond } from './response.ts';

/** Where the owner's answer changes nothing about who could be asked. */
const nobodyAsked = { onDuty: [], volunteers: false, everyone: false };

type Refused = { code: ErrorCode; path: string; message: string };
const refusal = ({ code, path, message }: Refused) => new AppError(code, { issues: [{ path, message }] });

/** Answering an incident and handing it over; mounted behind the members' guard. */
export function responseRoutes(deps: Deps) {
  const store = createHandlingStore(deps.redis);
  const run = incidentCommands(deps, 'answers');
  const app = new Hono<Guarded>();

  app.post(
    '/:n/incidents/:i/responses',
    describe('Say what I do about an incident', 201, Responded),
    json(RespondCommand),
    async (c) => {
      const command = c.req.valid('json');
      return await run(c, async ({ neighbourhoodId, incident, author, actor, at }) => {
        const { handling, response: before } = await store.getFor(neighbourhoodId, incident.id, actor.id);
        const owns = handling?.ownerId === actor.id;
        const given = {
          incident,
          memberId: actor.id,
          author,
          sos: incident.sos !== null,
          before,
          owns,
          command,
          at,
        };
        const decided = respond(given);
        if (!decided.ok) throw refusal(decided);
        const { response } = decided;
        const leaves = owns && response.kind === 'stood-down';
        const situation = leaves ? await store.getSituation(neighbourhoodId, incident, at, actor.id) : null;
        const about = { incident, handling, at };
        const next = afterResponse(
          about,
          response,
          situation?.responses ?? [],
          situation?.staff ?? nobodyAsked,
        );
        const own = partOf(neighbourhoodId, { field: `response:${actor.id}`, entity: response });
        // Somebody may answer at this moment who still sees this owner: looked at again at once.
        const changed = next && changedHandling(neighbourhoodId, next.handling, leaves ? at : undefined);
        // Also where it stays as it is: an owner who leaves meanwhile must find this answer, or this answer that.
        const asDecidedOn = handlingGuard(neighbourhoodId, incident.id, handling);
        return {
          event: { type: 'response.given', by: actor.id, response, handling: next?.handling ?? null },
          guards: [own.guard, asDecidedOn, ...(situation?.guardsOf(next?.heir ?? null) ?? [])],
          writes: [own.write, ...(changed?.writes ?? [])],
          body: { response, handling: next?.handling ?? handling },
        };
      });
    },
  );

  app.post(
    '/:n/incidents/:i/handling',
    describe('Hand an incident over', 201, HandedOver),
    json(HandOverCommand),
    async (c) => {
      const { memberId } = c.req.valid('json');
      return await run(c, async ({ neighbourhoodId, incident, author, actor, at }) => {
        const [{ handling, response }, [member = null]] = await Promise.all([
          store.getFor(neighbourhoodId, incident.id, memberId),
          store.getMembers(neighbourhoodId, [memberId]),
        ]);
        const heir = member === null ? null : { member, response };
        const decided = handOver({ incident, handling, actor, heir, author, sos: incident.sos !== null, at });
        if (!decided.ok) throw refusal(decided);
        const changed = changedHandling(neighbourhoodId, decided.handling);
        return {
          event: { type: 'handling.changed', by: actor.id, handling: decided.handling },
          guards: [changed.guard, ...(member === null ? [] : [memberGuard(neighbourhoodId, member)])],
          writes: changed.writes,
          body: { handling: decided.handling },
        };
      });
    },
  );

  return app;
}
