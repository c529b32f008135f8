import { countryOf } from '../../shared/countries.ts';
import { type EmergencyNumbers, emergencyNumbers } from '../../shared/emergency.ts';
import { rooms } from '../runtime.ts';

/**
 * The numbers of the country of the open neighbourhood: who reads from abroad must call the right ones for it. The
 * device's own country where none is open, or where the neighbourhood's time zone tells none.
 */
export function numbersHere(): EmergencyNumbers {
  const zone = rooms.current.value?.state.neighbourhood.value?.timeZone;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return emergencyNumbers((zone === undefined ? null : countryOf(zone)) ?? countryOf(own));
}
