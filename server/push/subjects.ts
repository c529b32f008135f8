import type * as v from 'valibot';
import { Drill } from '../../shared/drills.ts';
import { CheckIn, Search } from '../../shared/home-safe.ts';
import { Incident } from '../../shared/incidents.ts';
import { PairingBook, Relay } from '../../shared/relays.ts';
import { Shift } from '../../shared/shifts.ts';
import { Cover, Swap } from '../../shared/swaps.ts';
import type { neighbourhoodKeys } from '../redis/keys.ts';

type Hash = {
  [Name in keyof ReturnType<typeof neighbourhoodKeys>]: ReturnType<
    typeof neighbourhoodKeys
  >[Name] extends string
    ? Name
    : never;
}[keyof ReturnType<typeof neighbourhoodKeys>];

/** What a message may be about, and where it lies: a hash of entities by id. */
export const subjects = {
  incident: { hash: 'incidents', schema: Incident },
  checkIn: { hash: 'checkIns', schema: CheckIn },
  search: { hash: 'searches', schema: Search },
  swap: { hash: 'swaps', schema: Swap },
  cover: { hash: 'covers', schema: Cover },
  pairings: { hash: 'pairings', schema: PairingBook },
  relay: { hash: 'relays', schema: Relay },
  shift: { hash: 'shifts', schema: Shift },
  drill: { hash: 'drills', schema: Drill },
} as const satisfies Record<string, { hash: Hash; schema: v.GenericSchema }>;

export type SubjectKind = keyof typeof subjects;
export type Entity<Kind extends SubjectKind> = v.InferOutput<(typeof subjects)[Kind]['schema']>;

export type Subject =
  | EntitySubject
  /** What is told of many things at once: its id is its own. */
  | { kind: 'digest'; id: string };

type EntitySubject = {
  kind: SubjectKind;
  id: string;
  /** Whether what is told of it still is how things are: asked at each sending, of the entity as it is then. */
  holds: (entity: Entity<SubjectKind>) => boolean;
};

/** What a message is about. @param holds whether it still is how things are, with the entity as it is then */
export function about<Kind extends SubjectKind>(
  kind: Kind,
  id: string,
  holds: (entity: Entity<Kind>) => boolean,
): EntitySubject {
  return { kind, id, holds };
}
