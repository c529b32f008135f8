import { writePmtiles } from '../../server/tiles/pmtiles-file.ts';

const zoom = 14;
const centre = { lat: 48.855, lng: 2.35 };
export const townView = { startView: { centre, zoom: 16 } };

type Drawn = { layer: string; type: 1 | 2 | 3; tags: Record<string, string>; points: [number, number][] };

/** What stands on every tile: water in the west, a street from west to east. */
const towns: Record<'openmaptiles' | 'protomaps', Drawn[]> = {
  openmaptiles: [
    { layer: 'water', type: 3, tags: { class: 'river' }, points: [[0, 0], [1200, 0], [1200, 4096], [0, 4096]] },
    { layer: 'transportation', type: 2, tags: { class: 'minor' }, points: [[0, 2048], [4096, 2048]] },
  ],
  protomaps: [
    { layer: 'earth', type: 3, tags: { kind: 'earth' }, points: [[0, 0], [4096, 0], [4096, 4096], [0, 4096]] },
    { layer: 'water', type: 3, tags: { kind: 'river' }, points: [[0, 0], [1200, 0], [1200, 4096], [0, 4096]] },
    { layer: 'roads', type: 2, tags: { kind: 'minor_road', kind_detail: 'residential' }, points: [[0, 2048], [4096, 2048]] },
  ],
}; // prettier-ignore

// One feature a layer: a second layer of the same name would hide the first.
const named: Drawn[] = [
  { layer: 'transportation_name', type: 2, tags: { class: 'minor', name: 'Rue des Lilas' }, points: [[0, 1500], [4096, 1500]] },
  { layer: 'housenumber', type: 1, tags: { housenumber: '12' }, points: [[2048, 1480]] },
  { layer: 'poi', type: 1, tags: { class: 'school', 'name:latin': 'École des Lilas' }, points: [[2100, 1700]] },
]; // prettier-ignore

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
const field = (number: number, bytes: number[]) => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const scalar = (number: number, value: number) => [...varint(number * 8), ...varint(value)];
const text = (value: string) => [...Buffer.from(value)];
const zigzag = (value: number) => varint(value < 0 ? -2 * value - 1 : 2 * value);

/** One layer with one feature, as the Mapbox Vector Tile specification 2.1 (section 4) writes it. */
function layerBytes({ layer, type, tags, points }: Drawn): number[] {
  const [first = [0, 0], ...rest] = points;
  let [x, y] = first;
  const geometry = [...varint(1 | (1 << 3)), ...zigzag(x), ...zigzag(y)];
  if (rest.length > 0) geometry.push(...varint(2 | (rest.length << 3)));
  for (const [nextX, nextY] of rest) {
    geometry.push(...zigzag(nextX - x), ...zigzag(nextY - y));
    [x, y] = [nextX, nextY];
  }
  if (type === 3) geometry.push(...varint(7 | (1 << 3)));
  const entries = Object.entries(tags);
  const feature = [
    ...field(2, entries.flatMap((_, i) => [...varint(i), ...varint(i)])),
    ...scalar(3, type),
    ...field(4, geometry),
  ]; // prettier-ignore
  return field(3, [
    ...scalar(15, 2),
    ...field(1, text(layer)),
    ...field(2, feature),
    ...entries.flatMap(([key]) => field(3, text(key))),
    ...entries.flatMap(([, value]) => field(4, field(1, text(value)))),
    ...scalar(5, 4096),
  ]);
}

const count = 2 ** zoom;
const x = Math.floor(((centre.lng + 180) / 360) * count);
const y = Math.floor(((1 - Math.asinh(Math.tan((centre.lat * Math.PI) / 180)) / Math.PI) / 2) * count);

/** The house number 12 of Rue des Lilas on the tile in the middle, as far as the tile's 4096 steps say. */
export const house = {
  lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + 1480 / 4096)) / count))) * 180) / Math.PI,
  lng: ((x + 0.5) / count) * 360 - 180,
};

/** Writes a small vector basemap of the given schema around the view; with `names` in OpenMapTiles' way. */
export async function writeVectorTown(
  path: string,
  schema: keyof typeof towns,
  { names = false } = {},
): Promise<void> {
  const body = Buffer.from([...towns[schema], ...(names ? named : [])].flatMap(layerBytes));
  const steps = [-1, 0, 1];
  const tiles = steps.flatMap((dx) => steps.map((dy) => ({ z: zoom, x: x + dx, y: y + dy, body })));
  await writePmtiles(path, { tiles, tileType: 1 });
}
