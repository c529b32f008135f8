import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A photo's two files. */
export type Size = 'photo' | 'thumbnail';
export type Pixels = Record<Size, Uint8Array>;

const endings: Record<Size, string> = { photo: '.jpg', thumbnail: '.thumbnail.jpg' };
const sizes: readonly Size[] = ['thumbnail', 'photo'];

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Flushes a file or a folder's list of names. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The pixels, as files that their owner alone may read: `<dataDir>/photos/<neighbourhood id>/<photo id>.jpg`. Every
 * process of a neighbourhood needs the same folder. Ids must have been checked: they become paths.
 */
export function createPhotoFiles(dataDir: string) {
  const root = join(dataDir, 'photos');
  const folderOf = (neighbourhoodId: string) => join(root, neighbourhoodId);
  const pathOf = (neighbourhoodId: string, photoId: string, size: Size) =>
    join(folderOf(neighbourhoodId), photoId + endings[size]);

  return {
    /** Resolves once both files are on the disk, whole, under their names. */
    async write(neighbourhoodId: string, photoId: string, pixels: Pixels): Promise<void> {
      const folder = folderOf(neighbourhoodId);
      const made = await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const size of sizes) {
        const temporary = join(folder, `.${randomUUID()}`);
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await handle.writeFile(pixels[size]);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, pathOf(neighbourhoodId, photoId, size));
      }
      await sync(folder);
      if (made !== undefined) for (const parent of [root, dataDir]) await sync(parent);
    },

    /** The bytes; null where they are not there. */
    async read(
      neighbourhoodId: string,
      photoId: string,
      size: Size,
    ): Promise<Uint8Array<ArrayBuffer> | null> {
      try {
        return new Uint8Array(await readFile(pathOf(neighbourhoodId, photoId, size)));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    /** What is not there is fine. */
    async remove(neighbourhoodId: string, photoId: string): Promise<void> {
      for (const size of sizes) await rm(pathOf(neighbourhoodId, photoId, size), { force: true });
    },

    /** Removes all photos of a neighbourhood. */
    async removeAll(neighbourhoodId: string): Promise<void> {
      await rm(folderOf(neighbourhoodId), { recursive: true, force: true });
    },

    /** Removes what was written before `before` (epoch ms) and belongs to no photo: the traces of a crash. */
    async sweep(
      neighbourhoodId: string,
      before: number,
      isKnown: (photoId: string) => Promise<boolean>,
    ): Promise<void> {
      const folder = folderOf(neighbourhoodId);
      let names: string[];
      try {
        names = await readdir(folder);
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      for (const name of names) {
        const [photoId = ''] = name.split('.');
        if (photoId !== '' && (await isKnown(photoId))) continue;
        const path = join(folder, name);
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
        if (mtimeMs < before) await rm(path, { force: true });
      }
    },
  };
}
