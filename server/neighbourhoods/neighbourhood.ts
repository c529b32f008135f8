import type { LogEvent } from '../../shared/events.ts';
import {
  type BoundaryGeometry,
  defaultRetentionDays,
  type Invite,
  type Member,
  type Neighbourhood,
  type Role,
  type SettingsCommand,
} from '../../shared/neighbourhoods.ts';
import type { Locale } from '../../shared/text.ts';

const hour = 3600 * 1000;
/** So many invites may be open at once in a neighbourhood; the members see them all. */
export const maxOpenInvites = 50;
export const maxMembers = 5000;

export type Refusal = 'FORBIDDEN' | 'NOT_FOUND' | 'CONFLICT';
export type Decision<T> = ({ ok: true } & T) | { ok: false; code: Refusal };
const refuse = (code: Refusal) => ({ ok: false, code }) as const;

type Founding = {
  id: string;
  name: string;
  /** as shown on maps */
  boundary: BoundaryGeometry;
  locale: Locale;
  timeZone: string;
  at: number;
  /** The founder; null where an operator's import founds it, then the first to accept the invite coordinates. */
  founder: { id: string; name: string } | null;
};

function newMember(id: string, name: string, role: Role, at: number): Member {
  return { id, version: 1, name, role, status: 'active', joinedAt: at };
}

/** Founds a neighbourhood; who founds it coordinates it. */
export function found(founding: Founding): {
  neighbourhood: Neighbourhood;
  member: Member | null;
  event: LogEvent;
} {
  const { id, name, boundary, locale, timeZone, at, founder } = founding;
  const neighbourhood: Neighbourhood = {
    id,
    version: 1,
    name,
    boundary,
    locale,
    timeZone,
    foundedAt: at,
    retentionDays: defaultRetentionDays,
  };
  const member = founder === null ? null : newMember(founder.id, founder.name, 'coordinator', at);
  return {
    neighbourhood,
    member,
    event: { type: 'neighbourhood.founded', by: member?.id ?? null, neighbourhood, member },
  };
}

/** Opens an invite: any member may, since a watch grows by its neighbours. */
export function invite(
  by: string,
  request: { id: string; maxUses: number; expiresInHours: number; openInvites: number },
  at: number,
): Decision<{ invite: Invite; event: LogEvent }> {
  if (request.openInvites >= maxOpenInvites) return refuse('CONFLICT');
  const made: Invite = {
    id: request.id,
    version: 1,
    invitedBy: by,
    createdAt: at,
    expiresAt: at + Math.round(request.expiresInHours * hour),
    maxUses: request.maxUses,
    uses: 0,
    revoked: false,
  };
  return { ok: true, invite: made, event: { type: 'invite.created', by, invite: made } };
}

/** Whether an invite still opens the door: an invite ends with the membership of who made it. */
export function isOpen(invite: Invite, inviter: Member | null, at: number): boolean {
  return (
    !invite.revoked && invite.uses < invite.maxUses && at < invite.expiresAt && inviter?.status !== 'removed'
  );
}

/**
 * Accepts an invite. Somebody who was removed comes back only by an invite of a coordinator.
 * @param before the accepting person's earlier membership, if any; must not be active
 */
export function accept(
  invite: Invite,
  inviter: Member | null,
  before: Member | null,
  newcomer: { id: string; name: string; first: boolean },
  at: number,
): Decision<{ invite: Invite; member: Member; event: LogEvent }> {
  if (!isOpen(invite, inviter, at)) return refuse('NOT_FOUND');
  if (before !== null && inviter !== null && inviter.role !== 'coordinator') return refuse('NOT_FOUND');
  const member: Member = {
    ...newMember(newcomer.id, newcomer.name, newcomer.first ? 'coordinator' : 'resident', at),
    version: (before?.version ?? 0) + 1,
  };
  return {
    ok: true,
    invite: { ...invite, version: invite.version + 1, uses: invite.uses + 1 },
    member,
    event: { type: 'member.joined', by: member.id, member },
  };
}

/** Revokes an invite: one's own, or any as coordinator. */
export function revoke(invite: Invite, by: Member): Decision<{ invite: Invite; event: LogEvent }> {
  if (invite.invitedBy !== by.id && by.role !== 'coordinator') return refuse('FORBIDDEN');
  const revoked: Invite = { ...invite, version: invite.version + 1, revoked: true };
  return { ok: true, invite: revoked, event: { type: 'invite.revoked', by: by.id, invite: revoked } };
}

/** Gives a member another role. A neighbourhood never loses its last coordinator this way. */
export function changeRole(
  member: Member,
  role: Role,
  by: Member,
  coordinators: number,
): Decision<{ member: Member; event: LogEvent }> {
  if (by.role !== 'coordinator') return refuse('FORBIDDEN');
  if (member.status !== 'active') return refuse('NOT_FOUND');
  if (member.role === 'coordinator' && role !== 'coordinator' && coordinators <= 1) return refuse('CONFLICT');
  const changed: Member = { ...member, version: member.version + 1, role };
  return { ok: true, member: changed, event: { type: 'member.roleChanged', by: by.id, member: changed } };
}

/**
 * Removes a member: a coordinator removes anybody, everybody may leave.
 * @param counts active members and coordinators; the last coordinator leaves only as the last member
 */
export function remove(
  member: Member,
  by: Member,
  counts: { active: number; coordinators: number },
): Decision<{ member: Member; event: LogEvent }> {
  if (by.id !== member.id && by.role !== 'coordinator') return refuse('FORBIDDEN');
  if (member.status !== 'active') return refuse('NOT_FOUND');
  if (member.role === 'coordinator' && counts.coordinators <= 1 && counts.active > 1)
    return refuse('CONFLICT');
  const removed: Member = { ...member, version: member.version + 1, role: 'resident', status: 'removed' };
  return { ok: true, member: removed, event: { type: 'member.removed', by: by.id, member: removed } };
}

/** Changes what coordinators decide for all. */
export function changeSettings(
  before: Neighbourhood,
  { retentionDays }: SettingsCommand,
  by: Member,
): Decision<{ neighbourhood: Neighbourhood; event: LogEvent }> {
  if (by.role !== 'coordinator') return refuse('FORBIDDEN');
  const neighbourhood: Neighbourhood = { ...before, version: before.version + 1, retentionDays };
  return { ok: true, neighbourhood, event: { type: 'neighbourhood.changed', by: by.id, neighbourhood } };
}

/** As `remove`, by themselves and with their name; also of somebody who left before. */
export function leaveForGood(
  member: Member,
  counts: { active: number; coordinators: number },
): Decision<{ member: Member; event: LogEvent }> {
  if (member.status === 'removed') return { ok: true, ...nameless(member, member.id) };
  const decided = remove(member, member, counts);
  if (!decided.ok) return decided;
  const after: Member = { ...decided.member, name: '' };
  return { ok: true, member: after, event: { type: 'member.removed', by: member.id, member: after } };
}

/** Takes the name of somebody who is no member any more. */
export function nameless(member: Member, by: string | null): { member: Member; event: LogEvent } {
  const after: Member = { ...member, version: member.version + 1, name: '' };
  return { member: after, event: { type: 'member.removed', by, member: after } };
}
