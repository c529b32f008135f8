import {
  CenteredTextSymbolizer,
  exp,
  type Feature,
  GeomType,
  type LabelRule,
  LineSymbolizer,
  type PaintRule,
  PolygonSymbolizer,
} from 'protomaps-leaflet';
import type { GroundPalette } from './ground-palette.ts';
import { StreetLabel } from './street-label.ts';

const face = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

type Filter = (zoom: number, feature: Feature) => boolean;

/** By `class`, which every layer of the OpenMapTiles schema has and no layer of Protomaps' schema. */
function classes(...wanted: string[]): Filter {
  const set = new Set<unknown>(wanted);
  return (_, { props }) => set.has(props['class']);
}

const polygonsWithClass: Filter = (_, { props, geomType }) =>
  geomType === GeomType.Polygon && props['class'] !== undefined;

function fill(dataLayer: string, color: string, filter: Filter, minzoom = 0): PaintRule {
  return { dataLayer, symbolizer: new PolygonSymbolizer({ fill: color }), filter, minzoom };
}

type RoadClass = { classes: string[]; width: number[][]; minzoom: number; color: 'road' | 'road-major' };

// Widths are pixels at a zoom; the least important are drawn first.
const roads: RoadClass[] = [
  { classes: ['service'], width: [[14, 0], [15, 1.2], [19, 8]], minzoom: 14, color: 'road' },
  { classes: ['minor', 'street', 'raceway'], width: [[12, 0.3], [14, 1.6], [16, 5], [19, 18]], minzoom: 12, color: 'road' },
  { classes: ['tertiary', 'street_limited'], width: [[10, 0.4], [14, 2.6], [16, 7], [19, 22]], minzoom: 10, color: 'road' },
  { classes: ['secondary'], width: [[9, 0.5], [14, 3.4], [16, 8], [19, 24]], minzoom: 9, color: 'road-major' },
  { classes: ['primary'], width: [[7, 0.5], [14, 4], [16, 9], [19, 26]], minzoom: 7, color: 'road-major' },
  { classes: ['trunk', 'motorway'], width: [[5, 0.5], [12, 2.4], [14, 4.5], [19, 28]], minzoom: 5, color: 'road-major' },
]; // prettier-ignore

function roadRules(palette: GroundPalette): PaintRule[] {
  const line = (road: RoadClass, color: string, extra: number): PaintRule => ({
    dataLayer: 'transportation',
    minzoom: road.minzoom,
    filter: classes(...road.classes),
    symbolizer: new LineSymbolizer({
      color,
      width: (zoom) => exp(1.6, road.width)(zoom) + extra,
      lineCap: 'round',
      lineJoin: 'round',
    }),
  });
  // All edges before all surfaces: crossings then flow into each other.
  return [
    ...roads.map((road) => line(road, palette['road-edge'], 1.4)),
    ...roads.map((road) => line(road, palette[road.color], 0)),
  ];
}

