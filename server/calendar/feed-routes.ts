import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { CalendarCode } from '../../shared/calendars.ts';
import { addressOf } from '../auth/guards.ts';
import { getMember } from '../auth/membership.ts';
import { originOf } from '../auth/origin.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { secretMatches } from '../ids.ts';
import { createNeighbourhoodStore } from '../neighbourhoods/store.ts';
import { createShiftStore } from '../shifts/store.ts';
import { describe } from '../validate.ts';
import { daysAhead, daysBack, feedOf } from './feed.ts';
import { writeCalendar } from './icalendar.ts';
import { createCalendarStore, type StoredCalendar } from './store.ts';

const day = 24 * 3600 * 1000;

/**
 * What a calendar program reads, which has a link and no session. All links that open nothing answer alike; one ends
 * with the membership of whose it is, and coming back later does not bring it back.
 */
export function calendarFeedRoutes({ env, redis, limits, now }: Deps) {
  const store = createCalendarStore(redis);
  const neighbourhoods = createNeighbourhoodStore(redis);
  const rota = createShiftStore(redis);
  const app = new Hono();

  /** @throws AppError NOT_FOUND for every code that opens nothing, counted as a guess */
  async function requireCalendar(c: Context): Promise<{ neighbourhoodId: string; calendar: StoredCalendar }> {
    const address = addressOf(c, env);
    await limits.check('guesses', address);
    const code = v.safeParse(CalendarCode, c.req.param('code'));
    if (code.success) {
      const [neighbourhoodId = '', field = '', secret = ''] = code.output.split('.');
      const calendar = await store.get(neighbourhoodId, field);
      if (calendar !== null && secretMatches(secret, calendar.secretHash)) {
        await limits.count('feeds', field);
        const member = await getMember(redis, neighbourhoodId, calendar.memberId);
        const holds = member?.status === 'active' && member.joinedAt <= calendar.renewedAt;
        if (holds) return { neighbourhoodId, calendar };
        // Somebody's own program that asks on: no guess.
        throw new AppError('NOT_FOUND');
      }
    }
    await limits.count('guesses', address);
    throw new AppError('NOT_FOUND');
  }

  app.get('/:code', describe('A calendar of shifts (iCalendar), by its link alone', 200), async (c) => {
    const { neighbourhoodId, calendar } = await requireCalendar(c);
    const at = now();
    const [neighbourhood, shifts] = await Promise.all([
      neighbourhoods.getNeighbourhood(neighbourhoodId),
      rota.between(neighbourhoodId, at - daysBack * day, at + daysAhead * day),
    ]);
    if (neighbourhood === null) throw new AppError('NOT_FOUND');
    const { scope, memberId } = calendar;
    const feed = feedOf(shifts, { neighbourhood, scope, memberId, origin: originOf(c.req.url, env) });
    return c.body(writeCalendar(feed, at), 200, {
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': 'inline; filename="vigie.ics"',
      'Cache-Control': 'private, max-age=300',
    });
  });

  return app;
}
