import type { ErrorCode } from '../../../shared/errors.ts';
import type { RespondCommand, Response } from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import { mayFollow } from '../../../shared/responding.ts';

const minute = 60 * 1000;

type Responding = {
  incident: Pick<Incident, 'id' | 'status'>;
  memberId: string;
  author: string | null;
  sos: boolean;
  /** What they answered before. */
  before: Response | null;
  /** Whether they have the incident in hand: whom it was handed to may not have answered yet. */
  owns: boolean;
  command: RespondCommand;
  at: number;
};
type Result =
  | { ok: true; response: Response }
  | { ok: false; code: ErrorCode; path: string; message: string };

/** Decides on one member's answer to an incident, by the table of what may follow what. */
export function respond(responding: Responding): Result {
  const { incident, memberId, author, sos, before, owns, command, at } = responding;
  const { kind, etaMinutes } = command;
  if (etaMinutes !== undefined && kind !== 'en-route')
    return {
      ok: false,
      code: 'INVALID_INPUT',
      path: 'etaMinutes',
      message: 'goes with en-route only',
    };
  if (incident.status === 'closed')
    return { ok: false, code: 'CONFLICT', path: '', message: 'the incident is closed' };
  // Somebody who needs help must not look as if they had it.
  if (sos && memberId === author)
    return { ok: false, code: 'FORBIDDEN', path: '', message: 'nobody answers their own SOS' };
  const from = before?.kind ?? (owns ? 'acknowledged' : 'none');
  if (kind !== from && !mayFollow[from].includes(kind))
    return { ok: false, code: 'CONFLICT', path: 'kind', message: `must not follow ${from}` };
  const again = before !== null && kind === before.kind;
  const etaBefore = again ? before.etaAt : null;
  return {
    ok: true,
    response: {
      incidentId: incident.id,
      memberId,
      version: (before?.version ?? 0) + 1,
      kind,
      etaAt: etaMinutes === undefined ? etaBefore : at + etaMinutes * minute,
      at: again ? before.at : at,
    },
  };
}
