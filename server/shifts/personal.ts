import type { Shift } from '../../shared/shifts.ts';
import type { Deps, Keeper, Own } from '../deps.ts';
import { encodeEntity } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { asStrings } from '../redis/reply.ts';
import { releaseMember } from './leaver-timer.ts';
import { dueAt } from './shift.ts';
import { changedShift, createShiftStore } from './store.ts';

const page = 200;

/** The shift without a name that is not to be read any more; null where it does not name them. */
function nameless(shift: Shift, memberId: string): Shift | null {
  const planned = shift.plannedBy === memberId;
  const signUps = shift.signUps.filter((one) => one.memberId !== memberId);
  if (!planned && signUps.length === shift.signUps.length) return null;
  return {
    ...shift,
    version: shift.version + 1,
    plannedBy: planned ? null : shift.plannedBy,
    signUps,
  };
}

/** What the rota holds of one member: for handing it over, and for erasing it. */
export function rotaKeeper(deps: Pick<Deps, 'redis' | 'eventLog' | 'now'>): Keeper {
  const { redis, eventLog, now } = deps;
  const store = createShiftStore(redis);
  const release = releaseMember(deps);

  async function* allShifts(neighbourhoodId: string): AsyncGenerator<Shift> {
    const { shiftTimes } = neighbourhoodKeys(neighbourhoodId);
    for (let from = 0; ; from += page) {
      const range = ['ZRANGE', shiftTimes, String(from), String(from + page - 1)];
      const ids = asStrings(await redis.send(shiftTimes, ...range));
      yield* await store.load(neighbourhoodId, ids);
      if (ids.length < page) return;
    }
  }

  /** Takes the name out of a shift, however often it changes meanwhile. */
  async function takeName({ neighbourhoodId, memberId }: Own, shiftId: string): Promise<void> {
    for (;;) {
      const before = await store.get(neighbourhoodId, shiftId);
      const shift = before === null ? null : nameless(before, memberId);
      if (shift === null) return;
      const { guard, writes } = changedShift(neighbourhoodId, shift, dueAt(shift, now()));
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {}, guards: [guard], writes },
        event: { type: 'shifts.planned', by: null, series: null, shifts: [shift], gone: [] },
      });
    }
  }

  async function takeSeriesName({ neighbourhoodId, memberId }: Own): Promise<void> {
    const { shiftSeries: key } = neighbourhoodKeys(neighbourhoodId);
    for (;;) {
      const before = (await store.listSeries(neighbourhoodId)).find(
        ({ plannedBy }) => plannedBy === memberId,
      );
      if (before === undefined) return;
      const { id, version } = before;
      const series = { ...before, version: version + 1, plannedBy: null };
      await eventLog.commit({
        ...{ neighbourhoodId, at: now(), body: {} },
        event: { type: 'shifts.planned', by: null, series, shifts: [], gone: [] },
        guards: [{ key, field: id, version }],
        writes: [['HSET', key, id, encodeEntity(series)]],
      });
    }
  }

  return {
    async handOver({ neighbourhoodId, memberId }) {
      const shifts = [];
      for await (const shift of allShifts(neighbourhoodId)) {
        const { signUps, ...planned } = shift;
        const mine = signUps.find((one) => one.memberId === memberId) ?? null;
        if (mine !== null || shift.plannedBy === memberId) shifts.push({ ...planned, signUp: mine });
      }
      const [word, servedMs, series] = await Promise.all([
        store.getWord(neighbourhoodId, memberId),
        store.getServed(neighbourhoodId, memberId),
        store.listSeries(neighbourhoodId),
      ]);
      const planned = series.filter(({ plannedBy }) => plannedBy === memberId);
      return { shifts, shiftSeries: planned, patrolWord: word, hoursServed: servedMs / 3_600_000 };
    },

    async erase(own) {
      const { neighbourhoodId, memberId } = own;
      const { patrolWords, commitments, hoursServed } = neighbourhoodKeys(neighbourhoodId);
      await release(neighbourhoodId, memberId);
      for await (const shift of allShifts(neighbourhoodId)) await takeName(own, shift.id);
      await takeSeriesName(own);
      await redis.send(patrolWords, 'HDEL', patrolWords, memberId);
      await redis.send(commitments, 'HDEL', commitments, memberId);
      await redis.send(hoursServed, 'HDEL', hoursServed, memberId);
    },
  };
}
