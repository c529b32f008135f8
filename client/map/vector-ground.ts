import type * as L from 'leaflet';
import { labelRules, leafletLayer, paintRules } from 'protomaps-leaflet';
import type { Locale } from '../../shared/text.ts';
import { type GroundPalette, readPalette } from './ground-palette.ts';
import { openMapTilesLabels, openMapTilesPaint } from './openmaptiles-rules.ts';
import type { Basemap } from './props.ts';

type Flavor = Parameters<typeof paintRules>[0];

/** Our colours under the names of the Protomaps schema. */
function flavorOf(palette: GroundPalette): Flavor {
  const { land, built, green, sand, water, road, path, label, halo } = palette;
  const major = palette['road-major'];
  const edge = palette['road-edge'];
  const quiet = palette['label-quiet'];
  const waterLabel = palette['label-water'];
  return {
    background: land,
    earth: land,
    park_a: green,
    park_b: green,
    hospital: built,
    industrial: built,
    school: built,
    wood_a: green,
    wood_b: green,
    pedestrian: built,
    scrub_a: green,
    scrub_b: green,
    glacier: built,
    sand,
    beach: sand,
    aerodrome: built,
    runway: road,
    water,
    zoo: green,
    military: built,
    tunnel_other_casing: edge,
    tunnel_minor_casing: edge,
    tunnel_link_casing: edge,
    tunnel_major_casing: edge,
    tunnel_highway_casing: edge,
    tunnel_other: road,
    tunnel_minor: road,
    tunnel_link: road,
    tunnel_major: major,
    tunnel_highway: major,
    pier: built,
    buildings: palette.building,
    minor_service_casing: edge,
    minor_casing: edge,
    link_casing: edge,
    major_casing_late: edge,
    highway_casing_late: edge,
    other: path,
    minor_service: road,
    minor_a: road,
    minor_b: road,
    link: road,
    major_casing_early: edge,
    major,
    highway_casing_early: edge,
    highway: major,
    railway: palette.rail,
    boundaries: palette.border,
    bridges_other_casing: edge,
    bridges_minor_casing: edge,
    bridges_link_casing: edge,
    bridges_major_casing: edge,
    bridges_highway_casing: edge,
    bridges_other: road,
    bridges_minor: road,
    bridges_link: road,
    bridges_major: major,
    bridges_highway: major,
    roads_label_minor: label,
    roads_label_minor_halo: halo,
    roads_label_major: label,
    roads_label_major_halo: halo,
    ocean_label: waterLabel,
    subplace_label: quiet,
    subplace_label_halo: halo,
    city_label: label,
    city_label_halo: halo,
    state_label: quiet,
    state_label_halo: halo,
    country_label: quiet,
    address_label: quiet,
    address_label_halo: halo,
  };
}

/**
 * A vector basemap drawn on canvases. A file follows the Protomaps or the OpenMapTiles schema; their features tell
 * themselves apart (`kind`, `class`), so both sets of rules are given and nothing has to be asked first.
 */
export function createVectorGround(
  map: L.Map,
  basemap: NonNullable<Basemap>,
  theme: 'light' | 'dark',
  locale: Locale,
): L.GridLayer {
  const palette = readPalette(map.getContainer(), theme);
  const flavor = flavorOf(palette);
  const layer = leafletLayer({
    url: basemap.url,
    attribution: '',
    lang: locale,
    maxDataZoom: basemap.maxZoom,
    maxZoom: map.getMaxZoom(),
    backgroundColor: palette.land,
    paintRules: [...paintRules(flavor), ...openMapTilesPaint(palette)],
    labelRules: [...labelRules(flavor, locale), ...openMapTilesLabels(palette, locale)],
  });
  // Its type leaves out what it inherits.
  return layer as unknown as L.GridLayer;
}
