import { Hono } from 'hono';
import { Posted, UpdateCommand } from '../../shared/incident-life.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { describe, json } from '../validate.ts';
import { incidentCommands } from './command.ts';
import { afterUpdate } from './handling/handling.ts';
import { changedHandling, createHandlingStore, memberGuard } from './handling/store.ts';
import { createLifeStore, newUpdate } from './life-store.ts';
import { mentionsOf, post } from './update.ts';

/** Observations and comments on an incident; mounted behind the members' guard. */
export function updateRoutes(deps: Deps) {
  const lives = createLifeStore(deps.redis);
  const people = createHandlingStore(deps.redis);
  const run = incidentCommands(deps, 'updates');
  const app = new Hono<Guarded>();

  app.post(
    '/:n/incidents/:i/updates',
    describe('Say what I see of an incident, or talk about it', 201, Posted),
    json(UpdateCommand),
    async (c) => {
      const command = c.req.valid('json');
      return await run(c, async ({ neighbourhoodId, incident, author, actor, at, commandId }) => {
        const [{ handling, response }, found, count] = await Promise.all([
          people.getFor(neighbourhoodId, incident.id, actor.id),
          people.getMembers(neighbourhoodId, mentionsOf(command, actor.id)),
          lives.countUpdates(neighbourhoodId, incident.id),
        ]);
        const mentioned = found.flatMap((one) => (one === null ? [] : [one]));
        const id = derivedId('update', neighbourhoodId, incident.id, actor.id, commandId);
        const decided = post({
          ...{ id, incident, author, memberId: actor.id },
          ...{ command, mentioned, count, at },
        });
        if (!decided.ok) {
          const { code, path, message } = decided;
          throw new AppError(code, { issues: [{ path, message }] });
        }
        const { update } = decided;
        const stored = newUpdate(neighbourhoodId, update);
        // A word without a name must not come with the owner's time: it would say whose it is.
        const heard = update.by === null ? null : afterUpdate({ incident, handling, at }, actor.id, response);
        const renewed = heard && changedHandling(neighbourhoodId, heard);
        return {
          event: { type: 'update.posted', by: update.by, update, handling: heard },
          guards: [
            stored.guard,
            ...mentioned.map((one) => memberGuard(neighbourhoodId, one)),
            ...(renewed === null ? [] : [renewed.guard]),
          ],
          writes: [stored.write, ...(renewed?.writes ?? [])],
          body: { update },
        };
      });
    },
  );

  return app;
}
