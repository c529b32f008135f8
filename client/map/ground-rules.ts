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

/*
 * One set of rules for both schemas that .pmtiles files come in. Their layers have different names, and what a feature
 * is says `class` in OpenMapTiles (openmaptiles.org/schema), `kind_detail` or `kind` in Protomaps version 4
 * (docs.protomaps.com/basemaps/layers): so each rule is given for both names, and nothing has to be asked first.
 */

const face = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

type Filter = (zoom: number, feature: Feature) => boolean;
type Stops = [zoom: number, pixels: number][];

const kindOf = ({ props }: Feature) => props['class'] ?? props['kind_detail'] ?? props['kind'];

function kinds(...wanted: string[]): Filter {
  const set = new Set<unknown>(wanted);
  return (_, feature) => set.has(kindOf(feature)) || set.has(feature.props['kind']);
}

const isPolygon: Filter = (_, { geomType }) => geomType === GeomType.Polygon;
const isLine: Filter = (_, { geomType }) => geomType === GeomType.Line;
const isPoint: Filter = (_, { geomType }) => geomType === GeomType.Point;

function areas(layers: string[], fill: string, filter: Filter, minzoom = 0): PaintRule[] {
  const symbolizer = new PolygonSymbolizer({ fill });
  return layers.map((dataLayer) => ({ dataLayer, symbolizer, filter, minzoom }));
}

type LineStyle = { color: string; stops: Stops; extra?: number; dash?: [on: number, off: number] };

function lines(layers: string[], style: LineStyle, filter: Filter, minzoom = 0): PaintRule[] {
  const { color, stops, extra = 0, dash } = style;
  const width = (zoom: number) => exp(1.6, stops)(zoom) + extra;
  const dashed = dash === undefined ? {} : { dash, dashColor: color, dashWidth: width };
  const symbolizer = new LineSymbolizer({
    color,
    width,
    lineCap: dash ? 'butt' : 'round',
    lineJoin: 'round',
    ...dashed,
  });
  return layers.map((dataLayer) => ({ dataLayer, symbolizer, filter, minzoom }));
}

const roadLayers = ['transportation', 'roads'];
type Road = { kinds: string[]; minzoom: number; major: boolean; stops: Stops };

// The least important are drawn first. Widths are pixels at a zoom.
const roads: Road[] = [
  { kinds: ['service'], minzoom: 14, major: false, stops: [[14, 0], [15, 1.2], [19, 8]] },
  { kinds: ['minor', 'street', 'raceway', 'minor_road', 'residential', 'unclassified', 'living_street'], minzoom: 12, major: false, stops: [[12, 0.3], [14, 1.6], [16, 5], [19, 18]] },
  { kinds: ['tertiary', 'street_limited', 'tertiary_link'], minzoom: 10, major: false, stops: [[10, 0.4], [14, 2.6], [16, 7], [19, 22]] },
  { kinds: ['secondary', 'secondary_link'], minzoom: 9, major: true, stops: [[9, 0.5], [14, 3.4], [16, 8], [19, 24]] },
  { kinds: ['primary', 'primary_link', 'major_road'], minzoom: 7, major: true, stops: [[7, 0.5], [14, 4], [16, 9], [19, 26]] },
  { kinds: ['trunk', 'motorway', 'trunk_link', 'motorway_link', 'highway'], minzoom: 5, major: true, stops: [[5, 0.5], [12, 2.4], [14, 4.5], [19, 28]] },
]; // prettier-ignore

// A kind that is coarser than a known detail must not draw the same road twice.
function road({ kinds }: Road): Filter {
  const set = new Set<unknown>(kinds);
  return (_, feature) => set.has(kindOf(feature));
}

function roadRules(palette: GroundPalette): PaintRule[] {
  const edge = palette['road-edge'];
  // All edges before all surfaces: crossings then flow into each other.
  return [
    ...roads.flatMap((one) =>
      lines(roadLayers, { color: edge, stops: one.stops, extra: 1.4 }, road(one), one.minzoom),
    ),
    ...roads.flatMap((one) => {
      const color = one.major ? palette['road-major'] : palette.road;
      return lines(roadLayers, { color, stops: one.stops }, road(one), one.minzoom);
    }),
  ];
}

