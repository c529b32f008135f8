import { signal } from '@preact/signals';
import type { LogEntry } from '../../shared/events.ts';
import type { Snapshot } from '../../shared/protocol.ts';
import type { PatrolWord, Shift, ShiftPage, ShiftSeries } from '../../shared/shifts.ts';
import type { Id } from '../../shared/text.ts';
import { byId, withNewer, without } from './newer.ts';

/** What of a snapshot is the rota's. */
export type KeptRota = Pick<Snapshot, 'shifts' | 'series' | 'patrolWords'>;

/** The shifts as this device knows them, and who wants patrols at all. */
export function createRotaState() {
  const shifts = signal<ReadonlyMap<Id, Shift>>(new Map());
  const series = signal<ReadonlyMap<Id, ShiftSeries>>(new Map());
  const words = signal<ReadonlyMap<Id, PatrolWord>>(new Map());

  const take = (found: readonly Shift[]) => {
    shifts.value = withNewer(shifts.value, found, byId);
  };
  const takeWord = (word: PatrolWord) => {
    words.value = withNewer(words.value, [word], ({ memberId }) => memberId);
  };
  const takeSeries = (found: readonly ShiftSeries[]) => {
    series.value = withNewer(series.value, found, byId);
  };

  return {
    shifts,
    series,
    words,

    /** @returns whether the entry was about the rota */
    apply(entry: LogEntry): boolean {
      switch (entry.type) {
        case 'patrols.answered':
          takeWord(entry.word);
          return true;
        case 'shifts.planned':
          if (entry.series !== null) takeSeries([entry.series]);
          shifts.value = without(shifts.value, entry.gone);
          take(entry.shifts);
          return true;
        case 'shift.changed':
        case 'shift.cancelled':
        case 'shift.joined':
        case 'shift.left':
        case 'shift.firmed':
        case 'shift.short':
        case 'shift.ended':
          take([entry.shift]);
          return true;
        case 'shifts.forgotten':
          shifts.value = without(shifts.value, entry.shiftIds);
          series.value = without(series.value, entry.seriesIds);
          return true;
        default:
          return false;
      }
    },

    start(from: KeptRota): void {
      shifts.value = new Map(from.shifts.map((shift) => [shift.id, shift]));
      series.value = new Map(from.series.map((one) => [one.id, one]));
      words.value = new Map(from.patrolWords.map((word) => [word.memberId, word]));
    },

    kept: (): KeptRota => ({
      shifts: [...shifts.value.values()],
      series: [...series.value.values()],
      patrolWords: [...words.value.values()],
    }),

    /** What was asked for: later weeks, or what a command answered. */
    take,
    takeSeries,
    takeWord,
    takePage: (page: ShiftPage): void => {
      take(page.shifts);
      takeSeries(page.series);
    },
  };
}
