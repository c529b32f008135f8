import type { Deps } from '../deps.ts';
import { createPhotoFiles } from './files.ts';
import { unusedUntil } from './photo.ts';
import { createPhotoStore } from './store.ts';

// An upload under way has files before it has a record.
const underWayMs = 3600 * 1000;

/**
 * The end of photos. Redis forgets first, by a version that a report at the same moment would move, then the files go;
 * what a crash between the two leaves is found by the sweep.
 */
export function photoRetention({ env, redis, now }: Pick<Deps, 'env' | 'redis' | 'now'>) {
  const store = createPhotoStore(redis);
  const files = createPhotoFiles(env.DATA_DIR);

  /** Whether nothing needs the photo any more. */
  async function isOver(
    neighbourhoodId: string,
    photo: { incidentId: string | null; uploadedAt: number },
  ): Promise<boolean> {
    if (photo.incidentId === null) return unusedUntil(photo.uploadedAt) <= now();
    return !(await store.isIncidentThere(neighbourhoodId, photo.incidentId));
  }

  return {
    /** Timer of one photo: goes if no report has used it by then. */
    unused: async (neighbourhoodId: string, photoId: string): Promise<number | null> => {
      const photo = await store.get(neighbourhoodId, photoId);
      if (photo === null || photo.incidentId !== null) return null;
      if (!(await isOver(neighbourhoodId, photo))) return unusedUntil(photo.uploadedAt);
      if (await store.drop(neighbourhoodId, photo)) await files.remove(neighbourhoodId, photoId);
      return null;
    },

    /** Removes the photos of incidents that are forgotten, and files that belong to nothing. */
    sweep: async (neighbourhoodId: string): Promise<void> => {
      for await (const photo of store.all(neighbourhoodId)) {
        if ((await isOver(neighbourhoodId, photo)) && (await store.drop(neighbourhoodId, photo)))
          await files.remove(neighbourhoodId, photo.id);
      }
      const isKnown = async (photoId: string) => (await store.get(neighbourhoodId, photoId)) !== null;
      await files.sweep(neighbourhoodId, now() - underWayMs, isKnown);
    },
  };
}
