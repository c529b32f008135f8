import type * as L from 'leaflet';
import { leafletLayer, type View } from 'protomaps-leaflet';
import type { Locale } from '../../shared/text.ts';
import { readPalette } from './ground-palette.ts';
import { groundLabels, groundPaint } from './ground-rules.ts';
import type { Basemap } from './props.ts';

/**
 * A vector basemap drawn on canvases, in the colours of the style sheet.
 * @param tell hears whether the tiles cannot be had: true while none has come, false from the first one on
 */
export function createVectorGround(
  map: L.Map,
  basemap: NonNullable<Basemap>,
  locale: Locale,
  tell: (missing: boolean) => void,
): L.GridLayer {
  const palette = readPalette(map.getContainer());
  const layer = leafletLayer({
    url: basemap.url,
    attribution: '',
    lang: locale,
    maxDataZoom: basemap.maxZoom,
    maxZoom: map.getMaxZoom(),
    backgroundColor: palette.land,
    paintRules: groundPaint(palette),
    labelRules: groundLabels(palette, locale),
  });
  // The layer logs what fails and draws it empty: only its sources know.
  let came = false;
  for (const view of (layer['views'] as Map<string, View>).values()) {
    const load = view.getDisplayTile.bind(view);
    view.getDisplayTile = async (tile) => {
      try {
        const loaded = await load(tile);
        came = true;
        tell(false);
        return loaded;
      } catch (error) {
        // Given up because the map moved on.
        if (!came && !(error instanceof Error && error.name === 'AbortError')) tell(true);
        throw error;
      }
    };
  }
  // Its type leaves out what it inherits.
  return layer as unknown as L.GridLayer;
}
