import { writeFile } from 'node:fs/promises';
import { zxyToTileId } from 'pmtiles';

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

type ArchiveSpec = {
  tiles: { z: number; x: number; y: number; body: Buffer }[];
  /** 1 is MVT, 2 is PNG (PMTiles v3, section "Tile type"). */
  tileType: number;
  metadata?: object;
  /** West, south, east, north in degrees. */
  corners?: [number, number, number, number];
};

/** Writes an uncompressed PMTiles v3 archive: header, root directory, metadata, tiles. */
export async function writePmtiles(
  path: string,
  { tiles, tileType, metadata = {}, corners = [0, 0, 0, 0] }: ArchiveSpec,
): Promise<void> {
  const sorted = tiles
    .map((tile) => ({ ...tile, id: zxyToTileId(tile.z, tile.x, tile.y) }))
    .toSorted((a, b) => a.id - b.id);
  let offset = 0;
  const offsets = sorted.map(({ body }) => {
    const at = offset;
    offset += body.length;
    return at;
  });
  const directory = Buffer.from([
    ...varint(sorted.length),
    ...sorted.flatMap(({ id }, i) => varint(id - (sorted[i - 1]?.id ?? 0))),
    ...sorted.flatMap(() => varint(1)),
    ...sorted.flatMap(({ body }) => varint(body.length)),
    ...offsets.flatMap((at) => varint(at + 1)),
  ]);
  const json = Buffer.from(JSON.stringify(metadata));
  const header = Buffer.alloc(127);
  header.write('PMTiles', 0, 'latin1');
  header.writeUInt8(3, 7);
  const sections = [127, directory.length, 127 + directory.length, json.length, 0, 0];
  sections.push(127 + directory.length + json.length, offset, sorted.length, sorted.length, sorted.length);
  for (const [i, value] of sections.entries()) header.writeBigUInt64LE(BigInt(value), 8 + i * 8);
  const zooms = tiles.map(({ z }) => z);
  header.writeUInt8(1, 96); // clustered
  header.writeUInt8(1, 97); // internal compression: none
  header.writeUInt8(1, 98); // tile compression: none
  header.writeUInt8(tileType, 99);
  header.writeUInt8(Math.min(...zooms), 100);
  header.writeUInt8(Math.max(...zooms), 101);
  for (const [i, degrees] of corners.entries()) header.writeInt32LE(Math.round(degrees * 1e7), 102 + i * 4);
  await writeFile(path, Buffer.concat([header, directory, json, ...sorted.map(({ body }) => body)]));
}
