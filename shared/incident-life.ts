import * as v from 'valibot';
import { Hide } from './hiding.ts';
import { Id, textSchema, Timestamp } from './text.ts';

// What neighbours do about an incident. Each of these is an entity of its own with its own version, so that thirty
// neighbours who act at once never fight over the incident's.

export const ResponseKind = v.picklist(['acknowledged', 'en-route', 'on-scene', 'stood-down']);
export type ResponseKind = v.InferOutput<typeof ResponseKind>;

/** What one member does about an incident; one a member. */
export const Response = v.object({
  incidentId: Id,
  memberId: Id,
  version: v.number(),
  kind: ResponseKind,
  /** When they think they are there; null unless on the way and said. */
  etaAt: v.nullable(Timestamp),
  at: Timestamp,
});
export type Response = v.InferOutput<typeof Response>;

export const RespondCommand = v.strictObject({
  kind: ResponseKind,
  etaMinutes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(240))),
});
export type RespondCommand = v.InferOutput<typeof RespondCommand>;

/** Whom an incident waits for. Widens step by step and never ends silently: `exhausted` is told to everybody. */
export const HandlingStep = v.picklist(['owned', 'on-duty', 'volunteers', 'everyone', 'exhausted']);
export type HandlingStep = v.InferOutput<typeof HandlingStep>;

/** Who has an incident in hand, and until when they must be heard of; one an incident. */
export const Handling = v.object({
  incidentId: Id,
  version: v.number(),
  step: HandlingStep,
  /** The first to acknowledge, or whom they handed it to; null while nobody has it. */
  ownerId: v.nullable(Id),
  since: Timestamp,
  /** When silence makes it go on to the next step; null where nothing follows. */
  dueAt: v.nullable(Timestamp),
  /** Who had it and was not heard of in time: it does not go back to them before they answer again. */
  silent: v.optional(v.array(Id), []),
  /** Of `on-duty` only: who is asked by name. */
  asked: v.optional(v.array(Id)),
});
export type Handling = v.InferOutput<typeof Handling>;

export const HandOverCommand = v.strictObject({ memberId: Id });
export type HandOverCommand = v.InferOutput<typeof HandOverCommand>;

/** The answers to both commands: `handling` is who has the incident in hand after it. */
export const Responded = v.object({ response: Response, handling: v.nullable(Handling), seq: v.number() });
export const HandedOver = v.object({ handling: Handling, seq: v.number() });

export const ConfirmationKind = v.picklist(['confirm', 'dispute']);
export type ConfirmationKind = v.InferOutput<typeof ConfirmationKind>;

/** What one member says of an incident's truth; one a member. */
export const Confirmation = v.object({
  incidentId: Id,
  memberId: Id,
  version: v.number(),
  kind: ConfirmationKind,
  /** How much it counted when it was given, 0 to 1, by the member's standing, see `weightOf`. */
  weight: v.number(),
  /** Those of one circle, whom one person brought in lately, count together; the id says no more, and here only. */
  circle: v.optional(v.nullable(Id), null),
  at: Timestamp,
});
export type Confirmation = v.InferOutput<typeof Confirmation>;

export const ConfirmCommand = v.strictObject({ kind: ConfirmationKind });
export type ConfirmCommand = v.InferOutput<typeof ConfirmCommand>;

export const Confirmed = v.object({ confirmation: Confirmation, seq: v.number() });
export type Confirmed = v.InferOutput<typeof Confirmed>;

/** An observation belongs to the alarm and is told with it; a comment is talk and stays apart. */
export const UpdateKind = v.picklist(['observation', 'comment']);
export type UpdateKind = v.InferOutput<typeof UpdateKind>;

export const Update = v.object({
  id: Id,
  incidentId: Id,
  version: v.number(),
  kind: UpdateKind,
  text: v.string(),
  /** null where the reporter is anonymous and writes about their own incident. */
  by: v.nullable(Id),
  mentions: v.array(Id),
  at: Timestamp,
  /** Only where it is hidden: then it has neither words nor mentions. */
  hidden: v.optional(v.array(Hide)),
});
export type Update = v.InferOutput<typeof Update>;

export const UpdateCommand = v.strictObject({
  kind: UpdateKind,
  text: textSchema(1, 2000),
  mentions: v.optional(v.pipe(v.array(Id), v.maxLength(20)), []),
});
export type UpdateCommand = v.InferOutput<typeof UpdateCommand>;

export const Posted = v.object({ update: Update, seq: v.number() });
export type Posted = v.InferOutput<typeof Posted>;

/** Observations and comments of one incident at most. */
export const mostUpdates = 500;
/** How long after its end an incident can be talked about; observations end with it. */
export const talkMs = 7 * 24 * 3600 * 1000;

/** How an incident can end. */
export const OutcomeKind = v.picklist(['resolved', 'false-alarm', 'unfounded', 'duplicate', 'expired']);
export type OutcomeKind = v.InferOutput<typeof OutcomeKind>;

/** How an incident ended, why, and by whom; nothing is ever silently deleted. */
export const Outcome = v.object({
  kind: OutcomeKind,
  reason: v.string(),
  /** null where time closed it, or the anonymous reporter. */
  by: v.nullable(Id),
  at: Timestamp,
  /** The incident that this one was the same as. */
  duplicateOf: v.nullable(Id),
});
export type Outcome = v.InferOutput<typeof Outcome>;

/** What a neighbour may say of an incident's end: a duplicate is merged, and expired is what nobody says anything of. */
export const ResolveCommand = v.strictObject({
  kind: v.picklist(['resolved', 'false-alarm', 'unfounded']),
  reason: textSchema(1, 500),
});
export type ResolveCommand = v.InferOutput<typeof ResolveCommand>;

/** Why a closed incident is open again. */
export const Reopening = v.object({
  reason: v.string(),
  /** null for the anonymous reporter. */
  by: v.nullable(Id),
  at: Timestamp,
});
export type Reopening = v.InferOutput<typeof Reopening>;

/** A correction that was wrong is taken back within this time; later it is another incident. */
export const reopenMs = 24 * 3600 * 1000;

export const ReopenCommand = v.strictObject({ reason: textSchema(1, 500) });
export type ReopenCommand = v.InferOutput<typeof ReopenCommand>;

/** "Yes, it is still so." */
export const FreshCommand = v.strictObject({});

/** A device's word that a message came (`got`), or that somebody had it before them (`saw`). */
export const SeenCommand = v.strictObject({
  kind: v.picklist(['got', 'saw']),
  of: v.picklist(['alert', 'correction']),
});
export type SeenCommand = v.InferOutput<typeof SeenCommand>;

/** What neighbours do about one incident at the moment. */
export const IncidentLife = v.object({
  incidentId: Id,
  handling: v.nullable(Handling),
  responses: v.array(Response),
  confirmations: v.array(Confirmation),
});
export type IncidentLife = v.InferOutput<typeof IncidentLife>;

export const emptyLife = (incidentId: Id): IncidentLife => ({
  incidentId,
  handling: null,
  responses: [],
  confirmations: [],
});
