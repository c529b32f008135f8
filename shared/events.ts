import * as v from 'valibot';
import { Drill } from './drills.ts';
import { CheckIn, Search } from './home-safe.ts';
import { Confirmation, Handling, Response, Update } from './incident-life.ts';
import { Incident } from './incidents.ts';
import { MemberKit } from './kit.ts';
import { Invite, Member, Neighbourhood } from './neighbourhoods.ts';
import { Checkpoint, Patrol } from './patrols.ts';
import { Relay } from './relays.ts';
import { PatrolReport } from './reports.ts';
import { Review } from './reviews.ts';
import { PatrolWord, Shift, ShiftSeries } from './shifts.ts';
import { Cover, Swap } from './swaps.ts';
import { Id, Timestamp } from './text.ts';

const by = v.nullable(Id);

/**
 * A step of a review, with the incident where it shows or hides something of it, or with the observation or comment
 * that it is about. Nobody else is named.
 */
const reviewed = {
  by: v.null(),
  review: Review,
  incident: v.nullable(Incident),
  update: v.optional(v.nullable(Update), null),
};

/** A shift and whom of those signed up it is about. */
const shiftOf = { by, shift: Shift, memberIds: v.array(Id) };

/** What the log can say. Each event carries the whole entity with its version: applying it twice is harmless. */
export const LogEvent = v.variant('type', [
  v.object({
    type: v.literal('neighbourhood.founded'),
    by,
    neighbourhood: Neighbourhood,
    member: v.nullable(Member),
  }),
  v.object({ type: v.literal('member.joined'), by, member: Member }),
  v.object({ type: v.literal('member.roleChanged'), by, member: Member }),
  v.object({ type: v.literal('member.removed'), by, member: Member }),
  /** What a member brings to patrols and can do, by their own word. */
  v.object({ type: v.literal('member.kitChanged'), by, kit: MemberKit }),
  v.object({ type: v.literal('invite.created'), by, invite: Invite }),
  v.object({ type: v.literal('invite.revoked'), by, invite: Invite }),
  v.object({ type: v.literal('incident.reported'), by, incident: Incident }),
  v.object({ type: v.literal('incident.changed'), by, incident: Incident }),
  /**
   * Everybody is told now, not volunteers alone: by the second witness, whose word comes with it, or because nobody
   * disputed it in time. Where volunteers alone were asked to the last, all who know of it now are asked.
   */
  v.object({
    type: v.literal('incident.widened'),
    by,
    incident: Incident,
    confirmation: v.nullable(Confirmation),
    handling: v.optional(v.nullable(Handling), null),
  }),
  /** With its outcome: the correction of the alert. */
  v.object({ type: v.literal('incident.closed'), by, incident: Incident }),
  v.object({ type: v.literal('incident.reopened'), by, incident: Incident }),
  /** The first answer of all also takes the incident in hand. */
  v.object({ type: v.literal('response.given'), by, response: Response, handling: v.nullable(Handling) }),
  /** Handed over, lost through silence, or asked of more people. */
  v.object({ type: v.literal('handling.changed'), by, handling: Handling }),
  v.object({ type: v.literal('confirmation.given'), by, confirmation: Confirmation }),
  /** The owner's word also shows that they are still there. */
  v.object({
    type: v.literal('update.posted'),
    by,
    update: Update,
    handling: v.optional(v.nullable(Handling), null),
  }),
  /** Flagged once more, or one of the jury has answered. */
  v.object({ type: v.literal('review.changed'), ...reviewed }),
  /** Enough have flagged it: a jury is drawn. */
  v.object({ type: v.literal('review.opened'), ...reviewed }),
  /** Others are asked in place of those who were silent. */
  v.object({ type: v.literal('review.drawn'), ...reviewed }),
  /** Its author asks for a second jury. */
  v.object({ type: v.literal('review.appealed'), ...reviewed }),
  v.object({ type: v.literal('review.decided'), ...reviewed }),
  /** Who tells neighbours without a phone changed; `buddyId`: who is asked to do so too. Nobody else is named. */
  v.object({ type: v.literal('pairings.changed'), by: v.null(), pairingId: Id, buddyId: by }),
  /** A neighbour without a phone is to be told of an incident, or was. */
  v.object({ type: v.literal('relay.changed'), by, relay: Relay }),
  /** What a round saw. */
  v.object({ type: v.literal('patrol.reported'), by, report: PatrolReport }),
  /** A walker said that they are well, or it is time to, or high time. */
  v.object({ type: v.literal('checkIn.changed'), by, checkIn: CheckIn }),
  /** A walker did not answer; `asked`: whom the first step asks by name. */
  v.object({
    type: v.literal('search.begun'),
    by,
    search: Search,
    checkIn: v.nullable(CheckIn),
    asked: v.array(Id),
  }),
  /** Nobody looks for them yet, or no more: the next are asked. */
  v.object({ type: v.literal('search.widened'), by, search: Search, asked: v.array(Id) }),
  /** Somebody looks for them, or still does. */
  v.object({ type: v.literal('search.changed'), by, search: Search, checkIn: v.nullable(CheckIn) }),
  /** They are safe. */
  v.object({ type: v.literal('search.ended'), by, search: Search, checkIn: v.nullable(CheckIn) }),
  /** An import's batch: too many to carry, so readers load what they show. */
  v.object({ type: v.literal('incidents.imported'), by, source: v.string(), count: v.number() }),
  /** What stood here was erased: it told of an incident that is gone, or of a member who asked for it. */
  v.object({ type: v.literal('entry.erased'), by }),
  v.object({ type: v.literal('neighbourhood.changed'), by, neighbourhood: Neighbourhood }),
  /** A member's word on whether there are patrols here. */
  v.object({ type: v.literal('patrols.answered'), by, word: PatrolWord }),
  /**
   * Planned, or planned anew, with nobody signed up who would have to be told; `gone`: shifts of the series that are no
   * more. The series where it is new, changed or ended.
   */
  v.object({
    type: v.literal('shifts.planned'),
    by,
    series: v.nullable(ShiftSeries),
    shifts: v.array(Shift),
    gone: v.array(Id),
  }),
  /** Those signed up are told; `memberIds`: for whom it lies badly now, and who are signed up no more. */
  v.object({ type: v.literal('shift.changed'), ...shiftOf }),
  /** With those who would have come, `memberIds`, who are told. */
  v.object({ type: v.literal('shift.cancelled'), ...shiftOf }),
  v.object({ type: v.literal('shift.joined'), ...shiftOf }),
  v.object({ type: v.literal('shift.left'), ...shiftOf }),
  /** There were too few: who came only then, `memberIds`, comes for certain now, and is told. */
  v.object({ type: v.literal('shift.firmed'), ...shiftOf }),
  /** It starts within a day and there are too few: volunteers are told. */
  v.object({ type: v.literal('shift.short'), ...shiftOf }),
  /** Over, and the hours of those who were signed up, `memberIds`, are counted. */
  v.object({ type: v.literal('shift.ended'), ...shiftOf }),
  /** A day or an hour before: `memberIds` are reminded. */
  v.object({ type: v.literal('shift.reminded'), ...shiftOf }),
  /** Somebody said whether they come, or, afterwards, how many came. */
  v.object({ type: v.literal('shift.confirmed'), ...shiftOf }),
  v.object({ type: v.literal('swap.offered'), by, swap: Swap }),
  /** However it ended; accepted, with the shifts as they are now. */
  v.object({ type: v.literal('swap.closed'), by, swap: Swap, shifts: v.array(Shift) }),
  /**
   * Somebody is asked to come in another's place, or everybody where nobody is left to ask. Who said no is not told:
   * only the first entry, by who asks for it, names anybody as its author, with the shift that says so.
   */
  v.object({ type: v.literal('cover.asked'), by, cover: Cover, shift: v.nullable(Shift) }),
  /** With the shift where somebody came in, or comes after all. */
  v.object({ type: v.literal('cover.closed'), by, cover: Cover, shift: v.nullable(Shift) }),
  /** Retention: these are gone from the store. */
  v.object({ type: v.literal('shifts.forgotten'), by, shiftIds: v.array(Id), seriesIds: v.array(Id) }),
  /** Retention: these are gone from the store. */
  v.object({ type: v.literal('incidents.forgotten'), by, incidentIds: v.array(Id) }),
  /** A round gathers. */
  v.object({ type: v.literal('patrol.started'), by, patrol: Patrol }),
  /** Somebody beside its walkers asks to come along. */
  v.object({ type: v.literal('patrol.asked'), by, patrol: Patrol }),
  /** With the second walker it runs; `memberId` is who came. */
  v.object({ type: v.literal('patrol.joined'), by, memberId: Id, patrol: Patrol }),
  v.object({ type: v.literal('patrol.left'), by, memberId: Id, patrol: Patrol }),
  v.object({ type: v.literal('patrol.ended'), by, patrol: Patrol }),
  v.object({ type: v.literal('checkpoint.placed'), by, checkpoint: Checkpoint }),
  v.object({ type: v.literal('checkpoint.removed'), by, checkpoint: Checkpoint }),
  /** An exercise: everybody is told, and what came of it is counted. */
  v.object({ type: v.literal('drill.started'), by, drill: Drill }),
  v.object({ type: v.literal('drill.ended'), by, drill: Drill }),
  /** The last one was a month ago: coordinators are told. */
  v.object({ type: v.literal('drill.due'), by, drill: Drill }),
  /** Retention: these are gone from the store. */
  v.object({ type: v.literal('patrols.forgotten'), by, patrolIds: v.array(Id) }),
]);
export type LogEvent = v.InferOutput<typeof LogEvent>;

export const LogEntry = v.intersect([v.object({ seq: v.number(), at: Timestamp }), LogEvent]);
export type LogEntry = { seq: number; at: number } & LogEvent;

/** A place in a log: `<epoch>.<seq>`; another epoch is another log. */
export const Cursor = v.pipe(v.string(), v.regex(/^[\w-]{8,32}\.\d{1,15}$/u, 'must be a cursor'));
export type Cursor = v.InferOutput<typeof Cursor>;

/** Splits a valid cursor. */
export function parseCursor(cursor: Cursor): { epoch: string; seq: number } {
  const dot = cursor.lastIndexOf('.');
  return { epoch: cursor.slice(0, dot), seq: Number(cursor.slice(dot + 1)) };
}

export const LogPage = v.object({ entries: v.array(LogEntry), cursor: Cursor });
export type LogPage = { entries: LogEntry[]; cursor: Cursor };
