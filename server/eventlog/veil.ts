import type { LogEntry } from '../../shared/events.ts';

/** An entry as a member may see it, with its seq; the same object where nothing differs. */
export type SeenAs = (entry: LogEntry, memberId: string) => LogEntry;

/** What one feature keeps from some members' devices. */
export type VeilPart = {
  /** Whether anything could be kept from this member. @throws AppError UNAVAILABLE */
  isNeeded(neighbourhoodId: string, memberId: string): Promise<boolean>;
  /** Looks up what has to be known of these entries; null where nothing of them is kept from anybody. @throws AppError UNAVAILABLE */
  look(neighbourhoodId: string, entries: readonly LogEntry[]): Promise<SeenAs | null>;
};

/**
 * What of the log some members' own devices are told otherwise than everybody else: where they had to end an SOS or a
 * search under duress, and it goes on. Asked only of those who may be in need of it.
 */
export type Veil = {
  /** @throws AppError UNAVAILABLE */
  isNeeded(neighbourhoodId: string, memberId: string): Promise<boolean>;
  /**
   * Looks up once for all readers what is kept from whom.
   * @returns the entries as a member may see them, each with its seq; the same array where nothing differs
   * @throws AppError UNAVAILABLE
   */
  over(
    neighbourhoodId: string,
    entries: readonly LogEntry[],
  ): Promise<(memberId: string) => readonly LogEntry[]>;
};

/** Lays the features' veils one over the other. */
export function createVeil(parts: readonly VeilPart[]): Veil {
  return {
    async isNeeded(neighbourhoodId, memberId) {
      const needed = await Promise.all(parts.map((part) => part.isNeeded(neighbourhoodId, memberId)));
      return needed.includes(true);
    },
    async over(neighbourhoodId, entries) {
      const found = await Promise.all(parts.map((part) => part.look(neighbourhoodId, entries)));
      const looks = found.flatMap((look) => look ?? []);
      return (memberId) => {
        const seen = entries.map((entry) => looks.reduce((one, look) => look(one, memberId), entry));
        return seen.some((one, i) => one !== entries[i]) ? seen : entries;
      };
    },
  };
}