/** How the ground is painted, from the bottom up. */
export function groundPaint(palette: GroundPalette): PaintRule[] {
  const { land, built, green, sand, water, building, path, rail, border } = palette;
  const landLayers = ['landcover', 'landuse'];
  return [
    ...areas(['earth'], land, isPolygon),
    ...areas(['landuse'], built, kinds('residential', 'suburb', 'commercial', 'retail', 'industrial', 'school', 'university', 'college', 'hospital', 'railway', 'aerodrome', 'military')),
    ...areas(landLayers, green, kinds('grass', 'grassland', 'wood', 'forest', 'wetland', 'scrub', 'park', 'garden', 'cemetery', 'pitch', 'playground', 'stadium', 'zoo', 'theme_park', 'nature_reserve', 'national_park', 'golf_course', 'village_green', 'allotments', 'recreation_ground')),
    ...areas(['park'], green, isPolygon),
    ...areas(landLayers, sand, kinds('sand', 'beach')),
    ...areas(landLayers, built, kinds('rock', 'ice', 'glacier', 'pier', 'pedestrian')),
    ...areas(['water'], water, isPolygon),
    ...lines(['waterway', 'water'], { color: water, stops: [[9, 0.6], [14, 1.5], [19, 8]] }, isLine),
    ...lines(['aeroway', 'roads'], { color: palette.road, stops: [[11, 1], [16, 12]] }, kinds('runway', 'taxiway')),
    ...['building', 'buildings'].map((dataLayer) => ({
      dataLayer,
      minzoom: 14,
      filter: isPolygon,
      symbolizer: new PolygonSymbolizer({ fill: building, stroke: palette['building-line'], width: (zoom: number) => (zoom >= 16 ? 0.7 : 0) }),
    })),
    ...lines(roadLayers, { color: path, stops: [[15, 0.8], [19, 2.4]], dash: [3, 2] }, kinds('path', 'track'), 15),
    ...roadRules(palette),
    ...lines(roadLayers, { color: rail, stops: [[12, 0.6], [19, 3]] }, kinds('rail', 'transit'), 12),
    ...lines(['boundary'], { color: border, stops: [[0, 1]], dash: [5, 4] }, (_, { props }) => Number(props['admin_level']) <= 6),
    ...lines(['boundaries'], { color: border, stops: [[0, 1]], dash: [5, 4] }, isLine),
  ];
} // prettier-ignore

/** The names upon the ground, the more important first; in `lang` where there is such a name. */
export function groundLabels(palette: GroundPalette, lang: string): LabelRule[] {
  const { label, halo } = palette;
  const quiet = palette['label-quiet'];
  const labelProps = [`name:${lang}`, `name_${lang}`, 'name:latin', 'name'];
  const outlined = { stroke: halo, width: 3 };
  const places = (wanted: string[], [minzoom, maxzoom]: [number, number], font: string, fill: string): LabelRule[] =>
    ['place', 'places'].map((dataLayer) => ({
      dataLayer,
      minzoom,
      maxzoom,
      filter: kinds(...wanted),
      symbolizer: new CenteredTextSymbolizer({ labelProps, fill, ...outlined, font: `${font} ${face}`, lineHeight: 1.3 }),
      sort: (a, b) => Number(a['rank'] ?? a['min_zoom'] ?? 99) - Number(b['rank'] ?? b['min_zoom'] ?? 99),
    }));
  const streets = (wanted: string[], minzoom: number, size: number, fill: string): LabelRule[] =>
    ['transportation_name', 'roads'].map((dataLayer) => ({
      dataLayer,
      minzoom,
      filter: road({ kinds: wanted, minzoom, major: false, stops: [] }),
      symbolizer: new StreetLabel({ labelProps, fill, halo, font: `400 ${size}px ${face}` }),
    }));
  const numbers = (dataLayer: string, prop: string): LabelRule => ({
    dataLayer,
    minzoom: 18,
    filter: isPoint,
    symbolizer: new CenteredTextSymbolizer({ labelProps: [prop], fill: quiet, ...outlined, font: `400 11px ${face}` }),
  });
  const main = roads.filter(({ major }) => major).flatMap(({ kinds }) => kinds);
  const side = roads.filter(({ major }) => !major).flatMap(({ kinds }) => kinds);
  return [
    ...places(['country', 'state', 'region'], [0, 8], '600 13px', quiet),
    ...places(['city', 'town'], [5, 15], '600 15px', label),
    ...places(['village', 'suburb', 'borough', 'quarter', 'macrohood'], [12, 17], '600 13px', label),
    ...places(['neighbourhood', 'hamlet', 'isolated_dwelling'], [14, 19], '600 12px', quiet),
    ...streets(main, 13, 12.5, label),
    ...streets(side.filter((kind) => kind !== 'service'), 15, 12, label),
    ...streets(['service', 'path', 'track', 'pedestrian', 'footway', 'steps'], 17, 11.5, quiet),
    ...['water_name', 'water'].map((dataLayer) => ({
      dataLayer,
      filter: isPoint,
      symbolizer: new CenteredTextSymbolizer({ labelProps, fill: palette['label-water'], font: `italic 400 12.5px ${face}`, letterSpacing: 0.5, lineHeight: 1.3 }),
    })),
    numbers('housenumber', 'housenumber'),
    numbers('buildings', 'addr_housenumber'),
  ];
} // prettier-ignore
