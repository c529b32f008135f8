import { Hono } from 'hono';
import * as v from 'valibot';
import { Neighbourhood, SettingsCommand } from '../../shared/neighbourhoods.ts';
import { actorOf, type Guarded, requireCoordinator } from '../auth/guards.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { describe, json } from '../validate.ts';
import { changeSettings } from './neighbourhood.ts';
import { createNeighbourhoodStore, settingsChange } from './store.ts';

/** What coordinators decide for their neighbourhood; mounted behind the members' guard. */
export function settingsRoutes(deps: Deps) {
  const { redis, eventLog, now } = deps;
  const store = createNeighbourhoodStore(redis);
  return new Hono<Guarded>().put(
    '/:n/settings',
    describe(
      'Change after how many days incidents are forgotten',
      200,
      v.object({ neighbourhood: Neighbourhood }),
    ),
    json(SettingsCommand),
    async (c) => {
      const { neighbourhoodId } = c.var;
      requireCoordinator(c.var.member);
      const actor = actorOf(c, deps);
      const settings = c.req.valid('json');
      const committed = await eventLog.decideAndCommit(async () => {
        const [by, before] = await Promise.all([actor(), store.getNeighbourhood(neighbourhoodId)]);
        if (before === null) throw new AppError('NOT_FOUND');
        const decided = changeSettings(before, settings, by.member);
        if (!decided.ok) throw new AppError(decided.code);
        const at = now();
        const change = settingsChange(decided.neighbourhood, at);
        return {
          neighbourhoodId,
          event: decided.event,
          at,
          guards: [by.guard, change.guard],
          writes: change.writes,
          body: { neighbourhood: decided.neighbourhood },
        };
      });
      return c.json(committed.body);
    },
  );
}
