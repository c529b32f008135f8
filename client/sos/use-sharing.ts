import { signal } from '@preact/signals';
import { sharingMs } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { tellPosition } from '../runtime.ts';
import { type Telling, useTelling } from '../ui/use-telling.ts';
import { useWakeLock } from '../ui/use-wake-lock.ts';
import { ownSos } from './own.ts';

/** Whether this device tells where it is. */
export const sharing = signal<Telling>('off');

/** Tells where this device is while my own SOS runs, to whom I chose beforehand, and stops with it. */
export function useSharing(neighbourhoodId: Id): void {
  const own = ownSos.value;
  const incidentId = own?.id ?? null;
  useWakeLock(incidentId !== null);
  useTelling(incidentId, (own?.reportedAt ?? 0) + sharingMs, sharing, (place) => {
    if (incidentId !== null) tellPosition({ neighbourhoodId, incidentId, ...place });
  });
}
