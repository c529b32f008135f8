import { CalendarScope } from '../../shared/calendars.ts';
import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { createCalendarStore } from './store.ts';

/** With the timer `memberLeft:<neighbourhood>:<member>`: a link that opened nothing meanwhile opens nothing again. */
export function calendarLeaver({ redis }: Pick<Deps, 'redis'>) {
  const store = createCalendarStore(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<void> => {
    const member = await getMember(redis, neighbourhoodId, memberId);
    if (member?.status !== 'active') await store.end(neighbourhoodId, memberId, CalendarScope.options);
  };
}
