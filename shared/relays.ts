import * as v from 'valibot';
import type { Incident, Severity } from './incidents.ts';
import { Id, nameSchema, Timestamp } from './text.ts';

const minute = 60 * 1000;

/** So many people without a phone one member tells, and so many are told in a neighbourhood. */
export const mostOfBuddy = 3;
export const mostPairings = 200;
/** So many members tell one person. */
export const mostBuddies = 2;
/** How long one buddy has before the next are asked. */
export const buddyMs = 10 * minute;

/** Somebody without a phone, and the members who tell them: a name, no address and no number. */
export const Pairing = v.object({
  id: Id,
  name: v.string(),
  /** In the order in which they are asked. Nobody, where the last one left: then volunteers are asked at once. */
  buddyIds: v.array(Id),
  /** Who was asked to be a buddy too, and has not answered. */
  asked: v.nullable(Id),
  at: Timestamp,
});
export type Pairing = v.InferOutput<typeof Pairing>;

/** All of a neighbourhood: few, and changed rarely. */
export const PairingBook = v.object({ version: v.number(), pairings: v.array(Pairing) });
export type PairingBook = v.InferOutput<typeof PairingBook>;

export const RelayStep = v.picklist(['first', 'second', 'volunteers']);
export type RelayStep = v.InferOutput<typeof RelayStep>;

/** That one person without a phone is told of one incident. Their name is not in it: every device reads it. */
export const Relay = v.object({
  id: Id,
  version: v.number(),
  incidentId: Id,
  pairingId: Id,
  /** `ending`: they were told, it is over, and they are to be told that too. */
  state: v.picklist(['asking', 'told', 'ending', 'over']),
  step: RelayStep,
  /** Who is asked by name, at this step. */
  asked: v.array(Id),
  /** `by` is null once they were erased. */
  told: v.nullable(v.object({ by: v.nullable(Id), at: Timestamp })),
  /** When the next are asked; null where nobody is left, or nobody has to be. */
  dueAt: v.nullable(Timestamp),
  at: Timestamp,
});
export type Relay = v.InferOutput<typeof Relay>;

export const PairingCommand = v.strictObject({ name: nameSchema(60) });
export type PairingCommand = v.InferOutput<typeof PairingCommand>;
export const SecondBuddyCommand = v.strictObject({ memberId: Id });
export const BuddyAnswerCommand = v.strictObject({ accept: v.boolean() });

export const Pairings = v.object({ pairings: v.array(Pairing) });
/** Without the name: what repeats the answer is kept longer than the pairing may be. */
export const PairingChanged = v.object({ pairingId: Id, seq: v.number() });
export const NamedRelay = v.object({ name: v.string(), relay: Relay });
export type NamedRelay = v.InferOutput<typeof NamedRelay>;
export const Relays = v.object({ relays: v.array(NamedRelay) });
export const RelayChanged = v.object({ relay: Relay, seq: v.number() });

/** Whether somebody has to be told something now. */
export const isToTell = ({ state }: Pick<Relay, 'state'>): boolean =>
  state === 'asking' || state === 'ending';

const grave: readonly Severity[] = ['severe', 'extreme'];

/** Whether an incident is told to those without a phone: grave, of here, and no matter of volunteers or of a few chosen. */
export const isPassedOn = ({ severity, audience, sos, source }: Incident): boolean =>
  grave.includes(severity) && audience === 'everyone' && sos?.told !== 'chosen' && source === null;
