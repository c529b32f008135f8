import * as v from 'valibot';
import type { Patrol } from './patrols.ts';
import { Code } from './sos.ts';
import { Id, Timestamp } from './text.ts';

const minute = 60 * 1000;

/**
 * That a walker of a round is well: they say so again and again. `due`: it is time to; `overdue`: the grace has passed,
 * and they are asked; `searched`: they did not answer; `over`: nothing more is waited for.
 */
export const CheckIn = v.object({
  id: Id,
  version: v.number(),
  patrolId: Id,
  memberId: Id,
  /** When they began to walk. */
  since: Timestamp,
  state: v.picklist(['awaited', 'due', 'overdue', 'searched', 'over']),
  /** When they are to say so next. */
  dueAt: Timestamp,
  /** When the next happens if they do not; null where nothing does. */
  nextAt: v.nullable(Timestamp),
  /** When they said so last. */
  lastAt: v.nullable(Timestamp),
});
export type CheckIn = v.InferOutput<typeof CheckIn>;

/** Who is asked to look for a walker, one step after the other; after the last there is nobody left to ask. */
export const SearchStep = v.picklist(['partners', 'on-duty', 'volunteers', 'everyone', 'exhausted']);
export type SearchStep = v.InferOutput<typeof SearchStep>;

/** A walker who did not answer is looked for. */
export const Search = v.object({
  id: Id,
  version: v.number(),
  patrolId: Id,
  /** Who is looked for. */
  memberId: Id,
  /** Their name, where they are a neighbour no more and nobody else could say it. */
  name: v.optional(v.string()),
  step: SearchStep,
  beganAt: Timestamp,
  /** When they were heard of last. */
  lastAt: v.nullable(Timestamp),
  /** Who looks for them; null while nobody says so. */
  ownerId: v.nullable(Id),
  /** When the next are asked; null where nobody is left. */
  dueAt: v.nullable(Timestamp),
  /** `by` is null once they were erased. */
  end: v.nullable(v.object({ by: v.nullable(Id), at: Timestamp })),
});
export type Search = v.InferOutput<typeof Search>;

/** How long the walker is asked by themselves before others are. */
export const askMs = 2 * minute;
/** How long those whom a step asks have before the next are asked. */
export const stepMs: Readonly<Record<Exclude<SearchStep, 'exhausted'>, number>> = {
  partners: 2 * minute,
  'on-duty': 2 * minute,
  volunteers: 3 * minute,
  everyone: 5 * minute,
};
/** Who says that they look for somebody has so long; saying it again renews it. */
export const lookingMs = 10 * minute;

export const CheckInCommand = v.strictObject({ code: v.optional(Code) });
export type CheckInCommand = v.InferOutput<typeof CheckInCommand>;
export const SafeCommand = v.strictObject({ code: v.optional(Code) });
export type SafeCommand = v.InferOutput<typeof SafeCommand>;
/** Going, or ending the round: who set codes shows by one that nobody makes them. */
export const GoCommand = v.strictObject({ code: v.optional(Code) });
export type GoCommand = v.InferOutput<typeof GoCommand>;
export const CheckedIn = v.object({ checkIn: CheckIn, seq: v.number() });
export type CheckedIn = v.InferOutput<typeof CheckedIn>;
export const SearchChanged = v.object({ search: Search, seq: v.number() });
export type SearchChanged = v.InferOutput<typeof SearchChanged>;
/** `duress`: it was to look as if it had ended; only whoever looks for them is told. */
export const SearchDetail = v.object({ search: Search, duress: v.boolean() });
export type SearchDetail = v.InferOutput<typeof SearchDetail>;

/** Whether a walker's word is waited for: again and again while they walk, once more where nobody ended the round for them. */
export type Waiting = 'again' | 'once-more' | 'no';

export function waitsFor(
  patrol: Pick<Patrol, 'state' | 'walkers' | 'end' | 'runningSince'>,
  memberId: Id,
): Waiting {
  const stint = patrol.walkers.findLast((walker) => walker.memberId === memberId);
  if (stint === undefined || patrol.runningSince === null) return 'no';
  if (stint.leftAt === null) return 'again';
  const { end } = patrol;
  const walkedToTheEnd = end !== null && stint.leftAt === end.at;
  return walkedToTheEnd && end.why !== 'walker' && end.by !== memberId ? 'once-more' : 'no';
}

/** When a walker began to walk, this time; null where they never did. */
export function walkingSince(patrol: Pick<Patrol, 'walkers' | 'runningSince'>, memberId: Id): number | null {
  const stint = patrol.walkers.findLast((walker) => walker.memberId === memberId);
  if (stint === undefined || patrol.runningSince === null) return null;
  return Math.max(stint.joinedAt, patrol.runningSince);
}

/** When the first word of a walker is due; null where none is waited for. */
export function firstDueAt(
  patrol: Pick<Patrol, 'walkers' | 'runningSince' | 'checkIn'>,
  memberId: Id,
): number | null {
  const since = walkingSince(patrol, memberId);
  return since === null ? null : since + patrol.checkIn.everyMinutes * minute;
}

/** Who walked the round, then or now. */
export const hasWalked = ({ walkers }: Pick<Patrol, 'walkers'>, memberId: Id): boolean =>
  walkers.some((walker) => walker.memberId === memberId);
