import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { nearTo } from './longitudes.ts';

/** Where somebody is whose SOS runs, and how sure that is. */
export type SosPlace = { position: Position; accuracy: number };

/** The circles within which they are; their marks are incidents like others. @param middle as of the incidents */
export function useSosLayer(
  map: L.Map | null,
  places: readonly SosPlace[] | undefined,
  middle: number,
): void {
  const key = JSON.stringify(places ?? []);
  useEffect(() => {
    if (map === null) return undefined;
    const circles = (JSON.parse(key) as SosPlace[]).map(({ position: { lat, lng }, accuracy }) =>
      L.circle([lat, nearTo(middle, lng)], {
        radius: accuracy,
        interactive: false,
        className: 'sos-accuracy',
      }),
    );
    const group = L.layerGroup(circles).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, key, middle]);
}
