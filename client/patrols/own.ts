import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isOnDuty, type Patrol, walkersOf } from '../../shared/patrols.ts';
import type { Position } from '../../shared/geo.ts';
import type { Id } from '../../shared/text.ts';
import { rooms, tellWalkerPosition } from '../runtime.ts';
import { now } from '../state/browser.ts';
import { roundOf, running } from '../state/rounds.ts';
import { type Telling, useTelling } from '../ui/use-telling.ts';
import { useWakeLock } from '../ui/use-wake-lock.ts';

/** The round that I walk, or gather for, in the open neighbourhood; null where none. */
export const ownRound = computed((): Patrol | null => {
  const state = rooms.current.value?.state;
  return state ? roundOf(state.rounds.patrols.value, state.me.value?.id) : null;
});

/** Whether this device finds and tells where it is. */
export const telling = signal<Telling>('off');

/** Where this device found itself last, while it tells it; it stays here. */
export const here = signal<{ position: Position; accuracy: number } | null>(null);

/** My own position has come back from the server so lately that others see it too. */
const freshMs = 30_000;

/** How long ago the server told my own position to those on duty; null where it did not lately. */
export const isSeen = computed((): boolean => {
  const room = rooms.current.value;
  const own = ownRound.value;
  const me = room?.state.me.value?.id;
  if (!room || own === null || me === undefined) return false;
  const mine = room.state.rounds.seen.value.walkers.get(`${own.id} ${me}`);
  return mine !== undefined && now.value - mine.at < freshMs;
});

/** Everybody else who is on duty now. */
export const othersOnDuty = computed((): ReadonlySet<Id> => {
  const state = rooms.current.value?.state;
  const me = state?.me.value?.id;
  const all = running(state?.rounds.patrols.value ?? new Map()).flatMap(walkersOf);
  return new Set(all.filter((id) => id !== me));
});

/** Tells where this device is while I walk a running round, keeps its screen lit, and stops with it. */
export function useRound(neighbourhoodId: Id): void {
  const own = ownRound.value;
  const me = rooms.current.value?.state.me.value?.id;
  const patrolId = own !== null && me !== undefined && isOnDuty(own, me) ? own.id : null;
  useWakeLock(own !== null);
  useTelling(patrolId, own?.endsBy ?? 0, telling, (place) => {
    here.value = { position: place.position, accuracy: place.accuracy };
    if (patrolId !== null) tellWalkerPosition({ neighbourhoodId, patrolId, ...place });
  });
  useEffect(() => {
    if (patrolId === null) here.value = null;
  }, [patrolId]);
}
