import { Hono } from 'hono';
import { defaultMode, FollowCommand, Following } from '../../shared/following.ts';
import { Id } from '../../shared/text.ts';
import type { Guarded } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { describe, json, pathParam } from '../validate.ts';
import { createFollowingStore } from './following-store.ts';
import { createHandlingStore } from './handling/store.ts';
import { createIncidentStore } from './store.ts';

/** What of one incident is pushed to whoever asks, and to nobody else's knowledge; mounted behind the members' guard. */
export function followingRoutes({ redis }: Pick<Deps, 'redis'>) {
  const store = createFollowingStore(redis);
  const incidents = createIncidentStore(redis);
  const handlings = createHandlingStore(redis);
  const app = new Hono<Guarded>();

  app.get('/:n/incidents/:i/following', describe('How I follow an incident', 200, Following), async (c) => {
    const { neighbourhoodId, member } = c.var;
    const incidentId = pathParam(Id, c.req.param('i'));
    const [found, chosen, preferred, { response }] = await Promise.all([
      incidents.getWithAuthor(neighbourhoodId, incidentId),
      store.get(neighbourhoodId, incidentId, member.id),
      store.preferredOf(neighbourhoodId, member.id),
      handlings.getFor(neighbourhoodId, incidentId, member.id),
    ]);
    if (found === null) throw new AppError('NOT_FOUND');
    return c.json({
      mode: chosen ?? defaultMode(found.author === member.id, response, preferred),
      chosen: chosen !== null,
    });
  });

  app.put(
    '/:n/incidents/:i/following',
    describe('Follow an incident, or mute it', 200, Following),
    json(FollowCommand),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const incidentId = pathParam(Id, c.req.param('i'));
      const { mode } = c.req.valid('json');
      if ((await incidents.get(neighbourhoodId, incidentId)) === null) throw new AppError('NOT_FOUND');
      await store.set(neighbourhoodId, incidentId, member.id, mode);
      return c.json({ mode, chosen: true });
    },
  );

  return app;
}
