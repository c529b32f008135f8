import type { Deps } from '../deps.ts';
import { remind } from './reminder.ts';
import { dueAt } from './shift.ts';
import { changedShift, createShiftStore } from './store.ts';

/**
 * The timer `reminder:<neighbourhood>:<shift>`: a day and an hour before, those who come are reminded. That it was done
 * is part of the shift: however often and wherever it runs, each is sent once.
 */
export function reminderTimer({ redis, eventLog, now }: Pick<Deps, 'redis' | 'eventLog' | 'now'>) {
  const store = createShiftStore(redis);
  return async (neighbourhoodId: string, shiftId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const [before, { on }] = await Promise.all([
        store.get(neighbourhoodId, shiftId),
        store.getConsent(neighbourhoodId),
      ]);
      if (before === null) return null;
      const next = remind(before, at, on);
      if (next.kind === 'wait') return next.dueAt;
      const { shift, memberIds } = next;
      const change = changedShift(neighbourhoodId, shift, dueAt(shift, at));
      await eventLog.commit({
        ...{ neighbourhoodId, at, guards: [change.guard], writes: change.writes, body: {} },
        event: { type: 'shift.reminded', by: null, shift, memberIds },
      });
      // Looked at once more, moved or committed.
    }
  };
}
