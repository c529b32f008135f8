import { longestShiftMs } from '../../shared/shifts.ts';
import type { Deps } from '../deps.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asNumber, asStrings } from '../redis/reply.ts';
import { changedCommitments, createShiftStore, goneShift } from './store.ts';

const day = 24 * 3600 * 1000;
/** Shifts in one commit: with what each of those signed up keeps of them. */
const batch = 25;

/** Old shifts go for good, and the series that have none left. */
export function shiftRetention({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createShiftStore(redis);

  /** What members were signed up for, without these. */
  async function withoutThese(neighbourhoodId: string, shiftIds: ReadonlySet<string>, memberIds: string[]) {
    const commitments = await store.listCommitments(neighbourhoodId, memberIds);
    return commitments.flatMap((before) => {
      const shifts = before.shifts.filter(({ shiftId }) => !shiftIds.has(shiftId));
      if (shifts.length === before.shifts.length) return [];
      return [changedCommitments(neighbourhoodId, { ...before, version: before.version + 1, shifts })];
    });
  }

  async function forgetShifts(neighbourhoodId: string, before: number): Promise<void> {
    const { shiftTimes } = neighbourhoodKeys(neighbourhoodId);
    const range = ['-inf', String(before - longestShiftMs), 'BYSCORE', 'LIMIT', '0', String(batch)];
    for (;;) {
      const ids = asStrings(await redis.send(shiftTimes, 'ZRANGE', shiftTimes, ...range));
      if (ids.length === 0) return;
      const shifts = await store.load(neighbourhoodId, ids);
      const gone = shifts.map((shift) => goneShift(neighbourhoodId, shift));
      const members = new Set(shifts.flatMap(({ signUps }) => signUps.map(({ memberId }) => memberId)));
      const theirs = await withoutThese(neighbourhoodId, new Set(ids), [...members]);
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {} },
        event: { type: 'shifts.forgotten', by: null, shiftIds: ids, seriesIds: [] },
        guards: [...gone.map(({ guard }) => guard), ...theirs.map(({ guard }) => guard)],
        writes: [...gone.flatMap(({ writes }) => writes), ...theirs.map(({ write }) => write)],
      });
    }
  }

  async function forgetSeries(neighbourhoodId: string): Promise<void> {
    const { shiftSeries, seriesShifts } = neighbourhoodKeys(neighbourhoodId);
    for (const { id, status, version } of await store.listSeries(neighbourhoodId)) {
      const left = seriesShifts(id);
      if (status === 'running' || asNumber(await redis.send(left, 'ZCARD', left)) > 0) continue;
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {} },
        event: { type: 'shifts.forgotten', by: null, shiftIds: [], seriesIds: [id] },
        guards: [{ key: shiftSeries, field: id, version }],
        writes: [['HDEL', shiftSeries, id]],
      });
    }
  }

  return async (neighbourhoodId: string, days: number): Promise<void> => {
    await forgetShifts(neighbourhoodId, now() - days * day);
    await forgetSeries(neighbourhoodId);
  };
}
