import type { ClaimPhotos } from '../deps.ts';
import { invalid } from '../errors.ts';
import type { Redis } from '../redis/client.ts';
import { usedIn } from './photo.ts';
import { createPhotoStore, usedPhoto } from './store.ts';

/** How the photos of a report become its incident's. */
export function claimPhotos(redis: Redis): ClaimPhotos {
  const store = createPhotoStore(redis);
  return async ({ neighbourhoodId, memberId, incidentId, photoIds }) => {
    const claimed = await Promise.all(
      photoIds.map(async (photoId, at) => {
        const used = usedIn(await store.get(neighbourhoodId, photoId), memberId, incidentId);
        if (used === null) throw invalid(`photoIds.${at}`, 'must be a photo of yours that is not used yet');
        return usedPhoto(neighbourhoodId, used);
      }),
    );
    return {
      guards: claimed.map(({ guard }) => guard),
      writes: claimed.flatMap(({ writes }) => writes),
    };
  };
}
