import { distance, type Position } from '../../../shared/geo.ts';
import { inOneCell } from '../../../shared/geo/grid.ts';
import type { Category, Incident, ReportCommand } from '../../../shared/incidents.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { statusMoves } from '../../../shared/responding.ts';
import { isNewResident } from '../../../shared/standing.ts';

/** Two reports of one member about the same thing within this time are one that was sent twice. */
export const againMs = 30_000;
const againMetres = 30;

/** What a member reported last; kept for moments only. */
export type LastReport = { version: number; category: Category; position: Position; at: number };

/** Whether the command tells what the same member has just told, as a second tap or a second device does. */
export function isAgain(
  command: Pick<ReportCommand, 'category' | 'position' | 'coarse' | 'evenSo'>,
  last: LastReport | null,
  at: number,
): boolean {
  if (command.evenSo || last === null || last.category !== command.category) return false;
  if (at - last.at >= againMs) return false;
  return (
    distance(last.position, command.position) <= againMetres ||
    (command.coarse && inOneCell(last.position, command.position))
  );
}

/** One of the two incidents that are said to be the same. */
export type Side = {
  incident: Incident;
  /** The member who reported it, also where neighbours do not see it. */
  author: string | null;
  ownerId: string | null;
};

type Merging = {
  from: Side;
  /** Whether others were merged into `from` before. */
  hasDuplicates: boolean;
  into: Side;
  actor: Pick<Member, 'id' | 'role' | 'joinedAt'>;
  at: number;
};
type Merged =
  | { ok: true; incident: Incident; by: string | null }
  | { ok: false; refusal: 'itself' | 'not-yours' | 'sos' | 'closed' | 'chain' };

/**
 * Decides that `from` is the same as `into`: it closes and says so. Of the residents whoever reported it or has it in
 * hand may say it, as they may end it: were it enough to have reported the other, anybody could end anybody's alert by
 * raising one of their own. Only an open incident is merged into, and none that others were merged into is merged
 * itself: so that whoever follows the one that was closed is one step from the one that goes on.
 */
export function merge({ from, hasDuplicates, into, actor, at }: Merging): Merged {
  if (from.incident.id === into.incident.id) return { ok: false, refusal: 'itself' };
  const isReporter = from.author === actor.id;
  const hasIt = from.ownerId === actor.id && !isNewResident(actor, at);
  if (!isReporter && !hasIt && actor.role === 'resident') return { ok: false, refusal: 'not-yours' };
  // Whoever needs help is not the same as anybody else.
  if ([from, into].some(({ incident }) => incident.sos !== null)) return { ok: false, refusal: 'sos' };
  if ([from, into].some(({ incident }) => incident.status !== statusMoves['incident.closed'].from))
    return { ok: false, refusal: 'closed' };
  if (hasDuplicates) return { ok: false, refusal: 'chain' };
  const { incident } = from;
  // To name who did it would name an anonymous reporter.
  const by = incident.reportedBy === null && isReporter ? null : actor.id;
  return {
    ok: true,
    by,
    incident: {
      ...incident,
      version: incident.version + 1,
      status: statusMoves['incident.closed'].to,
      outcome: { kind: 'duplicate', reason: '', by, at, duplicateOf: into.incident.id },
    },
  };
}
