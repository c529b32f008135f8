import { consentOf } from '../../shared/consent.ts';
import type { OpenRoom } from '../state/room.ts';

/** Whether there are patrols here, by what this device knows of everybody's word. */
export function consentHere({ state }: OpenRoom) {
  const active = [...state.members.value.values()].filter(({ status }) => status === 'active');
  const ids = new Set(active.map(({ id }) => id));
  const words = [...state.rota.words.value.values()].filter(({ memberId }) => ids.has(memberId));
  return { ...consentOf(words, active.length), words };
}
