import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Shape } from './shape.ts';

/**
 * A drill that goes on, in the middle of the neighbourhood: it is nowhere. Words, since it must look like no incident;
 * a picture only, since the line above the map leads to it.
 */
export function useDrillLayer(map: L.Map | null, shape: Shape | null, words: string | undefined): void {
  useEffect(() => {
    if (map === null || shape === null || words === undefined) return undefined;
    const label = document.createElement('span');
    label.className = 'map__drill';
    label.textContent = words;
    const icon = L.divIcon({ html: label, className: 'pin-place', iconSize: [0, 0] });
    const [[south], [north]] = shape.corners;
    const marker = L.marker([(south + north) / 2, shape.middle], {
      ...{ icon, interactive: false, keyboard: false, pane: 'shadowPane' },
    }).addTo(map);
    return () => {
      marker.remove();
    };
  }, [map, shape, words]);
}
