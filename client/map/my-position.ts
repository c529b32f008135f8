import * as L from 'leaflet';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';
import { nearTo } from './longitudes.ts';

/** `accuracy` is the radius in metres within which the position lies with 95 % likelihood (W3C Geolocation). */
export type MyPosition =
  | { state: 'off' | 'asking' | 'denied' | 'unavailable' | 'insecure' }
  | { state: 'on'; position: Position; accuracy: number };

const denied = 1; // GeolocationPositionError.PERMISSION_DENIED

/** Follows this device's position between `start` and `stop`, never before somebody asked for it. */
export function useMyPosition(): { mine: MyPosition; start: () => void; stop: () => void } {
  const [wanted, setWanted] = useState(false);
  const [mine, setMine] = useState<MyPosition>({ state: 'off' });
  useEffect(() => {
    if (!wanted) return undefined;
    if (!isSecureContext || !('geolocation' in navigator)) {
      setMine({ state: isSecureContext ? 'unavailable' : 'insecure' });
      setWanted(false);
      return undefined;
    }
    setMine({ state: 'asking' });
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const position = { lat: coords.latitude, lng: coords.longitude };
        setMine({ state: 'on', position, accuracy: coords.accuracy });
      },
      ({ code }) => {
        // A lost fix keeps the last one: it says more than nothing, and its circle how much.
        setMine((last) =>
          last.state === 'on' ? last : { state: code === denied ? 'denied' : 'unavailable' },
        );
        if (code === denied) setWanted(false);
      },
      { enableHighAccuracy: true, maximumAge: 10_000, timeout: 20_000 },
    );
    return () => {
      navigator.geolocation.clearWatch(watch);
    };
  }, [wanted]);
  const start = useCallback(() => setWanted(true), []);
  const stop = useCallback(() => {
    setWanted(false);
    setMine({ state: 'off' });
  }, []);
  return { mine, start, stop };
}

/** A calm dot, and a circle that says how sure it is. */
export function useMyPositionLayer(map: L.Map | null, mine: MyPosition, middle: number): void {
  const on = mine.state === 'on';
  const lat = on ? mine.position.lat : 0;
  const lng = on ? nearTo(middle, mine.position.lng) : 0;
  const accuracy = on ? mine.accuracy : 0;
  useEffect(() => {
    if (map === null || !on) return undefined;
    const circle = L.circle([lat, lng], { radius: accuracy, interactive: false, className: 'me-accuracy' });
    const icon = L.divIcon({ className: 'me-dot', iconSize: [20, 20] });
    const dot = L.marker([lat, lng], { icon, interactive: false, keyboard: false, pane: 'shadowPane' });
    const group = L.layerGroup([circle, dot]).addTo(map);
    return () => {
      group.remove();
    };
  }, [map, on, lat, lng, accuracy]);
}
