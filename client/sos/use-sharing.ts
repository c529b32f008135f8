import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sharingMs } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { tellPosition } from '../runtime.ts';
import { ownSos } from './own.ts';

// Faster tells nobody more; a phone that lies still says so by its newest time.
const tellEveryMs = 3000;

/** Whether this device tells where it is: `asking` until there is a first place. */
export const sharing = signal<'off' | 'asking' | 'on' | 'impossible'>('off');

/** Keeps the screen lit while it matters, where the browser can. */
function useWakeLock(wanted: boolean): void {
  useEffect(() => {
    if (!wanted || !('wakeLock' in navigator)) return undefined;
    let held: WakeLockSentinel | null = null;
    let over = false;
    const hold = async () => {
      try {
        const lock = await navigator.wakeLock.request('screen');
        if (over) await lock.release();
        else held = lock;
      } catch {
        // Refused, as with an empty battery: the server goes on without the screen.
      }
    };
    const again = () => {
      if (!document.hidden) void hold();
    };
    void hold();
    document.addEventListener('visibilitychange', again);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', again);
      void held?.release();
    };
  }, [wanted]);
}

/** Tells where this device is while my own SOS runs, to whom I chose beforehand, and stops with it. */
export function useSharing(neighbourhoodId: Id): void {
  const own = ownSos.value;
  const incidentId = own?.id ?? null;
  const until = (own?.reportedAt ?? 0) + sharingMs;
  useWakeLock(incidentId !== null);
  useEffect(() => {
    if (incidentId === null) return undefined;
    if (!isSecureContext || !('geolocation' in navigator)) {
      sharing.value = 'impossible';
      return undefined;
    }
    sharing.value = 'asking';
    let latest: GeolocationCoordinates | null = null;
    const tell = () => {
      if (latest === null || Date.now() > until) return;
      const { latitude: lat, longitude: lng, accuracy, heading } = latest;
      tellPosition({
        neighbourhoodId,
        incidentId,
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
        sharing.value = 'on';
        if (first) tell();
      },
      () => {
        if (latest === null) sharing.value = 'impossible';
      },
      { enableHighAccuracy: true, maximumAge: 0, timeout: 20_000 },
    );
    const timer = setInterval(tell, tellEveryMs);
    return () => {
      navigator.geolocation.clearWatch(watch);
      clearInterval(timer);
      sharing.value = 'off';
    };
  }, [neighbourhoodId, incidentId, until]);
}
