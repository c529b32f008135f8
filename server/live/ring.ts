import type { RawEntry } from '../eventlog/eventlog.ts';

/** Entries kept in memory for those who come back. */
export const ringEntries = 512;
/** And at most this many UTF-16 units of them, so that a room of long entries stays small too. */
const ringLength = 512 * 1024;

export type Ring = {
  /** Seq of the oldest entry kept; one beyond the newest where it is empty. */
  oldest(): number;
  append(entries: readonly RawEntry[]): void;
  /** Puts entries before the oldest, as far as they join it without a gap. */
  prepend(entries: readonly RawEntry[]): void;
  /** Entries in `(after, upTo]`; null unless it holds them all. */
  slice(after: number, upTo: number): RawEntry[] | null;
};

/** The newest entries of one log, contiguous. @param position seq of the last entry before the first appended */
export function createRing(position: number): Ring {
  const entries: RawEntry[] = [];
  let newest = position;
  let length = 0;

  const oldest = () => newest - entries.length + 1;

  function trim(): void {
    let surplus = 0;
    while (entries.length - surplus > ringEntries || (length > ringLength && surplus < entries.length)) {
      length -= entries[surplus]?.json.length ?? 0;
      surplus += 1;
    }
    entries.splice(0, surplus);
  }

  return {
    oldest,
    append(more) {
      for (const entry of more) {
        entries.push(entry);
        length += entry.json.length;
      }
      newest += more.length;
      trim();
    },
    prepend(older) {
      let expected = oldest() - 1;
      const joining: RawEntry[] = [];
      for (const entry of older.toReversed()) {
        if (entry.seq > expected) continue;
        if (entry.seq !== expected) break;
        joining.push(entry);
        length += entry.json.length;
        expected -= 1;
      }
      entries.unshift(...joining.toReversed());
      trim();
    },
    slice(after, upTo) {
      const from = after + 1 - oldest();
      if (from < 0) return null;
      return entries.slice(from, Math.max(from, upTo + 1 - oldest()));
    },
  };
}
