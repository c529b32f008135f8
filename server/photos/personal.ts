import type { Deps, Keeper } from '../deps.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { createPhotoFiles } from './files.ts';
import { createPhotoStore } from './store.ts';

/** The photos of one member: for handing over where they are, and for erasing them. */
export function photoKeeper({ env, redis }: Pick<Deps, 'env' | 'redis'>): Keeper {
  const store = createPhotoStore(redis);
  const files = createPhotoFiles(env.DATA_DIR);
  return {
    async handOver({ neighbourhoodId, memberId }) {
      const photos = [];
      for await (const { id, uploadedBy, uploadedAt, incidentId } of store.all(neighbourhoodId)) {
        if (uploadedBy !== memberId) continue;
        const address = `/api/neighbourhoods/${neighbourhoodId}/photos/${id}`;
        photos.push({ id, uploadedAt, incidentId, address });
      }
      return { photos };
    },

    async erase({ neighbourhoodId, memberId }) {
      for await (const photo of store.all(neighbourhoodId)) {
        if (photo.uploadedBy !== memberId) continue;
        await store.drop(neighbourhoodId, photo);
        await files.remove(neighbourhoodId, photo.id);
      }
    },

    async afterErasing({ neighbourhoodId }) {
      const { meta } = neighbourhoodKeys(neighbourhoodId);
      // It ended with its last member.
      if ((await redis.send(meta, 'EXISTS', meta)) === 0) await files.removeAll(neighbourhoodId);
    },
  };
}
