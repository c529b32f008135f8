import * as v from 'valibot';
import { Position } from './geo.ts';
import { Id, nameSchema, Timestamp } from './text.ts';

const minute = 60 * 1000;

/** A round ends by itself after so long, whatever else happens. */
export const patrolMs = 4 * 60 * minute;
/** Whoever waits for a partner waits so long at most. */
export const gatheringMs = 30 * minute;
/** Positions were shared and then none came for so long: the round ends. */
export const silenceMs = 20 * minute;
/** Fewer are no patrol. */
export const leastWalkers = 2;
/** More are a march. */
export const mostWalkers = 10;
/** Who asked to come along and was not let in for so long has to ask again. */
export const askingMs = 5 * minute;
/** A phone whose clock is wrong by more has no say in where it was when. */
export const clockMs = 5 * minute;
/** Residents learn where a round was so long ago, at the earliest. */
export const coarseDelayMs = 5 * minute;
/** So many metres around where somebody began to share, and at the end of their way, are told to no resident. */
export const hiddenMetres = 200;

/** The way that is meant to be walked: planned beforehand, and no track of anybody. */
export const Route = v.pipe(v.array(Position), v.minLength(2), v.maxLength(200));
export type Route = v.InferOutput<typeof Route>;

export const Walker = v.object({
  memberId: Id,
  joinedAt: Timestamp,
  /** Null while they walk. */
  leftAt: v.nullable(Timestamp),
});
export type Walker = v.InferOutput<typeof Walker>;

/** `walker`: one of them ended it; `time`: after `patrolMs`; `silence`: sharing stopped; `few`: too few were left, or came. */
export const PatrolEnd = v.picklist(['walker', 'time', 'silence', 'few']);
export type PatrolEnd = v.InferOutput<typeof PatrolEnd>;

const minutes = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
export const CheckInRule = v.strictObject({ everyMinutes: minutes(10, 60), graceMinutes: minutes(2, 15) });
export type CheckInRule = v.InferOutput<typeof CheckInRule>;
export const defaultCheckIn: CheckInRule = { everyMinutes: 30, graceMinutes: 5 };

/**
 * A round. It gathers until the second walker is there, runs, and ends for good. Where its walkers are is never part
 * of it.
 */
export const Patrol = v.object({
  id: Id,
  version: v.number(),
  state: v.picklist(['gathering', 'running', 'ended']),
  shiftId: v.nullable(Id),
  /** In the order in which they came, also those who left; whoever came twice is there twice. */
  walkers: v.array(Walker),
  /** Members who stand beside them and asked to come along. */
  asking: v.array(v.object({ memberId: Id, at: Timestamp })),
  startedAt: Timestamp,
  /** When the second walker came; null while it gathers. */
  runningSince: v.nullable(Timestamp),
  endsBy: Timestamp,
  route: v.nullable(Route),
  /** How often its walkers say that they are well. */
  checkIn: CheckInRule,
  /** How many checkpoints were reached, each counted once; never which: that would tell where its walkers were. */
  visited: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** `by` is null where nobody ended it. */
  end: v.nullable(v.object({ why: PatrolEnd, by: v.nullable(Id), at: Timestamp })),
});
export type Patrol = v.InferOutput<typeof Patrol>;

/** Those who walk at the moment. */
export const walkersOf = ({ walkers }: Pick<Patrol, 'walkers'>): Id[] =>
  walkers.filter(({ leftAt }) => leftAt === null).map(({ memberId }) => memberId);

/** Whether this member is on duty by this patrol. */
export const isOnDuty = (patrol: Pick<Patrol, 'state' | 'walkers'>, memberId: Id): boolean =>
  patrol.state === 'running' && walkersOf(patrol).includes(memberId);

/**
 * Starts a round. The position says that whoever starts it is here: it is looked at and thrown away. The route of a
 * shift comes along as it was planned.
 */
