import { computed } from '@preact/signals';
import type { Incident } from '../../shared/incidents.ts';
import { rooms } from '../runtime.ts';

/** My own SOS that runs in the open neighbourhood, as far as I may see; null where there is none. */
export const ownSos = computed((): Incident | null => {
  const room = rooms.current.value;
  const me = room?.state.me.value?.id;
  if (!room || me === undefined) return null;
  for (const incident of room.state.incidents.value.values()) {
    if (incident.sos !== null && incident.status === 'open' && incident.reportedBy === me) return incident;
  }
  return null;
});