/** Paint for the OpenMapTiles schema (openmaptiles.org/schema), in our colours. */
export function openMapTilesPaint(palette: GroundPalette): PaintRule[] {
  return [
    fill('landcover', palette.green, classes('grass', 'wood', 'wetland')),
    fill('landcover', palette.sand, classes('sand')),
    fill('landcover', palette.built, classes('rock', 'ice', 'farmland')),
    fill(
      'landuse',
      palette.built,
      classes(
        'residential',
        'suburb',
        'commercial',
        'retail',
        'industrial',
        'school',
        'university',
        'hospital',
        'railway',
      ),
    ),
    fill(
      'landuse',
      palette.green,
      classes('cemetery', 'pitch', 'playground', 'stadium', 'zoo', 'theme_park'),
    ),
    { dataLayer: 'park', symbolizer: new PolygonSymbolizer({ fill: palette.green, opacity: 0.6 }) },
    fill('water', palette.water, polygonsWithClass),
    {
      dataLayer: 'waterway',
      symbolizer: new LineSymbolizer({ color: palette.water, width: exp(1.6, [[9, 0.6], [14, 1.5], [19, 8]]) }),
    }, // prettier-ignore
    { dataLayer: 'aeroway', symbolizer: new LineSymbolizer({ color: palette.road, width: exp(1.6, [[11, 1], [16, 12]]) }), filter: classes('runway', 'taxiway') }, // prettier-ignore
    {
      dataLayer: 'building',
      minzoom: 14,
      symbolizer: new PolygonSymbolizer({
        fill: palette.building,
        stroke: palette['building-line'],
        width: (zoom) => (zoom >= 16 ? 0.7 : 0),
      }),
    },
    {
      dataLayer: 'transportation',
      minzoom: 15,
      filter: classes('path', 'track'),
      symbolizer: new LineSymbolizer({ color: palette.path, width: exp(1.6, [[15, 0.7], [19, 3]]), dash: [3, 2], dashColor: palette.path, dashWidth: exp(1.6, [[15, 0.8], [19, 2.4]]) }),
    }, // prettier-ignore
    ...roadRules(palette),
    {
      dataLayer: 'transportation',
      minzoom: 12,
      filter: classes('rail', 'transit'),
      symbolizer: new LineSymbolizer({ color: palette.rail, width: exp(1.6, [[12, 0.6], [19, 3]]) }),
    }, // prettier-ignore
    {
      dataLayer: 'boundary',
      filter: (_, { props }) => Number(props['admin_level']) <= 6,
      symbolizer: new LineSymbolizer({ color: palette.border, width: 1, dash: [5, 4], dashColor: palette.border, dashWidth: 1 }),
    }, // prettier-ignore
  ];
}

/** Labels for the OpenMapTiles schema; `lang` first, then what the place itself uses. */
export function openMapTilesLabels(palette: GroundPalette, lang: string): LabelRule[] {
  const labelProps = [`name:${lang}`, `name_${lang}`, 'name:latin', 'name'];
  const halo = { stroke: palette.halo, width: 3 };
  const street = (minzoom: number, names: string[], color: string, size: number): LabelRule => ({
    dataLayer: 'transportation_name',
    minzoom,
    filter: classes(...names),
    symbolizer: new StreetLabel({
      labelProps,
      fill: color,
      halo: palette.halo,
      font: `400 ${size}px ${face}`,
    }),
  });
  const place = (names: string[], zooms: [number, number], font: string, color: string): LabelRule => ({
    dataLayer: 'place',
    minzoom: zooms[0],
    maxzoom: zooms[1],
    filter: classes(...names),
    symbolizer: new CenteredTextSymbolizer({
      labelProps,
      fill: color,
      ...halo,
      font: `${font} ${face}`,
      lineHeight: 1.3,
    }),
    sort: (a, b) => Number(a['rank'] ?? 99) - Number(b['rank'] ?? 99),
  });
  return [
    place(['country', 'state'], [0, 8], '600 13px', palette['label-quiet']),
    place(['city', 'town'], [5, 15], '600 15px', palette.label),
    place(['village', 'suburb', 'borough', 'quarter'], [12, 17], '600 13px', palette.label),
    place(
      ['neighbourhood', 'hamlet', 'locality', 'isolated_dwelling'],
      [14, 19],
      '600 12px',
      palette['label-quiet'],
    ),
    street(13, ['motorway', 'trunk', 'primary', 'secondary'], palette.label, 12.5),
    street(15, ['tertiary', 'minor', 'street', 'street_limited'], palette.label, 12),
    street(17, ['service', 'path', 'track', 'pedestrian'], palette['label-quiet'], 11.5),
    {
      dataLayer: 'water_name',
      symbolizer: new CenteredTextSymbolizer({
        labelProps,
        fill: palette['label-water'],
        font: `italic 400 12.5px ${face}`,
        letterSpacing: 0.5,
      }),
    },
    {
      dataLayer: 'housenumber',
      minzoom: 18,
      symbolizer: new CenteredTextSymbolizer({
        labelProps: ['housenumber'],
        fill: palette['label-quiet'],
        ...halo,
        font: `400 11px ${face}`,
      }),
    },
  ];
}
