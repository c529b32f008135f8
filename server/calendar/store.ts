import * as v from 'valibot';
import { CalendarScope, type Calendars } from '../../shared/calendars.ts';
import { Id, Timestamp } from '../../shared/text.ts';
import { derivedId, hashSecret } from '../ids.ts';
import type { Redis } from '../redis/client.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asArray, asNullableString } from '../redis/reply.ts';

/** What is known of a link: whose it is, and a hash that only its secret has. */
const StoredCalendar = v.object({
  memberId: Id,
  scope: CalendarScope,
  secretHash: v.string(),
  renewedAt: Timestamp,
});
export type StoredCalendar = v.InferOutput<typeof StoredCalendar>;

/** Where a member's calendar of this kind lies: there is one at a time. */
const fieldOf = (memberId: string, scope: CalendarScope) => derivedId('calendar', memberId, scope);

/** Keeps the links to calendars: each is its member's own business, so no log tells of them. */
export function createCalendarStore(redis: Redis) {
  return {
    /** Gives a new link in place of an earlier one. @returns the part of it after the neighbourhood */
    async renew(
      neighbourhoodId: string,
      calendar: Pick<StoredCalendar, 'memberId' | 'scope' | 'renewedAt'> & { secret: string },
    ): Promise<string> {
      const { calendars } = neighbourhoodKeys(neighbourhoodId);
      const { secret, ...rest } = calendar;
      const field = fieldOf(rest.memberId, rest.scope);
      const stored: StoredCalendar = { ...rest, secretHash: hashSecret(secret) };
      await redis.send(calendars, 'HSET', calendars, field, JSON.stringify(stored));
      return `${field}.${secret}`;
    },

    async get(neighbourhoodId: string, field: string): Promise<StoredCalendar | null> {
      const { calendars } = neighbourhoodKeys(neighbourhoodId);
      const stored = asNullableString(await redis.send(calendars, 'HGET', calendars, field));
      return stored === null ? null : v.parse(StoredCalendar, JSON.parse(stored));
    },

    async list(neighbourhoodId: string, memberId: string): Promise<Calendars['calendars']> {
      const { calendars } = neighbourhoodKeys(neighbourhoodId);
      const fields = CalendarScope.options.map((scope) => fieldOf(memberId, scope));
      const stored = asArray(await redis.send(calendars, 'HMGET', calendars, ...fields));
      return stored.flatMap((value) => {
        if (typeof value !== 'string') return [];
        const { scope, renewedAt } = v.parse(StoredCalendar, JSON.parse(value));
        return [{ scope, renewedAt }];
      });
    },

    async end(neighbourhoodId: string, memberId: string, scopes: readonly CalendarScope[]): Promise<void> {
      const { calendars } = neighbourhoodKeys(neighbourhoodId);
      const fields = scopes.map((scope) => fieldOf(memberId, scope));
      await redis.send(calendars, 'HDEL', calendars, ...fields);
    },
  };
}
