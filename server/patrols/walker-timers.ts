import { firstDueAt } from '../../shared/home-safe.ts';
import { type Patrol, walkersOf } from '../../shared/patrols.ts';
import type { Write } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';

export const checkInTimerName = (neighbourhoodId: string, patrolId: string, memberId: string) =>
  `check-in:${neighbourhoodId}:${patrolId}.${memberId}`;

/** The timers of walkers whose first word is waited for from now on. @param before null for a new round */
export function newWalkersTimers(neighbourhoodId: string, before: Patrol | null, patrol: Patrol): Write[] {
  if (patrol.state !== 'running') return [];
  const { timers } = neighbourhoodKeys(neighbourhoodId);
  const knew = (memberId: string) => before?.state === 'running' && walkersOf(before).includes(memberId);
  return walkersOf(patrol).flatMap((memberId): Write[] => {
    const dueAt = knew(memberId) ? null : firstDueAt(patrol, memberId);
    if (dueAt === null) return [];
    return [['ZADD', timers, String(dueAt), checkInTimerName(neighbourhoodId, patrol.id, memberId)]];
  });
}
