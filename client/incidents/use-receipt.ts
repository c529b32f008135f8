import { useEffect } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import type { Id } from '../../shared/text.ts';
import { receipts } from '../runtime.ts';

/** Says that the incident was on the screen, once the page is in front of somebody. */
export function useReceipt(neighbourhoodId: Id, incident: Incident): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') receipts.showed(neighbourhoodId, incident);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [neighbourhoodId, incident.id, incident.status]);
}
