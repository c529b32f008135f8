import type { LogEntry, LogEvent } from '../../shared/events.ts';
import type { CheckIn, Search } from '../../shared/home-safe.ts';
import type { Patrol } from '../../shared/patrols.ts';

/** What only the server knows of a search that goes on though it had to look as if it had ended. */
export type Hidden = {
  version: number;
  searchId: string;
  /** Who must not see that it goes on. */
  from: readonly string[];
  /** As they see it; null where they never saw it. */
  seen: Search | null;
};

/** What is kept of it: with the name of whoever is looked for, which their going must not take from those who look. */
export type HiddenSearch = Hidden & { name: string };

/** Who must not see that a search goes on: whoever may stand beside them. */
export const walkersEver = (patrol: Patrol) => [...new Set(patrol.walkers.map(({ memberId }) => memberId))];

type Unseen = { id: string; patrol: Patrol; checkIn: CheckIn; at: number };

/**
 * A walker is made to go, or to end the round: a search begins that no walker sees. It waits for its timer, a moment
 * later, to ask those who do not walk: their going is told as any other, by an entry of its own.
 */
export function searchUnseen({ id, patrol, checkIn, at }: Unseen): { search: Search; hidden: Hidden } {
  const { memberId, lastAt } = checkIn;
  return {
    search: {
      ...{ id, version: 1, patrolId: patrol.id, memberId, step: 'partners' },
      ...{ beganAt: at, lastAt, ownerId: null, dueAt: at, end: null },
    },
    hidden: { version: 1, searchId: id, from: walkersEver(patrol), seen: null },
  };
}

/** A search as a member may see it; null where they must not see it at all. */
export function searchSeenBy(search: Search, hidden: Hidden | null, memberId: string): Search | null {
  return hidden !== null && hidden.from.includes(memberId) ? hidden.seen : search;
}

/**
 * An entry about a search as the log looks to somebody from whom it is hidden: ended with the word that looked as if it
 * ended it, or never begun. What it tells of a check-in comes as the walker's own word; of the rest only its place is
 * left.
 */
export function entrySeenByWalker(entry: LogEntry, { seen }: Hidden): LogEntry {
  if (!('search' in entry)) return entry;
  const { seq, at, search } = entry;
  const checkIn = 'checkIn' in entry ? entry.checkIn : null;
  if (seen !== null && search.version < seen.version) return entry;
  if (seen !== null && search.version === seen.version)
    return { seq, at, type: 'search.ended', by: seen.end?.by ?? null, search: seen, checkIn };
  if (checkIn !== null) return { seq, at, type: 'checkIn.changed', by: checkIn.memberId, checkIn };
  return { seq, at, type: 'entry.erased', by: null };
}

/**
 * Whoever is looked for without seeing it is a neighbour no more: what made them leave may be what they are looked for
 * for. It goes on under their name.
 */
export function nameWalker(search: Search, { name }: HiddenSearch): { search: Search; event: LogEvent } {
  const named = { ...search, version: search.version + 1, name };
  return { search: named, event: { type: 'search.changed', by: null, search: named, checkIn: null } };
}

/**
 * They are erased, and still looked for: nothing of them is left but their name, until somebody answers.
 * @param nobodyId stands for them in what is left
 */
export function eraseWalker(
  search: Search,
  hidden: HiddenSearch,
  nobodyId: string,
): { search: Search; hidden: HiddenSearch; event: LogEvent } {
  const { search: named, event } = nameWalker({ ...search, memberId: nobodyId }, hidden);
  const from = hidden.from.filter((id) => id !== search.memberId);
  return { search: named, hidden: { ...hidden, version: hidden.version + 1, from, seen: null }, event };
}

/** A search without somebody who looked, or said that they are safe, and is erased. */
export function withoutHelper(search: Search, memberId: string): Search {
  const { version, ownerId, end } = search;
  return {
    ...search,
    version: version + 1,
    ownerId: ownerId === memberId ? null : ownerId,
    end: end === null ? null : { ...end, by: end.by === memberId ? null : end.by },
  };
}
