import type { Member } from './neighbourhoods.ts';

const hour = 3600 * 1000;
const day = 24 * hour;

/** For so long after joining a member counts near nothing: accounts are made in minutes, trust is not. */
export const newcomerMs = 48 * hour;
/** For so long those whom one person brought in count together, see `Confirmation.circle`. */
export const circleMs = 30 * day;

const newcomer = 0.02;
/** After the first 48 hours. */
const settled = 0.1;
/** What time alone can bring, reached after 72 days. */
const byTime = 0.6;
const byTimeMs = 72 * day;
const byRole = { resident: 0, volunteer: 0.3, coordinator: 0.5 } as const;
const byResolved = 0.1;
const mostByResolved = 0.3;
const byRefuted = 0.15;

/** What a member's standing follows from. */
export type Background = Pick<Member, 'joinedAt' | 'role'> & {
  /** Who founded the neighbourhood, or was the first in one that an operator founded. */
  founder: boolean;
  /** Reports under their name that somebody else closed as resolved. */
  resolved: number;
  /** Reports under their name that ended as false alarm or unfounded. */
  refuted: number;
};

/** Whether a member's word still needs a second witness. The founder has nobody who could have known them longer. */
export function isNewcomer({ joinedAt, founder }: Pick<Background, 'joinedAt' | 'founder'>, at: number) {
  return !founder && at - joinedAt < newcomerMs;
}

/**
 * Whether a member came just now and nobody gave them a role: they answer what is raised, and take back nothing but what
 * is their own. Whoever founded the neighbourhood has a role.
 */
export const isNewResident = ({ joinedAt, role }: Pick<Background, 'joinedAt' | 'role'>, at: number) =>
  role === 'resident' && at - joinedAt < newcomerMs;

/** Whether a member counts together with the others whom the same person brought in; a role given ends that. */
export function isOfCircle(
  { joinedAt, role, founder }: Pick<Background, 'joinedAt' | 'role' | 'founder'>,
  at: number,
): boolean {
  return !founder && role === 'resident' && at - joinedAt < circleMs;
}

/** A member's standing among their neighbours, 0 to 1: time, the role given to them, what became of their reports. */
export function standingOf(background: Background, at: number): number {
  if (isNewcomer(background, at)) return newcomer;
  const { joinedAt, role, founder, resolved, refuted } = background;
  const grown = Math.max(0, Math.min(1, (at - joinedAt - newcomerMs) / (byTimeMs - newcomerMs)));
  const trusted = Math.max(byRole[role], founder ? byRole.coordinator : 0);
  const record = Math.min(mostByResolved, resolved * byResolved) - refuted * byRefuted;
  return Math.max(settled, Math.min(1, settled + (byTime - settled) * grown + trusted + record));
}

/**
 * What a member's word counts, in four steps: the steps travel with each confirmation, and say no more of a person
 * than what everybody can see of them.
 */
export function weightOf(standing: number): number {
  if (standing >= 0.6) return 1;
  if (standing >= 0.3) return 0.5;
  return standing >= settled ? 0.2 : newcomer;
}
