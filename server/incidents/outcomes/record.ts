import type { OutcomeKind } from '../../../shared/incident-life.ts';

/** What is remembered of a member's own alerts: how the last ones ended. Only their own export tells it. */
export type MemberRecord = {
  memberId: string;
  version: number;
  /** How many of theirs in a row, up to the last that counted, were false alarms or unfounded. */
  falseInRow: number;
  /** When the last of them was closed. */
  at: number;
};

const hour = 3600 * 1000;
/** After so many false alarms in a row a member waits. */
const falseAlarmsAtMost = 2;
/** So long, counted from the closing of the last one. */
export const coolDownMs = hour;

export const newRecord = (memberId: string): MemberRecord => ({ memberId, version: 0, falseInRow: 0, at: 0 });

/**
 * The record after an incident of this member was closed; null where the outcome says nothing about the alert: that
 * it was told twice, that time went by, or that it was so by its reporter's own word.
 * @param byReporter whether they closed it themselves
 */
export function recordAfter(
  record: MemberRecord,
  outcome: OutcomeKind,
  at: number,
  byReporter = false,
): MemberRecord | null {
  if (outcome === 'duplicate' || outcome === 'expired') return null;
  if (outcome === 'resolved' && byReporter) return null;
  const falseInRow = outcome === 'resolved' ? 0 : record.falseInRow + 1;
  return { ...record, version: record.version + 1, falseInRow, at };
}

/** The record after a closing was taken back; null where the closing had changed nothing that can be told apart. */
export function recordUndone(record: MemberRecord, outcome: OutcomeKind): MemberRecord | null {
  const counted = outcome === 'false-alarm' || outcome === 'unfounded';
  if (!counted || record.falseInRow === 0) return null;
  return { ...record, version: record.version + 1, falseInRow: record.falseInRow - 1 };
}

/** Until when this member raises no alert; null where nothing keeps them. An SOS never asks. */
export function coolDownUntil({ falseInRow, at }: MemberRecord, now: number): number | null {
  const until = at + coolDownMs;
  return falseInRow >= falseAlarmsAtMost && now < until ? until : null;
}
