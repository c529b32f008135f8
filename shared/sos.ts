import * as v from 'valibot';
import { Position } from './geo.ts';
import { Id, textSchema, Timestamp } from './text.ts';

const minute = 60 * 1000;

/** Held for so long, then counted down: nobody raises an SOS with a pocket. */
export const holdMs = 1500;
export const countdownSeconds = 5;
/** A position is shared for so long at most, whatever else happens. */
export const sharingMs = 4 * 60 * minute;
/** Whoever checks in late by less than this raises nothing. */
export const walkGraceMs = minute;
export const longestWalkMs = 12 * 60 * minute;

/** Who gets to know where somebody is: named beforehand by them. */
export const Sharing = v.union([v.literal('all'), v.pipe(v.array(Id), v.minLength(1), v.maxLength(50))]);
export type Sharing = v.InferOutput<typeof Sharing>;

/** What makes an incident an SOS. Whom the member shares their position with is theirs to know. */
export const Sos = v.object({
  startedBy: v.picklist(['member', 'walk']),
  /** The phone of whoever needs help must make no sound. */
  silent: v.boolean(),
  /** Whose phones are told first. */
  told: v.picklist(['all', 'chosen']),
  /** Who raised it, where they are erased while it goes on: by name alone. The id is of nobody, and finds what says so. */
  formerly: v.optional(v.object({ id: Id, name: v.string() })),
});
export type Sos = v.InferOutput<typeof Sos>;

/** An incident without name and words of whoever was erased while their SOS went on. */
export function withoutName<Of extends { description: string; sos: Sos | null }>(incident: Of): Of {
  if (incident.sos?.formerly === undefined) return incident;
  const { startedBy, silent, told } = incident.sos;
  return { ...incident, description: '', sos: { startedBy, silent, told } };
}

export const SosCommand = v.strictObject({ silent: v.optional(v.boolean(), false) });

/** Digits that end an SOS or a walk. */
export const Code = v.pipe(v.string(), v.regex(/^\d{4,8}$/u, 'must be four to eight digits'));

/** With a code where the member has set one. */
export const SosEndCommand = v.strictObject({ code: v.optional(Code) });
export type SosEndCommand = v.InferOutput<typeof SosEndCommand>;

/** What a member settled beforehand, as they may see it: never the codes. */
export const SosSettings = v.object({ sharing: Sharing, hasCodes: v.boolean() });
export type SosSettings = v.InferOutput<typeof SosSettings>;

export const SosSharingCommand = v.strictObject({ sharing: Sharing });
export type SosSharingCommand = v.InferOutput<typeof SosSharingCommand>;

/** Sets both codes; `current` is the one that was set before. */
export const SosCodesCommand = v.pipe(
  v.strictObject({ cancel: Code, duress: Code, current: v.optional(Code) }),
  v.forward(
    v.check(({ cancel, duress }) => cancel !== duress, 'must differ from the code that ends it'),
    ['duress'],
  ),
);
export type SosCodesCommand = v.InferOutput<typeof SosCodesCommand>;

/** "I am walking home; raise it if I do not check in": lives on the server, one a member, for nobody else to see. */
export const Walk = v.object({
  id: Id,
  version: v.number(),
  memberId: Id,
  startedAt: Timestamp,
  raiseAt: Timestamp,
  note: v.string(),
  state: v.picklist(['walking', 'home', 'raised']),
});
export type Walk = v.InferOutput<typeof Walk>;
export const WalkAnswer = v.object({ walk: v.nullable(Walk) });

/** Sets out, or puts the time off; putting it off is a check-in, and takes the code that ends it. */
export const WalkCommand = v.strictObject({
  raiseAt: Timestamp,
  note: v.optional(textSchema(0, 200), ''),
  code: v.optional(Code),
});
export type WalkCommand = v.InferOutput<typeof WalkCommand>;

const accuracy = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000)));
const heading = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(360)));

/** Where somebody is whose SOS runs, as their phone tells it. */
export const SosPositionTold = v.strictObject({
  neighbourhoodId: Id,
  incidentId: Id,
  position: Position,
  /** Radius in metres. */
  accuracy,
  /** Degrees from north, clockwise. */
  heading,
  at: Timestamp,
});
export type SosPositionTold = v.InferOutput<typeof SosPositionTold>;

export const SosPosition = v.object({ ...SosPositionTold.entries, memberId: Id });
export type SosPosition = v.InferOutput<typeof SosPosition>;
