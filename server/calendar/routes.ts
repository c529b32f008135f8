import { Hono } from 'hono';
import * as v from 'valibot';
import { CalendarLink, Calendars, CalendarScope } from '../../shared/calendars.ts';
import type { Guarded } from '../auth/guards.ts';
import { originOf } from '../auth/origin.ts';
import type { Deps, Keeper } from '../deps.ts';
import { newSecret } from '../ids.ts';
import { describe, json, pathParam } from '../validate.ts';
import { createCalendarStore } from './store.ts';

/** A member's links to calendars: mounted behind the members' guard. */
export function calendarRoutes({ env, redis, limits, now }: Deps) {
  const store = createCalendarStore(redis);
  const app = new Hono<Guarded>();
  const scopeOf = (text: string | undefined) => v.parse(CalendarScope, pathParam(CalendarScope, text));

  app.get('/:n/calendars', describe('Which calendars I subscribed to', 200, Calendars), async (c) =>
    c.json({ calendars: await store.list(c.var.neighbourhoodId, c.var.member.id) }),
  );

  // A repetition gives another link, and that is the one that works: nobody has seen the first.
  app.put(
    '/:n/calendars/:scope',
    describe('A new link to a calendar; an earlier one works no more', 200, CalendarLink),
    json(v.strictObject({})),
    async (c) => {
      const { neighbourhoodId, member } = c.var;
      const scope = scopeOf(c.req.param('scope'));
      await limits.count('calendars', member.id);
      const renewedAt = now();
      const made = { memberId: member.id, scope, renewedAt, secret: newSecret() };
      const code = `${neighbourhoodId}.${await store.renew(neighbourhoodId, made)}`;
      return c.json({ scope, url: `${originOf(c.req.url, env)}/api/calendars/${code}`, renewedAt });
    },
  );

  app.delete('/:n/calendars/:scope', describe('End a calendar’s link', 204), async (c) => {
    await store.end(c.var.neighbourhoodId, c.var.member.id, [scopeOf(c.req.param('scope'))]);
    return c.body(null, 204);
  });

  return app;
}

/** What a member's calendars are: for handing over, and for erasing. Their links are not to be had again. */
export function calendarKeeper({ redis }: Pick<Deps, 'redis'>): Keeper {
  const store = createCalendarStore(redis);
  return {
    handOver: async ({ neighbourhoodId, memberId }) => ({
      calendars: await store.list(neighbourhoodId, memberId),
    }),
    erase: ({ neighbourhoodId, memberId }) => store.end(neighbourhoodId, memberId, CalendarScope.options),
  };
}
