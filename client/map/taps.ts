import type * as L from 'leaflet';
import { useEffect } from 'preact/hooks';
import { useLatest } from './use-map.ts';

const tapApart = 10; // pixels: two taps closer than this are one, such as a double click

/** Takes corners from taps on the map. */
export function useTaps(map: L.Map | null, drawing: boolean, onTap: (at: L.LatLng) => void): void {
  const latest = useLatest(onTap);
  useEffect(() => {
    if (map === null || !drawing) return undefined;
    map.doubleClickZoom.disable();
    let last: L.Point | null = null;
    const tap = ({ latlng, containerPoint }: L.LeafletMouseEvent) => {
      if (last !== null && last.distanceTo(containerPoint) < tapApart) return;
      last = containerPoint;
      latest.current(latlng);
    };
    map.on('click', tap);
    return () => {
      map.off('click', tap);
    };
  }, [map, drawing]);
}
