import { signal } from '@preact/signals';
import type { LogEntry } from '../../shared/events.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { Shift } from '../../shared/shifts.ts';
import type { Cover, Swap } from '../../shared/swaps.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer } from './newer.ts';

/** What of a snapshot is about places that change hands. */
export type KeptAsks = Pick<Snapshot, 'swaps' | 'covers'>;

/** Places that are offered and asked for, as this device knows them. @param takeShifts where changed shifts go */
export function createAsksState(takeShifts: (shifts: readonly Shift[]) => void) {
  const swaps = signal<ReadonlyMap<Id, Swap>>(new Map());
  const covers = signal<ReadonlyMap<Id, Cover>>(new Map());

  const takeSwap = (swap: Swap, shifts: readonly Shift[]) => {
    swaps.value = withNewer(swaps.value, [swap], byId);
    takeShifts(shifts);
  };
  const takeCover = (cover: Cover | null, shift: Shift | null) => {
    if (cover !== null) covers.value = withNewer(covers.value, [cover], byId);
    takeShifts(shift === null ? [] : [shift]);
  };

  return {
    swaps,
    covers,
    takeSwap,
    takeCover,

    /** @returns whether the entry was about a place that changes hands, or about who comes */
    apply(entry: LogEntry): boolean {
      switch (entry.type) {
        case 'swap.offered':
          takeSwap(entry.swap, []);
          return true;
        case 'swap.closed':
          takeSwap(entry.swap, entry.shifts);
          return true;
        case 'cover.asked':
        case 'cover.closed':
          takeCover(entry.cover, entry.shift);
          return true;
        case 'shift.reminded':
        case 'shift.confirmed':
          takeShifts([entry.shift]);
          return true;
        default:
          return false;
      }
    },

    start(from: KeptAsks): void {
      swaps.value = new Map(from.swaps.map((swap) => [swap.id, swap]));
      covers.value = new Map(from.covers.map((cover) => [cover.id, cover]));
    },

    kept: (): KeptAsks => ({ swaps: [...swaps.value.values()], covers: [...covers.value.values()] }),
  };
}
