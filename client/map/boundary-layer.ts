import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { LatLngPair, Shape } from './shape.ts';

const farthest = 85; // Web Mercator ends at 85.05°

/** The boundary as a thin line with a halo, the outside slightly dimmed. One even-odd path: holes are outside too. */
export function useBoundaryLayer(map: L.Map | null, shape: Shape | null): void {
  useEffect(() => {
    if (map === null || shape === null) return undefined;
    const { rings, middle } = shape;
    const world: LatLngPair[] = [
      [-farthest, middle - 540],
      [farthest, middle - 540],
      [farthest, middle + 540],
      [-farthest, middle + 540],
    ];
    const still = { interactive: false };
    const layers = [
      L.polygon([world, ...rings], { ...still, stroke: false, className: 'boundary-outside' }),
      L.polygon(rings, { ...still, fill: false, className: 'boundary-halo' }),
      L.polygon(rings, { ...still, fill: false, className: 'boundary-line' }),
    ];
    const group = L.layerGroup(layers).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, shape]);
}
