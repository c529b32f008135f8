import { signal } from '@preact/signals';
import type { Drill } from '../../shared/drills.ts';
import type { LogEntry } from '../../shared/events.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer } from './newer.ts';

export type KeptDrills = Pick<Snapshot, 'drills'>;

/** The drills that this device heard of: the newest of the snapshot, and what came since. */
export function createDrillState() {
  const drills = signal<ReadonlyMap<Id, Drill>>(new Map());
  const take = (found: readonly Drill[]) => {
    drills.value = withNewer(drills.value, found, byId);
  };
  const newest = (): Drill[] => [...drills.value.values()].toSorted((a, b) => b.startedAt - a.startedAt);
  return {
    drills,
    newest,
    take,
    /** @returns whether the entry was about this */
    apply(entry: LogEntry): boolean {
      if (entry.type !== 'drill.started' && entry.type !== 'drill.ended' && entry.type !== 'drill.due')
        return false;
      take([entry.drill]);
      return true;
    },
    start(from: KeptDrills): void {
      drills.value = new Map(from.drills.map((drill) => [drill.id, drill]));
    },
    kept: (): KeptDrills => ({ drills: newest().slice(0, 1) }),
  };
}
