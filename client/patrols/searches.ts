import { hasWalked, type Search, type SearchStep } from '../../shared/home-safe.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { isOnDuty, type Patrol } from '../../shared/patrols.ts';
import type { Id } from '../../shared/text.ts';

const ladder: readonly SearchStep[] = ['partners', 'on-duty', 'volunteers', 'everyone', 'exhausted'];

/** The steps that ask a member to look: the first of them that a search has reached shows it to them. */
export function asksFrom(search: Search, me: Member, patrols: ReadonlyMap<Id, Patrol>): SearchStep {
  const own = patrols.get(search.patrolId);
  if (own && hasWalked(own, me.id)) return 'partners';
  if ([...patrols.values()].some((patrol) => isOnDuty(patrol, me.id))) return 'on-duty';
  return me.role === 'resident' ? 'everyone' : 'volunteers';
}

/** Searches that go on and are a member's to know of: their own, those that they were asked in, those that they look in. */
export function searchesFor(
  searches: Iterable<Search>,
  me: Member,
  patrols: ReadonlyMap<Id, Patrol>,
): Search[] {
  return [...searches]
    .filter((search) => search.end === null)
    .filter(
      (search) =>
        search.memberId === me.id ||
        search.ownerId === me.id ||
        ladder.indexOf(search.step) >= ladder.indexOf(asksFrom(search, me, patrols)),
    )
    .toSorted((a, b) => ladder.indexOf(b.step) - ladder.indexOf(a.step) || a.beganAt - b.beganAt);
}

/** Whether a member may say that whoever is looked for is safe. */
export const maySaySafe = (search: Search, me: Member, patrol: Patrol | null): boolean =>
  search.ownerId === me.id || me.role === 'coordinator' || (patrol !== null && hasWalked(patrol, me.id));
