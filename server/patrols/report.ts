import type { ErrorCode } from '../../shared/errors.ts';
import type { LogEvent } from '../../shared/events.ts';
import { hasWalked } from '../../shared/home-safe.ts';
import type { Patrol } from '../../shared/patrols.ts';
import {
  minutesWalked,
  type PatrolReport,
  type ReportCommand,
  reportWithinMs,
} from '../../shared/reports.ts';

type Writing = {
  patrol: Patrol;
  memberId: string;
  /** What was written before; null where nothing was. */
  before: PatrolReport | null;
  command: ReportCommand;
  /** Those of the command's incidents that there are. */
  known: readonly string[];
  at: number;
};
type Result =
  | { ok: true; report: PatrolReport; event: LogEvent; found: number }
  | { ok: false; code: ErrorCode; path: string; message: string };

/** One who walked the round writes, or puts right, what it saw: one report a round. */
export function write({ patrol, memberId, before, command, known, at }: Writing): Result {
  const { end } = patrol;
  if (!hasWalked(patrol, memberId))
    return { ok: false, code: 'FORBIDDEN', path: '', message: 'only who walked it reports' };
  if (end === null) return { ok: false, code: 'CONFLICT', path: '', message: 'is not over' };
  if (at - end.at > reportWithinMs)
    return { ok: false, code: 'CONFLICT', path: '', message: 'was over long ago' };
  const incidentIds = [...new Set(command.incidentIds)];
  if (incidentIds.some((id) => !known.includes(id)))
    return {
      ok: false,
      code: 'INVALID_INPUT',
      path: 'incidentIds',
      message: 'must be incidents of this place',
    };
  const report: PatrolReport = {
    id: patrol.id,
    version: (before?.version ?? 0) + 1,
    by: memberId,
    at,
    seen: command.seen,
    incidentIds,
    handOver: command.handOver,
    minutes: minutesWalked(patrol),
  };
  const event: LogEvent = { type: 'patrol.reported', by: memberId, report };
  return { ok: true, report, event, found: incidentIds.length - (before?.incidentIds.length ?? 0) };
}
