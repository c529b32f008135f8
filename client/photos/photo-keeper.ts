import * as v from 'valibot';
import type { Storage } from '../state/storage.ts';

/** A photo of a draft: its key names its bytes on this device, and its upload. Another picture has another key. */
export const DraftPhoto = v.object({ key: v.string(), blurred: v.boolean() });
export type DraftPhoto = v.InferOutput<typeof DraftPhoto>;

const Kept = v.object({ bytes: v.instance(ArrayBuffer), at: v.number() });

// Another tab may be about to write the draft that names it.
const settledMs = 2 * 60 * 60_000;

/** The pixels of photos that have not left this device, beside the drafts and letters that name them. */
export function createPhotoKeeper(storage: Storage, now: () => number) {
  return {
    /** Keeps a JPEG. */
    put: (key: string, bytes: ArrayBuffer): Promise<void> => storage.set(key, { bytes, at: now() }),

    /** The JPEG; null where it is not kept any more. */
    get: async (key: string): Promise<ArrayBuffer | null> => {
      const kept = v.safeParse(Kept, await storage.get(key));
      return kept.success ? kept.output.bytes : null;
    },

    async forget(keys: readonly string[]): Promise<void> {
      for (const key of keys) await storage.remove(key);
    },

    /** Forgets what no draft and no letter names any more. */
    async keepOnly(keys: ReadonlySet<string>): Promise<void> {
      for (const [key, value] of await storage.all()) {
        const kept = v.safeParse(Kept, value);
        if (!keys.has(key) && (!kept.success || now() - kept.output.at > settledMs))
          await storage.remove(key);
      }
    },

    clear: () => storage.clear(),
  };
}
