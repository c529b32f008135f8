import * as L from 'leaflet';
import { useEffect, useState } from 'preact/hooks';
import type { Locale } from '../../shared/text.ts';
import type { Basemap, GroundProps } from './props.ts';

function plain(map: L.Map): () => void {
  map.getContainer().dataset['ground'] = 'plain';
  const scale = L.control.scale({ imperial: false, maxWidth: 120 }).addTo(map);
  return () => {
    scale.remove();
  };
}

/** Says whether there is no ground: once a view's tiles were all asked for and none of them ever came. */
type Tell = (missing: boolean) => void;

function raster(map: L.Map, basemap: NonNullable<Basemap>, tell: Tell): () => void {
  map.getContainer().dataset['ground'] = 'raster';
  const layer = L.tileLayer(basemap.url, {
    minZoom: basemap.minZoom,
    maxNativeZoom: basemap.maxZoom,
    maxZoom: map.getMaxZoom(),
    className: 'ground-raster',
  });
  let came = false;
  layer.on('tileload', () => {
    came = true;
    tell(false);
  });
  layer.on('load', () => tell(!came));
  layer.addTo(map);
  return () => {
    layer.remove();
  };
}

function vector(map: L.Map, basemap: NonNullable<Basemap>, locale: Locale, tell: Tell): () => void {
  map.getContainer().dataset['ground'] = 'vector';
  let detached = false;
  let detach = () => {};
  const attach = async () => {
    try {
      const { createVectorGround } = await import('./vector-ground.ts');
      if (detached) return;
      const layer = createVectorGround(map, basemap, locale, tell).addTo(map);
      detach = () => {
        layer.remove();
      };
    } catch {
      // Offline, and this part was never loaded: the boundary alone must be readable.
      if (detached) return;
      detach = plain(map);
      tell(true);
    }
  };
  void attach();
  return () => {
    detached = true;
    detach();
  };
}

/**
 * Draws what lies under everything else, and follows the configuration, the theme and the language.
 * @returns whether there should be a ground and it cannot be had
 */
export function useGround(
  map: L.Map | null,
  basemap: Basemap,
  theme: GroundProps['theme'],
  locale: Locale,
): boolean {
  const [missing, setMissing] = useState(false);
  const key = JSON.stringify(basemap);
  useEffect(() => {
    if (map === null) return undefined;
    setMissing(false);
    const chosen = JSON.parse(key) as Basemap;
    if (chosen === null) return plain(map);
    // A raster's colours are the style sheet's, so a change of theme costs no tile.
    return chosen.kind === 'raster' ? raster(map, chosen, setMissing) : undefined;
  }, [map, key]);
  useEffect(() => {
    if (map === null || basemap?.kind !== 'vector') return undefined;
    return vector(map, JSON.parse(key) as NonNullable<Basemap>, locale, setMissing);
  }, [map, key, theme, locale]);
  return missing;
}
