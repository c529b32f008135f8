import type { Patrol } from '../../shared/patrols.ts';

/** Where the walkers of a bench walk: each north on a line of its own. */
export const startLat = 45.76;
/** 1.4 m, a second's walk. */
export const step = 0.000_012_6;
export const lngOf = (walker: number): number => 4.8 + walker * 0.002;

const patrolCount = 20;
export const patrolIdOf = (onDuty: number): string =>
  `patrol-of-bench-${String(onDuty % patrolCount).padStart(2, '0')}`;
/** The member of a session cookie. */
export const memberOf = (token: string): string => token.padEnd(16, '-');

/** Everybody on duty, in twenty patrols that began a while ago. */
export function patrolsOf(name: string, onDuty: number, startedAt: number): Patrol[] {
  return Array.from({ length: patrolCount }, (_, n) => ({
    id: patrolIdOf(n),
    version: 1,
    state: 'running',
    shiftId: null,
    walkers: Array.from({ length: onDuty }, (_, i) => i)
      .filter((i) => i % patrolCount === n)
      .map((i) => ({ memberId: memberOf(`${name}${i}`), joinedAt: startedAt, leftAt: null })),
    asking: [],
    startedAt,
    runningSince: startedAt,
    endsBy: startedAt + 4 * 3600 * 1000,
    route: null,
    checkIn: { everyMinutes: 30, graceMinutes: 5 },
    visited: 0,
    end: null,
  }));
}
