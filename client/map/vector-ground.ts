import type * as L from 'leaflet';
import { leafletLayer } from 'protomaps-leaflet';
import type { Locale } from '../../shared/text.ts';
import { readPalette } from './ground-palette.ts';
import { groundLabels, groundPaint } from './ground-rules.ts';
import type { Basemap } from './props.ts';

/** A vector basemap drawn on canvases, in the colours of the style sheet. */
export function createVectorGround(map: L.Map, basemap: NonNullable<Basemap>, locale: Locale): L.GridLayer {
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
  // Its type leaves out what it inherits.
  return layer as unknown as L.GridLayer;
}
