import { checkAnswers, heldField, issues } from '../../shared/categories.ts';
import { coarsePosition } from '../../shared/geo/grid.ts';
import type { LogEvent } from '../../shared/events.ts';
import type { Incident, ReportCommand } from '../../shared/incidents.ts';
import { defaultRetentionDays } from '../../shared/neighbourhoods.ts';

const minute = 60 * 1000;
const day = 24 * 3600 * 1000;
/** A place just outside still concerns the neighbours. */
export const outsideMetres = 500;
/** Snapshots carry what happened within this time. */
export const recentMs = 7 * day;
/** What happened longer ago alerts nobody; imports apart. */
const oldestReportMs = 7 * day;

/** When retention forgets an incident that was reported then, where the coordinators have not said otherwise. */
export const forgetAt = (reportedAt: number) => reportedAt + defaultRetentionDays * day;

type Reporting = {
  id: string;
  memberId: string;
  command: ReportCommand;
  at: number;
  /** Whether the reporter is new here, see `isNewcomer`. */
  newcomer: boolean;
};
type Result =
  | { ok: true; incident: Incident; event: LogEvent }
  | { ok: false; path: string; message: string };

/**
 * Decides on a report.
 * @param inside whether the position lies in the neighbourhood or within `outsideMetres` of it
 */
export function report({ id, memberId, command, at, newcomer }: Reporting, inside: boolean): Result {
  if (!inside) {
    return {
      ok: false,
      path: 'position',
      message: `must be in the neighbourhood, or at most ${outsideMetres} m outside`,
    };
  }
  const observedAt = command.observedAt ?? at;
  // Clocks of phones differ by minutes; what lies further ahead has not been observed.
  if (observedAt > at + 5 * minute)
    return { ok: false, path: 'observedAt', message: 'must not be in the future' };
  if (observedAt < at - oldestReportMs)
    return { ok: false, path: 'observedAt', message: 'must be within the last seven days' };
  const checked = checkAnswers(command.category, command.answers);
  if (!checked.ok) return checked;
  const held = heldField({ ...command, answers: checked.answers });
  if (held !== null) return { ok: false, path: held, message: issues.origin };
  const incident: Incident = {
    id,
    version: 1,
    category: command.category,
    severity: command.severity,
    status: 'open',
    // What the device has put on the grid stays where it is; one that did not is corrected.
    position: command.coarse ? coarsePosition(command.position) : command.position,
    coarse: command.coarse,
    title: command.title ?? null,
    description: command.description,
    answers: checked.answers,
    photoIds: command.photoIds ?? [],
    observedAt: Math.min(observedAt, at),
    reportedAt: at,
    reportedBy: command.anonymous ? null : memberId,
    source: null,
    // No name stands for an anonymous report, and it must not tell whether its author is new either.
    audience: newcomer || command.anonymous ? 'volunteers' : 'everyone',
    outcome: null,
    reopened: null,
    freshAt: at,
    askedAt: null,
    sos: null,
  };
  return { ok: true, incident, event: { type: 'incident.reported', by: incident.reportedBy, incident } };
}
