import type { Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Position } from '../../shared/geo.ts';

// Faster tells nobody more; a phone that lies still says so by its newest time.
const tellEveryMs = 3000;

/** Whether this device tells where it is: `asking` until there is a first place. */
export type Telling = 'off' | 'asking' | 'on' | 'impossible';

type Place = { position: Position; accuracy: number; heading?: number; at: number };

/**
 * Tells where this device is, every three seconds, until `until` or for as long as the subject stays the same.
 * @param subject what it is told for; null: nothing is told
 */
export function useTelling(
  subject: string | null,
  until: number,
  told: Signal<Telling>,
  tell: (place: Place) => void,
): void {
  useEffect(() => {
    if (subject === null) return undefined;
    if (!isSecureContext || !('geolocation' in navigator)) {
      told.value = 'impossible';
      return undefined;
    }
    told.value = 'asking';
    let latest: GeolocationCoordinates | null = null;
    const tellLatest = () => {
      if (latest === null || Date.now() > until) return;
      const { latitude: lat, longitude: lng, accuracy, heading } = latest;
      tell({
        position: { lat, lng },
        accuracy,
        // Standing still is no direction.
        ...(heading === null || Number.isNaN(heading) ? {} : { heading }),
        at: Date.now(),
      });
    };
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const first = latest === null;
        latest = coords;
        told.value = 'on';
        if (first) tellLatest();
      },
      () => {
        if (latest === null) told.value = 'impossible';
      },
      { enableHighAccuracy: true, maximumAge: 0, timeout: 20_000 },
    );
    const timer = setInterval(tellLatest, tellEveryMs);
    return () => {
      navigator.geolocation.clearWatch(watch);
      clearInterval(timer);
      told.value = 'off';
    };
  }, [subject, until]);
}
