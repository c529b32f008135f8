import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Locale } from '../../shared/text.ts';
import type { Basemap, GroundProps } from './props.ts';

function plain(map: L.Map): () => void {
  map.getContainer().dataset['ground'] = 'plain';
  const scale = L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
  return () => {
    scale.remove();
  };
}

function raster(map: L.Map, basemap: NonNullable<Basemap>): () => void {
  map.getContainer().dataset['ground'] = 'raster';
  const layer = L.tileLayer(basemap.url, {
    minZoom: basemap.minZoom,
    maxNativeZoom: basemap.maxZoom,
    maxZoom: map.getMaxZoom(),
    className: 'ground-raster',
  }).addTo(map);
  return () => {
    layer.remove();
  };
}

function vector(map: L.Map, basemap: NonNullable<Basemap>, locale: Locale): () => void {
  map.getContainer().dataset['ground'] = 'vector';
  let detached = false;
  let detach = () => {};
  const attach = async () => {
    try {
      const { createVectorGround } = await import('./vector-ground.ts');
      if (detached) return;
      const layer = createVectorGround(map, basemap, locale).addTo(map);
      detach = () => {
        layer.remove();
      };
    } catch {
      // Offline, and this part was never loaded: the boundary alone must be readable.
      if (!detached) detach = plain(map);
    }
  };
  void attach();
  return () => {
    detached = true;
    detach();
  };
}

/** Draws what lies under everything else, and follows the configuration, the theme and the language. */
export function useGround(
  map: L.Map | null,
  basemap: Basemap,
  theme: GroundProps['theme'],
  locale: Locale,
): void {
  const key = JSON.stringify(basemap);
  useEffect(() => {
    if (map === null) return undefined;
    const chosen = JSON.parse(key) as Basemap;
    if (chosen === null) return plain(map);
    // A raster's colours are the style sheet's, so a change of theme costs no tile.
    return chosen.kind === 'raster' ? raster(map, chosen) : undefined;
  }, [map, key]);
  useEffect(() => {
    if (map === null || basemap?.kind !== 'vector') return undefined;
    return vector(map, JSON.parse(key) as NonNullable<Basemap>, locale);
  }, [map, key, theme, locale]);
}
