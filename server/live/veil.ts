import type { LogEntry } from '../../shared/events.ts';

/**
 * What of the log a member's own devices are told otherwise than everybody else: where they had to end their SOS and it
 * goes on. Asked only of who ever raised one.
 */
export type Veil = {
  /** @throws AppError UNAVAILABLE */
  isNeeded(neighbourhoodId: string, memberId: string): Promise<boolean>;
  /** The entries as this member may see them, each with its seq. @throws AppError UNAVAILABLE */
  over(neighbourhoodId: string, memberId: string, entries: readonly LogEntry[]): Promise<readonly LogEntry[]>;
};
