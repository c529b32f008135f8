import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Header, PMTiles, ResolvedValueCache, type Source, TileType } from 'pmtiles';
import type { ByteRange } from './byte-range.ts';
import type { TileAddress } from './tile-address.ts';

const keptDirectories = 64;
const contentTypes: Partial<Record<TileType, string>> = {
  [TileType.Png]: 'image/png',
  [TileType.Jpeg]: 'image/jpeg',
  [TileType.Webp]: 'image/webp',
  [TileType.Avif]: 'image/avif',
};
const chunkSize = 256 * 1024;

/** Tells the operator which file is wrong and why. */
export class BasemapError extends Error {}

/** A PMTiles v3 file that stays open; tiles and ranges are read from its descriptor. */
export type Archive = {
  kind: 'raster' | 'vector';
  size: number;
  /** Changes with the file; no quotes. */
  version: string;
  header: Header;
  /** Plain text, or null where the file names none. */
  attribution: string | null;
  tile: (address: TileAddress) => Promise<{ type: string; body: ArrayBuffer } | null>;
  stream: (range: ByteRange) => ReadableStream<Uint8Array>;
  close: () => Promise<void>;
};

async function read(file: FileHandle, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}

function attributionOf(metadata: unknown): string | null {
  if (typeof metadata !== 'object' || metadata === null || !('attribution' in metadata)) return null;
  if (typeof metadata.attribution !== 'string') return null;
  // Archives often carry HTML here; the map shows words only.
  const text = metadata.attribution
    .replaceAll(/<[^>]*>/gu, ' ')
    .replaceAll('&copy;', '©')
    .replaceAll('&amp;', '&')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return text === '' ? null : text.slice(0, 200);
}

function streamOf(file: FileHandle, { first, last }: ByteRange): ReadableStream<Uint8Array> {
  let at = first;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await read(file, at, Math.min(chunkSize, last - at + 1));
        at += bytes.length;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (bytes.length === 0 || at > last) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Opens a .pmtiles file and reads its header.
 * @throws BasemapError where there is no such file, or it holds no map
 */
export async function openArchive(path: string): Promise<Archive> {
  const name = basename(path);
  const file = await open(path, 'r').catch(() => {
    throw new BasemapError(`BASEMAP: cannot read ${name}`);
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new BasemapError(`BASEMAP: ${name} is not a file`);
    const source: Source = {
      getKey: () => path,
      getBytes: async (offset, length) => ({ data: (await read(file, offset, length)).buffer }),
    };
    const tiles = new PMTiles(source, new ResolvedValueCache(keptDirectories));
    const [header, metadata] = await Promise.all([tiles.getHeader(), tiles.getMetadata()]).catch(() => {
      throw new BasemapError(`BASEMAP: ${name} is not a PMTiles v3 file`);
    });
    const type = contentTypes[header.tileType];
    if (type === undefined && header.tileType !== TileType.Mvt) {
      throw new BasemapError(`BASEMAP: ${name} holds neither images nor Mapbox vector tiles`);
    }
    const version = createHash('sha256')
      .update(`${stats.size} ${stats.mtimeMs} ${stats.ino}`)
      .digest('base64url')
      .slice(0, 16);
    return {
      kind: type === undefined ? 'vector' : 'raster',
      size: stats.size,
      version,
      header,
      attribution: attributionOf(metadata),
      tile: async ({ z, x, y }) => {
        const found = await tiles.getZxy(z, x, y);
        return found === undefined || type === undefined ? null : { type, body: found.data };
      },
      stream: (range) => streamOf(file, range),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
