import type { Deps } from '../../deps.ts';
import { neighbourhoodKeys } from '../../redis/keys.ts';
import { createLifeStore } from '../life-store.ts';
import { createGone } from './gone.ts';
import { pass } from './review.ts';
import { changedReview, createReviewStore } from './store.ts';
import { createSubjects } from './subject.ts';
import { createIncidentStore } from '../store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/**
 * The timer `review:<neighbourhood>:<review>`: silent jurors are replaced, then coordinators are asked, then it ends; what
 * was removed goes for good once nobody may appeal. However often and wherever it runs, each step is done once.
 */
export function reviewTimer({ redis, eventLog, now }: TimerDeps) {
  const incidents = createIncidentStore(redis);
  const lives = createLifeStore(redis);
  const reviews = createReviewStore(redis);
  const subjects = createSubjects(redis);
  const gone = createGone(redis);

  return async (neighbourhoodId: string, reviewId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const before = await reviews.get(neighbourhoodId, reviewId);
      if (before === null) return null;
      const { incidentId } = before.review;
      const found = await incidents.getWithAuthor(neighbourhoodId, incidentId);
      const subject = found && (await subjects.get(neighbourhoodId, found, before.review.of));
      if (found === null || subject === null) {
        await reviews.drop(neighbourhoodId, reviewId);
        return null;
      }
      const { incident } = found;
      const [life, members, content] = await Promise.all([
        lives.get(neighbourhoodId, incidentId),
        reviews.drawMembers(neighbourhoodId),
        reviews.getContent(neighbourhoodId, incident),
      ]);
      const next = pass(before, { ...subject, incident, life, members, at });
      if (next.kind === 'over') return null;
      if (next.kind === 'wait') return next.dueAt;
      const change = changedReview(neighbourhoodId, {
        ...{ incident, content, update: subject.update },
        ...next,
      });
      const { incidents: key } = neighbourhoodKeys(neighbourhoodId);
      await eventLog.commit({
        ...{ neighbourhoodId, at, body: {}, event: change.event },
        writes: [...change.writes, ...(await gone(neighbourhoodId, next.file.review))],
        guards: [...change.guards, { key, field: incidentId, version: incident.version }],
      });
      // Looked at once more, moved or committed: then it waits, or is over.
    }
  };
}

/** Reviews go with what they were about. */
export function reviewRetention({ redis, now }: TimerDeps) {
  const reviews = createReviewStore(redis);
  return async (neighbourhoodId: string, days: number): Promise<void> => {
    await reviews.forgetGone(neighbourhoodId, null);
    await reviews.forget(neighbourhoodId, now() - days * 24 * 3600 * 1000);
  };
}