export const StartPatrolCommand = v.strictObject({
  shiftId: v.optional(Id),
  route: v.optional(Route),
  position: v.optional(Position),
  /** How often its walkers say that they are well. */
  checkIn: v.optional(CheckInRule, defaultCheckIn),
});
export type StartPatrolCommand = v.InferInput<typeof StartPatrolCommand>;

/** Six digits that the first phone shows for a minute or two. */
export const PartnerCode = v.pipe(v.string(), v.regex(/^\d{6}$/u, 'must be six digits'));
export const PartnerCodeShown = v.object({ code: PartnerCode, expiresAt: Timestamp });
export type PartnerCodeShown = v.InferOutput<typeof PartnerCodeShown>;

/** With the code that the first phone shows; without one it asks, and a walker lets them in. */
export const JoinPatrolCommand = v.strictObject({ code: v.optional(PartnerCode) });
export type JoinPatrolCommand = v.InferOutput<typeof JoinPatrolCommand>;

export const PatrolChanged = v.object({ patrol: Patrol, seq: v.number() });
export type PatrolChanged = v.InferOutput<typeof PatrolChanged>;

/** Whom I am never shown to while I walk. Nobody else gets to know. */
export const Blocking = v.object({ blocked: v.pipe(v.array(Id), v.maxLength(50)) });
export type Blocking = v.InferOutput<typeof Blocking>;
export const BlockCommand = v.strictObject({ blocked: Blocking.entries.blocked });

/** A place on the way with a code to be read there. */
export const Checkpoint = v.object({
  id: Id,
  version: v.number(),
  name: v.string(),
  position: Position,
});
export type Checkpoint = v.InferOutput<typeof Checkpoint>;
export const CheckpointCommand = v.strictObject({ name: nameSchema(60), position: Position });
export type CheckpointCommand = v.InferOutput<typeof CheckpointCommand>;
export const mostCheckpoints = 50;

/** `<checkpoint id>.<signature>`, as its printed code carries it. */
export const CheckpointCode = v.pipe(
  v.string(),
  v.regex(/^[\w-]{16}\.[\w-]{22}$/u, 'must be a checkpoint’s code'),
);
/** With its code only for those who print them. */
export const Checkpoints = v.object({
  checkpoints: v.array(v.object({ ...Checkpoint.entries, code: v.nullable(CheckpointCode) })),
});
export type Checkpoints = v.InferOutput<typeof Checkpoints>;

/** The position says that the walker stands there: looked at and thrown away. */
export const VisitCommand = v.strictObject({
  code: CheckpointCode,
  position: Position,
  accuracy: v.pipe(v.number(), v.minValue(0), v.maxValue(100_000)),
  at: Timestamp,
});
export type VisitCommand = v.InferOutput<typeof VisitCommand>;

/** Where a walker is, as their phone tells it. */
export const PatrolPositionTold = v.strictObject({
  neighbourhoodId: Id,
  patrolId: Id,
  position: Position,
  /** Radius in metres. */
  accuracy: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100_000))),
  /** Degrees from north, clockwise. */
  heading: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(360))),
  at: Timestamp,
});
export type PatrolPositionTold = v.InferOutput<typeof PatrolPositionTold>;

/** Where a walker is; for whoever is not on duty the middle of a cell of the coarse grid, as it was some time ago. */
export const PatrolPosition = v.object({
  patrolId: Id,
  memberId: Id,
  position: Position,
  accuracy: v.optional(v.number()),
  heading: v.optional(v.number()),
  at: Timestamp,
});
export type PatrolPosition = v.InferOutput<typeof PatrolPosition>;

/** What one tick of a room brought. */
export type PatrolPositions = {
  neighbourhoodId: Id;
  /** For those on duty; else cells of the coarse grid. */
  exact: boolean;
  /** All there is to be seen: what is not in it is to be seen no more. Else only what is new. */
  whole: boolean;
  positions: PatrolPosition[];
};
