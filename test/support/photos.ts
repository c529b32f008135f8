import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { PhotoUploaded } from '../../shared/photos.ts';
import type { Phone } from './phone.ts';

const folder = join(import.meta.dirname, '../../../shared/data/photos');

/** A real photo's bytes; null, and a line that says so, where the photos are not beside the repository. */
export function realPhoto(name: string): Uint8Array<ArrayBuffer> | null {
  const path = join(folder, name);
  if (existsSync(path)) return new Uint8Array(readFileSync(path));
  process.stdout.write(`not checked, because ../shared/data/photos/${name} is not beside this repository\n`);
  return null;
}

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
function crc(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

/** A grey PNG of any size, with chunks of one's own: a few bytes for thousands of lines. */
export function png(
  { width, height }: { width: number; height: number },
  extra: { type: string; data: Uint8Array }[] = [],
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const lines = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height), { level: 9 });
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      ...extra.map(({ type, data }) => chunk(type, data)),
      chunk('IDAT', lines),
      chunk('IEND', new Uint8Array()),
    ]),
  );
}

/** The form that a client sends. */
export function photoForm(bytes: Uint8Array<ArrayBuffer>, name = 'photo.jpg', type = 'image/jpeg'): FormData {
  const form = new FormData();
  form.set('photo', new File([bytes], name, { type }));
  return form;
}

/** Uploads and demands success. */
export async function uploadPhoto(
  phone: Phone,
  neighbourhoodId: string,
  bytes: Uint8Array<ArrayBuffer> = png({ width: 640, height: 480 }),
): Promise<string> {
  const answer = phone.post<PhotoUploaded>(`/api/neighbourhoods/${neighbourhoodId}/photos`, photoForm(bytes));
  return (await phone.must(answer)).photoId;
}
