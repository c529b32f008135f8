import { longestSide } from '../../shared/photos.ts';

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

/**
 * Makes what leaves the device of a file that somebody picked: at most 1600 px, upright, without the place, the camera
 * and the time that cameras write into their files.
 * @returns null for what this browser cannot read as a picture
 */
export async function shrink(file: Blob): Promise<ArrayBuffer | null> {
  const bitmap = await decode(file);
  if (bitmap === null) return null;
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) return null;
  // JPEG knows no transparency.
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return await jpegOf(canvas);
}
