import { categories } from '../../../shared/categories.ts';
import { originMessage, restsOnOrigin } from '../../../shared/description.ts';
import { staleAt } from '../../../shared/freshness.ts';
import {
  type Handling,
  type Outcome,
  type ReopenCommand,
  reopenMs,
  type ResolveCommand,
  type Response,
} from '../../../shared/incident-life.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { type Refusal, refuse } from '../../../shared/refusal.ts';
import { statusMoves } from '../../../shared/responding.ts';
import { withoutName } from '../../../shared/sos.ts';
import { isNewResident } from '../../../shared/standing.ts';

/** Who says something of an incident's end, and what they have to do with it. */
export type Standing = {
  incident: Incident;
  /** The member who reported it, also where neighbours do not see it; null for an import. */
  author: string | null;
  actor: Pick<Member, 'id' | 'role' | 'joinedAt'>;
  handling: Handling | null;
  /** What the actor does about it. */
  response: Response | null;
  at: number;
};

type Changed = { ok: true; incident: Incident; by: string | null };

/** Whose name a decision carries: to name an anonymous reporter would be to tell who reported it. */
const byOf = ({ incident, author, actor }: Standing): string | null =>
  incident.reportedBy === null && author === actor.id ? null : actor.id;

const isReporter = ({ author, actor }: Standing) => author === actor.id;
/** An account made a moment ago must not silence an alert by saying that it is there. */
const isTrusted = ({ actor, at }: Standing) => !isNewResident(actor, at);
const isOnScene = (standing: Standing) => standing.response?.kind === 'on-scene' && isTrusted(standing);
const hasIt = (standing: Standing) => standing.handling?.ownerId === standing.actor.id && isTrusted(standing);

/** A volunteer has no more say than others unless they have it in hand: who is there knows better. */
function mayClose(standing: Standing): boolean {
  // Whoever needs help ends it with their code, and else only who has seen them.
  if (standing.incident.sos !== null) return isOnScene(standing) && !isReporter(standing);
  return (
    isReporter(standing) || isOnScene(standing) || hasIt(standing) || standing.actor.role === 'coordinator'
  );
}

function refusalToClose(standing: Standing): string {
  if (standing.incident.sos !== null)
    return 'only who is on the scene ends it, or whoever raised it, with their code';
  return isTrusted(standing)
    ? 'only who reported it, has it in hand, is on the scene or coordinates'
    : 'whoever joined less than two days ago ends only what they reported';
}

const mayReopen = (standing: Standing): boolean =>
  isReporter(standing) || isOnScene(standing) || standing.actor.role === 'coordinator';

/** A reason is read by everybody, as what was reported: it says what was done, and not who somebody seems to be. */
const heldReason = ({ category, sos }: Incident, reason: string): Refusal | null =>
  sos === null && !categories[category].describesForHelp && restsOnOrigin(reason)
    ? refuse('INVALID_INPUT', originMessage, 'reason')
    : null;

/** An incident that has ended. Nobody helps any more: of whoever was erased meanwhile no name and no word is left. */
const closed = (incident: Incident, outcome: Outcome): Incident => ({
  ...withoutName(incident),
  version: incident.version + 1,
  status: statusMoves['incident.closed'].to,
  outcome,
  askedAt: null,
});

/** Ends an incident, with what became of it and why. */
export function resolve(standing: Standing, { kind, reason }: ResolveCommand): Changed | Refusal {
  const { incident, at } = standing;
  if (!mayClose(standing)) return refuse('FORBIDDEN', refusalToClose(standing));
  if (incident.status !== statusMoves['incident.closed'].from) return refuse('CONFLICT', 'is closed already');
  const held = heldReason(incident, reason);
  if (held !== null) return held;
  const by = byOf(standing);
  return {
    ok: true,
    by,
    incident: closed(incident, { kind, reason, by, at, duplicateOf: null }),
  };
}

/** Opens a closed incident again: the correction was wrong, or came too early. */
export function reopen(standing: Standing, { reason }: ReopenCommand): Changed | Refusal {
  const { incident, at } = standing;
  if (incident.sos !== null) return refuse('CONFLICT', 'an SOS that is over is raised anew');
  if (!mayReopen(standing))
    return refuse('FORBIDDEN', 'only who reported it, is on the scene or coordinates');
  if (incident.status !== statusMoves['incident.reopened'].from) return refuse('CONFLICT', 'is open');
  if (incident.outcome === null || at - incident.outcome.at > reopenMs)
    return refuse('CONFLICT', 'was closed more than 24 hours ago');
  const held = heldReason(incident, reason);
  if (held !== null) return held;
  const by = byOf(standing);
  return {
    ok: true,
    by,
    incident: {
      ...incident,
      version: incident.version + 1,
      status: statusMoves['incident.reopened'].to,
      outcome: null,
      reopened: { reason, by, at },
      freshAt: at,
      askedAt: null,
    },
  };
}

/** Says that it is still so. Every neighbour may: whoever passes by sees it. */
export function renew(standing: Standing): Changed | Refusal {
  const { incident, at } = standing;
  if (incident.sos !== null && isReporter(standing)) return refuse('FORBIDDEN', 'others say so of an SOS');
  if (incident.status !== statusMoves['incident.changed'].from) return refuse('CONFLICT', 'is closed');
  if (incident.freshAt === null) return refuse('CONFLICT', 'is never asked about');
  return {
    ok: true,
    by: byOf(standing),
    incident: { ...incident, version: incident.version + 1, freshAt: at, askedAt: null },
  };
}

type Aged =
  | { kind: 'over' }
  | { kind: 'wait'; dueAt: number }
  | { kind: 'asks' | 'expires'; incident: Incident };

/** What time does to an open incident: first the neighbours are asked, then, where nobody answers, it ends. */
export function age(incident: Incident, at: number): Aged {
  const dueAt = staleAt(incident);
  if (dueAt === null) return { kind: 'over' };
  if (at < dueAt) return { kind: 'wait', dueAt };
  if (incident.askedAt === null)
    return { kind: 'asks', incident: { ...incident, version: incident.version + 1, askedAt: at } };
  return { kind: 'expires', incident: expire(incident, at) };
}

/** Ends an incident that nobody ended. */
export const expire = (incident: Incident, at: number): Incident =>
  // The words are the reader's own: what it says in every language is that nobody said anything.
  closed(incident, { kind: 'expired', reason: '', by: null, at, duplicateOf: null });
