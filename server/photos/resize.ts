import sharp, { type SharpOptions } from 'sharp';
import { longestSide, thumbnailSide } from '../../shared/photos.ts';
import type { Pixels } from './files.ts';
import { formatOf, isBearable } from './photo.ts';

const inside = (side: number) =>
  ({ width: side, height: side, fit: 'inside', withoutEnlargement: true }) as const;

/** Leaves libvips three readers of all it has, one thread and no cache. Call once, before the first photo. */
export function prepareSharp(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  sharp.concurrency(1);
  sharp.cache(false);
}

/**
 * Makes the two pictures that are stored, from whatever was uploaded: upright, in sRGB, without any of the original's
 * bytes. Its header is read before any pixel.
 * @returns null where it is no picture, too large, or broken
 */
export async function resize(bytes: Uint8Array): Promise<Pixels | null> {
  if (formatOf(bytes) === null) return null;
  const options: SharpOptions = { limitInputPixels: 50_000_000, failOn: 'error', pages: 1 };
  try {
    const header = await sharp(bytes, options).metadata();
    if (!isBearable(header)) return null;
    const photo = await sharp(bytes, options)
      .autoOrient()
      .resize(inside(longestSide))
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 75 })
      .toBuffer();
    const thumbnail = await sharp(photo).resize(inside(thumbnailSide)).jpeg({ quality: 70 }).toBuffer();
    return { photo, thumbnail };
  } catch {
    // Whatever libvips says of a stranger's bytes: they are no picture for us.
    return null;
  }
}
