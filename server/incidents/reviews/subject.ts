import { type FlagSubject, updateIdIn } from '../../../shared/hiding.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Redis } from '../../redis/client.ts';
import { createLifeStore } from '../life-store.ts';
import type { Situation } from './review.ts';

/** What a review is about, beside its incident: the observation or comment that is meant, and who wrote what. */
export type Subject = Pick<Situation, 'update' | 'reporter' | 'author'>;

/** Reads what reviews are about. */
export function createSubjects(redis: Redis) {
  const lives = createLifeStore(redis);
  return {
    /** @returns null where what was written is not there, or not any more */
    async get(
      neighbourhoodId: string,
      { incident, author: reporter }: { incident: Incident; author: string | null },
      of: FlagSubject,
    ): Promise<Subject | null> {
      const updateId = updateIdIn(of);
      if (updateId === null) return { update: null, reporter, author: reporter };
      const update = await lives.getUpdate(neighbourhoodId, incident.id, updateId);
      // Words without a name are the reporter's own, about their own incident.
      return update && { update, reporter, author: update.by ?? reporter };
    },
  };
}
