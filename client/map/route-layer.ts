import * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { nearTo } from './longitudes.ts';

/** The way that is meant to be walked, a broken line. @param middle longitude beside which everything is drawn */
export function useRouteLayer(
  map: L.Map | null,
  route: readonly Position[] | undefined,
  middle: number,
): void {
  const way = JSON.stringify(route ?? []);
  useEffect(() => {
    const corners = JSON.parse(way) as Position[];
    if (map === null || corners.length < 2) return undefined;
    const line = L.polyline(
      corners.map(({ lat, lng }): [number, number] => [lat, nearTo(middle, lng)]),
      { interactive: false, className: 'walk-route' },
    ).addTo(map);
    return () => {
      line.remove();
    };
  }, [map, way, middle]);
}
