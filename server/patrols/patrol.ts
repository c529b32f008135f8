import type { LogEvent } from '../../shared/events.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import {
  askingMs,
  type CheckInRule,
  gatheringMs,
  leastWalkers,
  mostWalkers,
  type Patrol,
  type PatrolEnd,
  patrolMs,
  type Route,
  silenceMs,
  walkersOf,
} from '../../shared/patrols.ts';
import { type Refusal, refuse } from '../../shared/refusal.ts';

/** Rounds of a neighbourhood at the same time. */
export const mostOpen = 50;
/** Somebody who starts further away than this beyond the boundary is not here. */
export const startOutsideMetres = 1000;

/** A round is looked after so often. */
const watchMs = 60_000;

type Decided = { ok: true; patrol: Patrol; event: LogEvent };
type Result = Decided | Refusal;

const isOver = refuse('CONFLICT', 'is over');
const notAWalker = refuse('FORBIDDEN', 'only who walks it may do this');

type Starting = {
  id: string;
  member: Member;
  shiftId: string | null;
  route: Route | null;
  checkIn: CheckInRule;
  /** Whether the members want patrols at all. */
  wanted: boolean;
  /** Whether they are here, or did not say where they are. */
  here: boolean;
  /** Whether they walk another one. */
  walking: boolean;
  /** Rounds that gather or run already. */
  open: number;
  at: number;
};

/** One starts it; it runs with the second. */
export function start({
  id,
  member,
  shiftId,
  route,
  checkIn,
  wanted,
  here,
  walking,
  open,
  at,
}: Starting): Result {
  if (member.role === 'resident') return refuse('FORBIDDEN', 'volunteers start patrols');
  if (!wanted) return refuse('CONFLICT', 'the neighbours have not switched patrols on');
  if (!here) return refuse('INVALID_INPUT', 'is far outside the neighbourhood', 'position');
  if (walking) return refuse('CONFLICT', 'you walk another patrol');
  if (open >= mostOpen) return refuse('CONFLICT', 'too many patrols at once');
  const patrol: Patrol = {
    id,
    version: 1,
    state: 'gathering',
    shiftId,
    walkers: [{ memberId: member.id, joinedAt: at, leftAt: null }],
    asking: [],
    startedAt: at,
    runningSince: null,
    endsBy: at + patrolMs,
    route,
    checkIn,
    visited: 0,
    end: null,
  };
  return { ok: true, patrol, event: { type: 'patrol.started', by: member.id, patrol } };
}

type Joining = { patrol: Patrol; memberId: string; walking: boolean; at: number };

function refusedToJoin({ patrol, memberId, walking }: Joining): Refusal | null {
  if (patrol.state === 'ended') return isOver;
  if (walkersOf(patrol).includes(memberId)) return refuse('CONFLICT', 'you walk it already');
  if (walking) return refuse('CONFLICT', 'you walk another patrol');
  if (walkersOf(patrol).length >= mostWalkers) return refuse('CONFLICT', 'is full');
  return null;
}

const stillAsking = (patrol: Patrol, at: number) =>
  patrol.asking.filter((asked) => at - asked.at <= askingMs);

/** Somebody beside them asks to come along; asking again renews it. */
export function ask(joining: Joining): Result {
  const { patrol: before, memberId, at } = joining;
  const refusal = refusedToJoin(joining);
  if (refusal !== null) return refusal;
  const others = stillAsking(before, at).filter((asked) => asked.memberId !== memberId);
  if (others.length >= mostWalkers) return refuse('CONFLICT', 'too many ask at once');
  const patrol = { ...before, version: before.version + 1, asking: [...others, { memberId, at }] };
  return { ok: true, patrol, event: { type: 'patrol.asked', by: memberId, patrol } };
}

