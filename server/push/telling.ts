import type { Role } from '../../shared/neighbourhoods.ts';

/**
 * Some members. The author is who reported the incident, also where neighbours do not see it; a review's jury are those
 * who have not answered yet, whom no entry names.
 */
export type People = {
  memberIds: readonly string[];
  author: boolean;
  juryOf?: string;
  /** From whom it is hidden that this search goes on. */
  notKnowingOf?: string;
};

export const nobody: People = { memberIds: [], author: false };
export const these = (...memberIds: string[]): People => ({ memberIds, author: false });

/** Whose devices are told. */
export type Audience =
  /** Whom whoever raised an SOS chose beforehand. */
  | { to: 'chosen' }
  | { to: 'everyone' }
  | { to: 'roles'; roles: readonly Role[]; and: People }
  | { to: 'people'; people: People }
  /** Who hears all of the incident, and these; `acting`: of those only who reported, answered or chose it. */
  | { to: 'followers'; and: People; acting?: true }
  /** Exactly the devices that were told of this before. */
  | { to: 'told' };

/** What one log entry tells, and whom. */
export type Telling = {
  audience: Audience;
  /** Not told though in the audience: whoever did it knows. */
  exclude: People;
  /** How long it is worth telling, in milliseconds. */
  lifeMs: number;
  /** Whom it asks for by name: they are told that instead. */
  asks: readonly string[];
  /** One of two entries that tell the same, first to some: no device is told by both. */
  inSteps: boolean;
};
