import { computed, signal } from '@preact/signals';
import { t, times } from '../i18n/i18n.ts';
import type { WalkerPlace } from '../map/walker-layer.ts';
import { rooms } from '../runtime.ts';
import { now } from '../state/browser.ts';

/** Whether the map shows those who walk rounds. */
export const showWalkers = signal(true);

/** Nobody is where they were so long ago. */
export const staleMs = 2 * 60 * 1000;

/** Those who walk, for the map: others exactly while I am on duty, else the square where they were; me by my own dot. */
export const mapWalkers = computed((): readonly WalkerPlace[] => {
  const state = rooms.current.value?.state;
  if (!state) return [];
  const { exact, walkers } = state.rounds.seen.value;
  const me = state.me.value?.id;
  return [...walkers.values()]
    .filter(({ memberId, at }) => memberId !== me && (!exact || now.value - at < staleMs))
    .map(({ memberId, position, accuracy = 0, at }) => {
      const age = times().ago(at, now.value);
      const name = state.members.value.get(memberId)?.name ?? t('incident.formerMember');
      const label = exact ? t('round.walker', { name, age }) : t('round.walkerCoarse', { age });
      return { position, accuracy, exact, label, ...(exact ? { name } : {}) };
    });
});
