import * as v from 'valibot';
import type { ErrorCode } from './errors.ts';
import { type Cursor, Cursor as CursorSchema, type LogEntry } from './events.ts';
import type { Drill } from './drills.ts';
import type { CheckIn, Search } from './home-safe.ts';
import type { IncidentLife } from './incident-life.ts';
import type { Incident, Reach } from './incidents.ts';
import type { MemberKit } from './kit.ts';
import type { Member, Neighbourhood } from './neighbourhoods.ts';
import type { Patrol, PatrolPositions, PatrolPositionTold } from './patrols.ts';
import type { PatrolReport } from './reports.ts';
import type { PatrolWord, Shift, ShiftSeries } from './shifts.ts';
import type { SosPosition, SosPositionTold } from './sos.ts';
import type { Cover, Swap } from './swaps.ts';
import { Id } from './text.ts';

export const JoinRequest = v.strictObject({ neighbourhoodId: Id, cursor: v.nullable(CursorSchema) });
export type JoinRequest = v.InferOutput<typeof JoinRequest>;
export const LeaveRequest = v.strictObject({ neighbourhoodId: Id });
export type LeaveRequest = v.InferOutput<typeof LeaveRequest>;

/** The answer to `room:join`. `snapshotNeeded` is a normal answer: fetch the snapshot, then join with its cursor. */
export type JoinAnswer =
  | {
      ok: true;
      entries: LogEntry[];
      cursor: Cursor;
      positions: SosPosition[];
      /** Always whole. */
      patrolPositions?: PatrolPositions;
    }
  | { ok: true; snapshotNeeded: true }
  | { ok: false; code: ErrorCode };

export interface ClientToServerEvents {
  'room:join': (request: JoinRequest, answer: (answer: JoinAnswer) => void) => void;
  'room:leave': (request: LeaveRequest) => void;
  /** Where I am while my SOS runs; volatile, at most once a second counts. */
  'sos:position': (told: SosPositionTold) => void;
  /** Where I am while I walk a round; volatile, at most once a second counts. */
  'patrol:position': (told: PatrolPositionTold) => void;
}

export interface ServerToClientEvents {
  /** What one turn of the server's loop brought, in order, in one frame. */
  'log:entries': (message: { neighbourhoodId: Id; entries: LogEntry[] }) => void;
  /** Every 10 s: a head beyond the client's own cursor means that something was lost on the way. */
  'log:head': (message: { neighbourhoodId: Id; cursor: Cursor }) => void;
  /** How far an alert got, at most once a second an incident. */
  'incident:reach': (message: { neighbourhoodId: Id; incidentId: Id; reach: Reach }) => void;
  /** Where somebody is whose SOS runs, to those they chose: the newest there is, and never a history. */
  'sos:position': (message: SosPosition) => void;
  /** Where walkers are, at most once a second a room: all that is new in one frame. */
  'patrol:positions': (message: PatrolPositions) => void;
}

export type Snapshot = {
  cursor: Cursor;
  neighbourhood: Neighbourhood;
  me: Member;
  members: Member[];
  /** What members bring and can do; only of those who said something. */
  kits: MemberKit[];
  incidents: Incident[];
  /** Of the open ones and those that may be opened again: who does what about them. */
  lives: IncidentLife[];
  /** Those that gather or run, and those that ended lately. */
  patrols: Patrol[];
  /** What the last rounds saw, the newest first. */
  reports: PatrolReport[];
  /** Of their walkers, as far as they said so. */
  checkIns: CheckIn[];
  /** Walkers who are looked for, as this member may see it. */
  searches: Search[];
  /** Of the coming two weeks, and mine whenever they are. */
  shifts: Shift[];
  series: ShiftSeries[];
  /** Places that are offered, and asked for, or were lately. */
  swaps: Swap[];
  covers: Cover[];
  /** The newest alone. */
  drills: Drill[];
  /** Who wants patrols here and who does not. */
  patrolWords: PatrolWord[];
};