/** Who shows that they stand beside a walker comes along. @param letInBy the walker who let them in; else by the code */
export function join(joining: Joining, letInBy: string | null): Result {
  const { patrol: before, memberId, at } = joining;
  if (letInBy !== null) {
    if (before.state === 'ended') return isOver;
    if (!walkersOf(before).includes(letInBy)) return notAWalker;
    if (!stillAsking(before, at).some((asked) => asked.memberId === memberId))
      return refuse('CONFLICT', 'they did not ask lately');
  }
  const refusal = refusedToJoin(joining);
  if (refusal !== null) return refusal;
  const walkers = [...before.walkers, { memberId, joinedAt: at, leftAt: null }];
  const runs = walkersOf({ walkers }).length >= leastWalkers;
  const patrol: Patrol = {
    ...before,
    version: before.version + 1,
    walkers,
    asking: before.asking.filter((asked) => asked.memberId !== memberId),
    state: runs ? 'running' : 'gathering',
    runningSince: before.runningSince ?? (runs ? at : null),
  };
  return { ok: true, patrol, event: { type: 'patrol.joined', by: letInBy ?? memberId, memberId, patrol } };
}

/** The round without these walkers. */
function without(before: Patrol, memberIds: readonly string[], at: number): Patrol {
  const goes = (memberId: string) => memberIds.includes(memberId);
  return {
    ...before,
    version: before.version + 1,
    walkers: before.walkers.map((walker) =>
      walker.leftAt === null && goes(walker.memberId) ? { ...walker, leftAt: at } : walker,
    ),
    asking: before.asking.filter(({ memberId }) => !goes(memberId)),
  };
}

function ended(before: Patrol, why: PatrolEnd, by: string | null, at: number): Decided {
  const patrol: Patrol = {
    ...without(before, walkersOf(before), at),
    state: 'ended',
    asking: [],
    end: { why, by, at },
  };
  return { ok: true, patrol, event: { type: 'patrol.ended', by, patrol } };
}

/** One goes; where one alone would be left, the round is over for them too. */
export function leave(before: Patrol, memberId: string, by: string | null, at: number): Result {
  if (before.state === 'ended') return isOver;
  if (!walkersOf(before).includes(memberId)) return notAWalker;
  if (walkersOf(before).length <= leastWalkers || before.state === 'gathering')
    return ended(before, 'few', by, at);
  const patrol = without(before, [memberId], at);
  return { ok: true, patrol, event: { type: 'patrol.left', by, memberId, patrol } };
}

/** Any of its walkers ends it for all; nobody else does, whatever their role. */
export function end(before: Patrol, memberId: string, at: number): Result {
  if (!walkersOf(before).includes(memberId)) return before.state === 'ended' ? isOver : notAWalker;
  return ended(before, 'walker', memberId, at);
}

/**
 * One of its walkers stood at a checkpoint; each counts once a round.
 * @param counted whether it was before
 * @returns why it does not count; null where it does
 */
export function visitRefused(patrol: Patrol, memberId: string, counted: boolean): Refusal | null {
  if (patrol.state === 'ended') return isOver;
  if (!walkersOf(patrol).includes(memberId)) return notAWalker;
  if (patrol.state !== 'running') return refuse('CONFLICT', 'waits for a partner');
  return counted ? refuse('CONFLICT', 'is counted already in this round', 'code') : null;
}

type Watched = {
  at: number;
  /** When a position last came; null where none came. */
  heardAt: number | null;
  /** Its walkers who are members no more. */
  gone: readonly string[];
};

/** What time alone does to a round; null where nothing. */
export function watch(patrol: Patrol, { at, heardAt, gone }: Watched): Decided | null {
  if (patrol.state === 'ended') return null;
  if (at >= patrol.endsBy) return ended(patrol, 'time', null, at);
  const waitedTooLong = patrol.state === 'gathering' && at >= patrol.startedAt + gatheringMs;
  if (waitedTooLong) return ended(patrol, 'few', null, at);
  if (patrol.state === 'running' && heardAt !== null && at - heardAt >= silenceMs)
    return ended(patrol, 'silence', null, at);
  const [memberId] = gone;
  if (memberId === undefined) return null;
  const decided = leave(patrol, memberId, null, at);
  return decided.ok ? decided : null;
}

/** When to look at it next; null where never. */
export function dueAt(patrol: Patrol, at: number): number | null {
  if (patrol.state === 'ended') return null;
  const waitsUntil = patrol.state === 'gathering' ? patrol.startedAt + gatheringMs : patrol.endsBy;
  return Math.min(patrol.endsBy, waitsUntil, at + watchMs);
}
