import * as v from 'valibot';
import { type FlagSubject, maskedIncident, maskedUpdate, updateSubject } from '../../../shared/hiding.ts';
import { Update } from '../../../shared/incident-life.ts';
import { Incident } from '../../../shared/incidents.ts';
import type { Review } from '../../../shared/reviews.ts';
import type { Write } from '../../eventlog/eventlog.ts';
import { takeFromReceiptsOf } from '../../eventlog/receipts.ts';
import type { Redis } from '../../redis/client.ts';
import { createHistoryStore, withoutContent } from '../history-store.ts';
import { isOver } from './store.ts';

const Answered = v.looseObject({ incident: v.optional(Incident), update: v.optional(Update) });

/** What a command was answered with, without what was removed. */
function withoutRemoved(body: string, review: Pick<Review, 'id' | 'of'>): string {
  const answered = v.safeParse(Answered, JSON.parse(body));
  if (!answered.success) return body;
  const { incident, update, ...rest } = answered.output;
  const hides = [{ of: review.of, reviewId: review.id, removed: null }];
  const isMeant = (of: FlagSubject) => of === review.of;
  return JSON.stringify({
    ...(incident === undefined ? {} : { incident: maskedIncident(incident, hides) }),
    ...(update === undefined
      ? {}
      : { update: isMeant(updateSubject(update.id)) ? maskedUpdate(update, hides) : update }),
    ...rest,
  });
}

/**
 * What a jury removed goes for good, once nobody may appeal, from what tells of the incident too: from what commands were
 * answered with at once, from its history by these writes. Nothing of it is read while it is hidden, whatever becomes of
 * the commit.
 */
export function createGone(redis: Redis) {
  const history = createHistoryStore(redis);
  return async (neighbourhoodId: string, review: Review): Promise<Write[]> => {
    if (!isOver(review)) return [];
    const { incidentId, of } = review;
    await takeFromReceiptsOf(redis, neighbourhoodId, incidentId, (body) => withoutRemoved(body, review));
    return await history.rewritten(neighbourhoodId, incidentId, (entry) => withoutContent(entry, [{ of }]));
  };
}
