import type { Deps } from '../deps.ts';
import type { Write } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { dueAt, pass } from './shift.ts';
import { changedShift, createShiftStore } from './store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/**
 * The timer `shift:<neighbourhood>:<shift>`: a day before, soft intentions are called in and volunteers told where there
 * are too few; at the end the hours are counted. However often and wherever it runs, each step is done once.
 */
export function shiftTimer({ redis, eventLog, now }: TimerDeps) {
  const store = createShiftStore(redis);

  return async (neighbourhoodId: string, shiftId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const [before, { on }] = await Promise.all([
        store.get(neighbourhoodId, shiftId),
        store.getConsent(neighbourhoodId),
      ]);
      if (before === null) return null;
      const next = pass(before, at, on);
      if (next.kind === 'wait') return next.dueAt;
      const { shift, memberIds } = next;
      const change = changedShift(neighbourhoodId, shift, dueAt(shift, at));
      const { hoursServed } = neighbourhoodKeys(neighbourhoodId);
      const hours = String(shift.endsAt - shift.startsAt);
      const served = next.kind === 'ended' ? memberIds : [];
      await eventLog.commit({
        neighbourhoodId,
        event: { type: `shift.${next.kind}`, by: null, shift, memberIds },
        at,
        guards: [change.guard],
        writes: [
          ...change.writes,
          ...served.map((memberId): Write => ['HINCRBY', hoursServed, memberId, hours]),
        ],
        body: {},
      });
      // Looked at once more, moved or committed: then it waits, or is over.
    }
  };
}
