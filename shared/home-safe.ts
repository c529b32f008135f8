import * as v from 'valibot';
import { Id, Timestamp } from './text.ts';

/**
 * That a walker of a round is well: they say so again and again. `due`: it is time to; `overdue`: the grace has passed,
 * and they are asked; `searched`: they did not answer; `over`: nothing more is waited for.
 */
export const CheckIn = v.object({
  id: Id,
  version: v.number(),
  patrolId: Id,
  memberId: Id,
  state: v.picklist(['awaited', 'due', 'overdue', 'searched', 'over']),
  /** When they are to say so next. */
  dueAt: Timestamp,
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
