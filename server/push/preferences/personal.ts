import { getMember } from '../../auth/membership.ts';
import type { Deps, Keeper } from '../../deps.ts';
import { createPreferenceStore } from './store.ts';

/** How a member wants to be told: for handing it over with their places, and for erasing it. */
export function preferenceKeeper({ redis }: Pick<Deps, 'redis'>): Keeper {
  const store = createPreferenceStore(redis);
  return {
    async handOver({ neighbourhoodId, memberId }) {
      const [preferences, digest] = await Promise.all([
        store.get(neighbourhoodId, memberId),
        store.getDigest(neighbourhoodId, memberId),
      ]);
      return { notificationPreferences: preferences, digest };
    },
    erase: ({ neighbourhoodId, memberId }) => store.forget(neighbourhoodId, memberId),
  };
}

/**
 * With the timer `memberLeft:<neighbourhood>:<member>`, set with the end of a membership: where they live is nothing to
 * keep.
 */
export function preferenceLeaver({ redis }: Pick<Deps, 'redis'>) {
  const store = createPreferenceStore(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<null> => {
    const member = await getMember(redis, neighbourhoodId, memberId);
    if (member?.status !== 'active') await store.forget(neighbourhoodId, memberId);
    return null;
  };
}
