import type { Position } from '../../shared/geo.ts';
import { isHeic } from './heic.ts';

// Where a camera writes where it stood (CIPA DC-008, EXIF 2.32): a TIFF block in a JPEG's APP1 segment, a PNG's eXIf
// chunk, a WebP's EXIF chunk, or an item of a HEIC. Everything comes from a stranger's file: every offset is checked by the DataView.

const gpsInfo = 0x8825;
const gps = { latRef: 1, lat: 2, lngRef: 3, lng: 4 };
const rational = 5;
const ascii = 2;
// More entries than any camera writes in one directory.
const mostEntries = 500;

const text = (view: DataView, at: number, length: number) => {
  let found = '';
  for (let i = 0; i < length; i += 1) found += String.fromCodePoint(view.getUint8(at + i));
  return found;
};
const part = (view: DataView, at: number, length: number) =>
  new DataView(view.buffer, view.byteOffset + at, Math.min(length, view.byteLength - at));

function inJpeg(view: DataView): DataView | null {
  for (let at = 2; view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    // From here on pixels, or the end.
    if (marker === 0xda || marker === 0xd9) return null;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1 && text(view, at + 4, 6) === 'Exif\0\0') return part(view, at + 10, length - 8);
    at += 2 + length;
  }
  return null;
}

function inPng(view: DataView): DataView | null {
  for (let at = 8; at < view.byteLength; at += 12 + view.getUint32(at)) {
    if (text(view, at + 4, 4) === 'eXIf') return part(view, at + 8, view.getUint32(at));
  }
  return null;
}

function inWebp(view: DataView): DataView | null {
  for (let at = 12; at < view.byteLength;) {
    const length = view.getUint32(at + 4, true);
    // Some writers put JPEG's prefix before the block.
    const prefix = text(view, at, 4) === 'EXIF' && text(view, at + 8, 4) === 'Exif' ? 6 : 0;
    if (text(view, at, 4) === 'EXIF') return part(view, at + 8 + prefix, length - prefix);
    at += 8 + length + (length % 2);
  }
  return null;
}

/** Where the items of a HEIC lie takes three boxes to say: their prefix is looked for instead. */
function inHeic(view: DataView): DataView | null {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = bytes.indexOf(0x45); at >= 0 && at + 10 < bytes.length; at = bytes.indexOf(0x45, at + 1)) {
    if (text(view, at, 6) !== 'Exif\0\0') continue;
    const order = text(view, at + 6, 2);
    if (order === 'II' || order === 'MM') return part(view, at + 6, view.byteLength);
  }
  return null;
}

function tiffOf(view: DataView<ArrayBuffer>): DataView | null {
  if (view.getUint16(0) === 0xffd8) return inJpeg(view);
  if (view.getUint32(0) === 0x89504e47) return inPng(view);
  if (isHeic(view.buffer)) return inHeic(view);
  return text(view, 0, 4) === 'RIFF' && text(view, 8, 4) === 'WEBP' ? inWebp(view) : null;
}

type Entry = { type: number; count: number; at: number };

function directory(tiff: DataView, at: number, little: boolean): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const count = Math.min(tiff.getUint16(at, little), mostEntries);
  for (let i = 0; i < count; i += 1) {
    const entry = at + 2 + i * 12;
    entries.set(tiff.getUint16(entry, little), {
      type: tiff.getUint16(entry + 2, little),
      count: tiff.getUint32(entry + 4, little),
      at: entry + 8,
    });
  }
  return entries;
}

/** Degrees, minutes and seconds as one number; null where they are none. */
function degrees(tiff: DataView, entry: Entry | undefined, little: boolean): number | null {
  if (entry?.type !== rational || entry.count < 1 || entry.count > 3) return null;
  const at = tiff.getUint32(entry.at, little);
  let sum = 0;
  for (let i = 0; i < entry.count; i += 1) {
    const above = tiff.getUint32(at + i * 8, little);
    const below = tiff.getUint32(at + i * 8 + 4, little);
    // Cameras write 0/0 for what they do not know.
    if (below === 0) return null;
    sum += above / below / 60 ** i;
  }
  return sum;
}

function letter(tiff: DataView, entry: Entry | undefined): string {
  return entry?.type === ascii ? String.fromCodePoint(tiff.getUint8(entry.at)).toUpperCase() : '';
}

function read(view: DataView<ArrayBuffer>): Position | null {
  const tiff = tiffOf(view);
  if (tiff === null) return null;
  const little = tiff.getUint16(0) === 0x4949;
  const pointer = directory(tiff, tiff.getUint32(4, little), little).get(gpsInfo);
  if (pointer === undefined) return null;
  const entries = directory(tiff, tiff.getUint32(pointer.at, little), little);
  const [latRef, lngRef] = [letter(tiff, entries.get(gps.latRef)), letter(tiff, entries.get(gps.lngRef))];
  const lat = degrees(tiff, entries.get(gps.lat), little);
  const lng = degrees(tiff, entries.get(gps.lng), little);
  if (lat === null || lng === null || !'NS'.includes(latRef || '?') || !'EW'.includes(lngRef || '?'))
    return null;
  // A camera without a fix writes zeroes.
  if (lat > 90 || lng > 180 || (lat === 0 && lng === 0)) return null;
  return { lat: latRef === 'S' ? -lat : lat, lng: lngRef === 'W' ? -lng : lng };
}

/**
 * Where a photo says that it was taken, in degrees.
 * @param bytes a JPEG, PNG, WebP or HEIC, whole or its beginning
 * @returns null where it does not say, or what it says is broken
 */
export function positionIn(bytes: ArrayBuffer): Position | null {
  try {
    return read(new DataView(bytes));
  } catch {
    // An offset that points out of the file.
    return null;
  }
}
