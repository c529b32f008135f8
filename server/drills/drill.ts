import { type Drill, type DrillFigures, drillMs, type DrillStep, nextDrillAt } from '../../shared/drills.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Member } from '../../shared/neighbourhoods.ts';

type Decision = { ok: true; drill: Drill } | { ok: false; code: ErrorCode; message: string };

const notCoordinator = { ok: false, code: 'FORBIDDEN', message: 'only coordinators hold drills' } as const;

/** Decides on a new drill. @param last the one before it, which may still run */
export function start(asked: { actor: Member; last: Drill | null; id: string; at: number }): Decision {
  const { actor, last, id, at } = asked;
  if (actor.role !== 'coordinator') return notCoordinator;
  if (last !== null && last.end === null)
    return { ok: false, code: 'CONFLICT', message: 'a drill goes on already' };
  if (nextDrillAt(last, at) !== null)
    return { ok: false, code: 'CONFLICT', message: 'the last drill was less than six days ago' };
  return {
    ok: true,
    drill: { id, version: 1, by: actor.id, startedAt: at, endsAt: at + drillMs, end: null },
  };
}

/** Decides on a drill's end. @param actor null: by time, once it is over */
export function end(drill: Drill, actor: Member | null, figures: DrillFigures, at: number): Decision {
  if (actor !== null && actor.role !== 'coordinator') return notCoordinator;
  if (drill.end !== null) return { ok: false, code: 'CONFLICT', message: 'the drill is over' };
  const by = actor?.id ?? null;
  return { ok: true, drill: { ...drill, version: drill.version + 1, end: { at, by, figures } } };
}

/** What is known of one device: each of the first three says the next before it. */
export type Reached = { told: boolean; got: boolean; saw: boolean; waiting: boolean };

/** How far a drill got to a member, of whose devices this is known. */
export function stepOf(devices: readonly Reached[]): DrillStep {
  if (devices.length === 0) return 'none';
  if (devices.some(({ saw }) => saw)) return 'answered';
  if (devices.some(({ got }) => got)) return 'shown';
  if (devices.some(({ told }) => told)) return 'accepted';
  return devices.some(({ waiting }) => waiting) ? 'waiting' : 'refused';
}
