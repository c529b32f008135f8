import { longestSide } from '../../shared/photos.ts';
import { isHeic } from './heic.ts';

const quality = 0.82;

/** A canvas as JPEG: pixels alone, nothing of the file that they came from. */
export async function jpegOf(canvas: HTMLCanvasElement): Promise<ArrayBuffer> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
  if (blob === null) throw new TypeError('this browser makes no JPEG');
  return await blob.arrayBuffer();
}

/** Reads a picture, upright; null where this browser cannot. */
async function decode(picture: Blob): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(picture, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
}

/** Opens one of our own JPEGs. */
export const openJpeg = (bytes: ArrayBuffer) => decode(new Blob([bytes], { type: 'image/jpeg' }));

type Decoded = { picture: ImageBitmap | HTMLImageElement; width: number; height: number; end: () => void };

/** What Safari reads as an image of a page, though not every version makes bitmaps of it. */
async function asImage(file: Blob): Promise<Decoded | null> {
  const url = URL.createObjectURL(file);
  const picture = new Image();
  picture.src = url;
  const end = () => URL.revokeObjectURL(url);
  try {
    await picture.decode();
    return { picture, width: picture.naturalWidth, height: picture.naturalHeight, end };
  } catch {
    end();
    return null;
  }
}

async function open(file: Blob): Promise<Decoded | null> {
  const picture = await decode(file);
  if (picture === null) return isHeic(await file.slice(0, 12).arrayBuffer()) ? await asImage(file) : null;
  return { picture, width: picture.width, height: picture.height, end: () => picture.close() };
}

/**
 * Makes what leaves the device of a file that somebody picked: at most 1600 px, upright, without the place, the camera
 * and the time that cameras write into their files.
 * @returns null for what this browser cannot read as a picture
 */
export async function shrink(file: Blob): Promise<ArrayBuffer | null> {
  const opened = await open(file);
  if (opened === null) return null;
  const { picture, width, height, end } = opened;
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return null;
  // JPEG knows no transparency.
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  end();
  return await jpegOf(canvas);
}
