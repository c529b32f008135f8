import { occurrences } from '../../shared/recurrence.ts';
import type { Shift, ShiftSeries } from '../../shared/shifts.ts';
import type { Deps } from '../deps.ts';
import { encodeEntity, type Guard, type Write } from '../eventlog/eventlog.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { createAskWaking } from './ask-waking.ts';
import { compare, following, horizonMs, longestSeriesMs, type Step } from './series.ts';
import { cancel, dueAt, freed } from './shift.ts';
import { changedCommitments, changedShift, createShiftStore, goneShift } from './store.ts';

const day = 24 * 3600 * 1000;
/** Shifts in one commit. */
const batch = 50;

type Change = { guards: Guard[]; writes: Write[] };

const shiftIdOf = (seriesId: string) => (date: string) => derivedId('shift', seriesId, date);

/** Stores a series' next version; its timer makes the shifts, also where this process dies now. */
export function changedSeries(neighbourhoodId: string, series: ShiftSeries, at: number): Change {
  const { shiftSeries, timers } = neighbourhoodKeys(neighbourhoodId);
  return {
    guards: [{ key: shiftSeries, field: series.id, version: series.version - 1 }],
    writes: [
      ['HSET', shiftSeries, series.id, encodeEntity(series)],
      ['ZADD', timers, String(at), `series:${neighbourhoodId}:${series.id}`],
    ],
  };
}

/** Stores what nobody has to be told of, in one step. */
function quietly(neighbourhoodId: string, steps: readonly Step[], at: number) {
  const shifts: Shift[] = [];
  const gone: string[] = [];
  const changes = steps.flatMap((step) => {
    if (step.kind === 'dropped') {
      gone.push(step.shift.id);
      return [goneShift(neighbourhoodId, step.shift)];
    }
    if (step.kind !== 'made' && step.kind !== 'replanned') return [];
    shifts.push(step.shift);
    return [changedShift(neighbourhoodId, step.shift, dueAt(step.shift, at))];
  });
  return {
    shifts,
    gone,
    guards: changes.map(({ guard }) => guard),
    writes: changes.flatMap(({ writes }) => writes),
  };
}

/** Days of a series from now on. */
export const daysOf = (
  series: Pick<ShiftSeries, 'timeZone' | 'startDate' | 'startTime' | 'durationMinutes' | 'rule'>,
  at: number,
  forMs: number,
) => occurrences(series, at, at + forMs).filter(({ startsAt }) => startsAt > at);

/**
 * The timer `series:<neighbourhood>:<series>`: makes the shifts of some weeks ahead, day after day, and brings those that
 * are there to what the series says now. However often and wherever it runs, each day is made once.
 */
export function seriesTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createShiftStore(redis);
  const woken = createAskWaking(redis);

  /** One shift that somebody is signed up for: changed or cancelled, and told. */
  async function tell(
    neighbourhoodId: string,
    series: ShiftSeries,
    step: Extract<Step, { before: Shift }>,
    at: number,
  ) {
    const { before } = step;
    const signedUp = before.signUps.map(({ memberId }) => memberId);
    const commitments = await store.listCommitments(neighbourhoodId, signedUp);
    const wanted = daysOf(series, at, horizonMs).find(({ date }) => date === before.date);
    if (step.kind === 'told' && wanted !== undefined) {
      const next = following(series, before, wanted, commitments, at);
      return {
        event: { type: 'shift.changed', by: null, shift: next.shift, memberIds: next.released } as const,
        shift: next.shift,
        commitments: next.commitments,
      };
    }
    const cancelled = cancel(before, '', at);
    const shift: Shift = cancelled.ok ? { ...cancelled.shift, follows: series.revision } : before;
    return {
      event: { type: 'shift.cancelled', by: null, shift, memberIds: signedUp } as const,
      shift,
      commitments: commitments.map((one) => freed(one, before.id)),
    };
  }

  return async (neighbourhoodId: string, seriesId: string): Promise<number | null> => {
    const { shiftSeries } = neighbourhoodKeys(neighbourhoodId);
    for (;;) {
      const at = now();
      const series = await store.getSeries(neighbourhoodId, seriesId);
      if (series === null) return null;
      const runs = series.status === 'running';
      const [shifts, days] = [
        await store.ofSeries(neighbourhoodId, seriesId, at),
        runs ? daysOf(series, at, horizonMs) : [],
      ];
      const steps = compare(series, shifts, days, shiftIdOf(seriesId), at);
      const asDecidedOn = { key: shiftSeries, field: seriesId, version: series.version };
      const toTell = steps.find((step) => 'before' in step);
      if (toTell !== undefined) {
        const told = await tell(neighbourhoodId, series, toTell, at);
        const kept = changedShift(neighbourhoodId, told.shift, dueAt(told.shift, at));
        const theirs = told.commitments.map((one) => changedCommitments(neighbourhoodId, one));
        await eventLog.commit({
          ...{ neighbourhoodId, event: told.event, at, body: {} },
          guards: [asDecidedOn, kept.guard, ...theirs.map(({ guard }) => guard)],
          writes: [
            ...kept.writes,
            ...theirs.map(({ write }) => write),
            ...(await woken(neighbourhoodId, toTell.before, at)),
          ],
        });
        continue;
      }
      if (steps.length > 0) {
        const { shifts: planned, gone, guards, writes } = quietly(neighbourhoodId, steps.slice(0, batch), at);
        await eventLog.commit({
          ...{ neighbourhoodId, at, body: {}, guards: [asDecidedOn, ...guards], writes },
          event: { type: 'shifts.planned', by: null, series: null, shifts: planned, gone },
        });
        continue;
      }
      if (!runs) return null;
      const waits = shifts.some(({ status, startsAt }) => status === 'planned' && startsAt > at);
      if (waits || days.length > 0 || daysOf(series, at, longestSeriesMs).length > 0) return at + day;
      // Its last shift has begun: nothing is left to plan.
      const over: ShiftSeries = { ...series, version: series.version + 1, status: 'ended' };
      await eventLog.commit({
        ...{ neighbourhoodId, at, body: {}, ...changedSeries(neighbourhoodId, over, at) },
        event: { type: 'shifts.planned', by: null, series: over, shifts: [], gone: [] },
      });
    }
  };
}
