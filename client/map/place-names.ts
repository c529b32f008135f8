import { type Feature, GeomType, PmtilesSource } from 'protomaps-leaflet';
import type { Position } from '../../shared/geo.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import type { Locale } from '../../shared/text.ts';
import { onEarth } from './longitudes.ts';
import type { HouseNumber, NamedPlace, Names } from './place-search.ts';
import type { Basemap } from './props.ts';
import { shapeOf } from './shape.ts';

// The names of both schemas that .pmtiles files come in, as in ground-rules.ts.
const streetLayers = ['transportation_name', 'roads'];
const placeLayers = ['place', 'places', 'poi', 'pois', 'park'];
const numberLayers: [layer: string, prop: string][] = [
  ['housenumber', 'housenumber'],
  ['buildings', 'addr_housenumber'],
];
// Lines with a name that nobody lives in or walks on.
const noStreets = new Set<unknown>(['rail', 'transit', 'ferry', 'aerialway']);

const tileSize = 4096;
/** A large neighbourhood is searched around its middle: some ten kilometres in the usual tiles. */
const mostTiles = 36;
/** Degrees of latitude that the neighbourhood reaches beyond its boundary: 500 m. */
const beyond = 0.0045;

type Tile = { z: number; x: number; y: number };

const tileX = (lng: number, count: number) => ((lng + 180) / 360) * count;
const tileY = (lat: number, count: number) =>
  ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * count;

/** The tiles of the deepest zoom that hold the neighbourhood, those in its middle first. */
export function tilesOf(boundary: BoundaryGeometry, zoom: number): Tile[] {
  const shape = shapeOf(boundary);
  if (shape === null) return [];
  const count = 2 ** zoom;
  const [[south, west], [north, east]] = shape.corners;
  const lat = (south + north) / 2;
  const sideways = beyond / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  const inMap = (degrees: number) => Math.max(-85, Math.min(85, degrees));
  const [left, right] = [tileX(west - sideways, count), tileX(east + sideways, count)].map(Math.floor);
  const [top, bottom] = [inMap(north + beyond), inMap(south - beyond)].map((edge) =>
    Math.floor(tileY(edge, count)),
  );
  const middle = { x: tileX(shape.middle, count) - 0.5, y: tileY(inMap(lat), count) - 0.5 };
  const far = ({ x, y }: Tile) => Math.hypot(x - middle.x, y - middle.y);
  const tiles: Tile[] = [];
  // A boundary of a whole country would list millions: what lies too far from its middle is not even looked at.
  const [fromX, toX] = [
    Math.max(left ?? 0, middle.x - mostTiles),
    Math.min(right ?? 0, middle.x + mostTiles),
  ];
  const [fromY, toY] = [
    Math.max(top ?? 0, middle.y - mostTiles),
    Math.min(bottom ?? 0, middle.y + mostTiles),
  ];
  for (let x = Math.floor(fromX); x <= toX; x += 1) {
    for (let y = Math.floor(fromY); y <= toY; y += 1) tiles.push({ z: zoom, x, y });
  }
  return tiles
    .toSorted((a, b) => far(a) - far(b))
    .slice(0, mostTiles)
    .map(({ z, x, y }) => ({ z, x: ((x % count) + count) % count, y }));
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

function partsOf({ geom }: Feature, { z, x, y }: Tile): Position[][] {
  const count = 2 ** z;
  return geom.map((line) =>
    line.map((point) => ({
      lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + point.y / tileSize)) / count))) * 180) / Math.PI,
      lng: onEarth(((x + point.x / tileSize) / count) * 360 - 180),
    })),
  );
}

/** The names and numbers in tiles, each street once however many tiles it runs through. */
export function namesIn(tiles: readonly [Tile, Map<string, Feature[]>][], locale: Locale): Names {
  const places = new Map<string, NamedPlace>();
  const numbers: HouseNumber[] = [];
  const props = [`name:${locale}`, `name_${locale}`, 'name:latin', 'name'];
  const add = (kind: NamedPlace['kind'], tile: Tile, feature: Feature) => {
    const name = props.map((prop) => feature.props[prop]).find(isText);
    if (name === undefined || name.length > 100) return;
    const key = `${kind} ${name}`;
    const parts = [...(places.get(key)?.parts ?? []), ...partsOf(feature, tile)];
    places.set(key, { name, kind, parts });
  };
  for (const [tile, layers] of tiles) {
    for (const layer of streetLayers) {
      for (const feature of layers.get(layer) ?? []) {
        const kind = feature.props['class'] ?? feature.props['kind'];
        if (feature.geomType === GeomType.Line && !noStreets.has(kind)) add('street', tile, feature);
      }
    }
    for (const layer of placeLayers) {
      for (const feature of layers.get(layer) ?? []) {
        if (feature.geomType === GeomType.Point) add('place', tile, feature);
      }
    }
    for (const [layer, prop] of numberLayers) {
      for (const feature of layers.get(layer) ?? []) {
        const number = feature.props[prop];
        const position = partsOf(feature, tile)[0]?.[0];
        if (isText(number) && position !== undefined) numbers.push({ number, position });
      }
    }
  }
  return { places: [...places.values()], numbers };
}

const loads = new Map<string, Promise<Names>>();

/**
 * What the vector basemap names in and around the neighbourhood, from our own server's file: nobody else learns what
 * is looked for. Rejects where the tiles cannot be had.
 */
export function loadNames(
  basemap: NonNullable<Basemap>,
  boundary: BoundaryGeometry,
  locale: Locale,
): Promise<Names> {
  const tiles = tilesOf(boundary, basemap.maxZoom);
  const key = JSON.stringify([basemap.url, locale, tiles]);
  const load = async () => {
    const source = new PmtilesSource(basemap.url, false);
    const read = async (tile: Tile): Promise<[Tile, Map<string, Feature[]>]> => [
      tile,
      await source.get(tile, tileSize),
    ];
    return namesIn(await Promise.all(tiles.map(read)), locale);
  };
  const loading = loads.get(key) ?? load();
  loads.set(key, loading);
  loading.catch(() => loads.delete(key));
  return loading;
}
