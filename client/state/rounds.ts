import { computed, signal } from '@preact/signals';
import type { LogEntry } from '../../shared/events.ts';
import {
  type CheckpointVisited,
  isOnDuty,
  type Patrol,
  type PatrolPosition,
  type PatrolPositions,
  walkersOf,
} from '../../shared/patrols.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer, without } from './newer.ts';

/** Where walkers are, as far as I may know; exactly while I am on duty myself. */
export type SeenWalkers = { exact: boolean; walkers: ReadonlyMap<string, PatrolPosition> };

const nobody: SeenWalkers = { exact: false, walkers: new Map() };
const keyOf = ({ patrolId, memberId }: Pick<PatrolPosition, 'patrolId' | 'memberId'>) =>
  `${patrolId} ${memberId}`;

/** The rounds as this device knows them. Where their walkers are is never kept on it. */
export function createRoundState() {
  const patrols = signal<ReadonlyMap<Id, Patrol>>(new Map());
  const told = signal<SeenWalkers>(nobody);
  /** How many checkpoints running rounds have reached, as far as those on duty are told. */
  const reached = signal<ReadonlyMap<Id, number>>(new Map());

  const take = (found: readonly Patrol[]) => {
    patrols.value = withNewer(patrols.value, found, byId);
  };

  /** Nobody is shown whose round is over, or who has left it, whatever was heard last. */
  const seen = computed((): SeenWalkers => {
    const { exact, walkers } = told.value;
    const walking = [...walkers].filter(([, { patrolId, memberId }]) => {
      const patrol = patrols.value.get(patrolId);
      return patrol !== undefined && isOnDuty(patrol, memberId);
    });
    return { exact, walkers: new Map(walking) };
  });

  return {
    patrols,
    seen,

    /** @returns whether the entry was about a round */
    apply(entry: LogEntry): boolean {
      switch (entry.type) {
        case 'patrol.started':
        case 'patrol.asked':
        case 'patrol.joined':
        case 'patrol.left':
        case 'patrol.ended':
          take([entry.patrol]);
          return true;
        case 'patrols.forgotten':
          patrols.value = without(patrols.value, entry.patrolIds);
          return true;
        default:
          return false;
      }
    },

    start(from: Pick<Snapshot, 'patrols'>): void {
      patrols.value = new Map(from.patrols.map((patrol) => [patrol.id, patrol]));
      reached.value = new Map();
    },

    kept: (): Pick<Snapshot, 'patrols'> => ({ patrols: [...patrols.value.values()] }),

    take,

    takeVisited({ patrolId, visited }: CheckpointVisited): void {
      if (visited > (reached.value.get(patrolId) ?? 0))
        reached.value = new Map(reached.value).set(patrolId, visited);
    },

    /** How many checkpoints the round has reached, as far as I am told. */
    visitedOf: ({ id, visited }: Patrol): number => Math.max(visited, reached.value.get(id) ?? 0),

    takePositions({ exact, whole, positions }: PatrolPositions): void {
      // What was coarse says nothing any more once it is exact, and the other way round.
      const next = new Map(whole || exact !== told.value.exact ? [] : told.value.walkers);
      for (const position of positions) next.set(keyOf(position), position);
      told.value = { exact, walkers: next };
    },

    /** Without a connection nobody knows where anybody is. */
    loseSight(): void {
      told.value = nobody;
    },
  };
}

/** The running rounds. */
export const running = (patrols: ReadonlyMap<Id, Patrol>): Patrol[] =>
  [...patrols.values()].filter(({ state }) => state === 'running');

/** The round that this member walks, or gathers for; null where none. */
export const roundOf = (patrols: ReadonlyMap<Id, Patrol>, memberId: Id | undefined): Patrol | null =>
  [...patrols.values()].find((patrol) => memberId !== undefined && walkersOf(patrol).includes(memberId)) ??
  null;
