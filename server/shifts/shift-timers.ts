import type { LogEvent } from '../../shared/events.ts';
import type { Shift } from '../../shared/shifts.ts';
import type { Deps } from '../deps.ts';
import type { Write } from '../eventlog/eventlog.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { remind } from './reminder.ts';
import { dueAt, pass } from './shift.ts';
import { changedShift, createShiftStore } from './store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;
type Waiting = { kind: 'wait'; dueAt: number | null };
type Step = { kind: string; shift: Shift; memberIds: string[] };

/**
 * Takes a shift through what time alone does to it. That a step was taken is part of the shift: however often and
 * wherever it runs, each is taken once.
 * @param decide the next step, or until when there is none
 * @param tell the entry that tells of a step, and what is written beside the shift
 */
function steps<Next extends Step>(
  { redis, eventLog, now }: TimerDeps,
  decide: (shift: Shift, at: number, on: boolean) => Waiting | Next,
  tell: (next: Next, neighbourhoodId: string) => { event: LogEvent; beside: Write[] },
) {
  const store = createShiftStore(redis);
  return async (neighbourhoodId: string, shiftId: string): Promise<number | null> => {
    for (;;) {
      const at = now();
      const [before, { on }] = await Promise.all([
        store.get(neighbourhoodId, shiftId),
        store.getConsent(neighbourhoodId),
      ]);
      if (before === null) return null;
      const next = decide(before, at, on);
      if (!('shift' in next)) return next.dueAt;
      const { event, beside } = tell(next, neighbourhoodId);
      const { guard, writes } = changedShift(neighbourhoodId, next.shift, dueAt(next.shift, at));
      const all = [...writes, ...beside];
      await eventLog.commit({ neighbourhoodId, event, at, guards: [guard], writes: all, body: {} });
      // Looked at once more, moved or committed: then it waits, or is over.
    }
  };
}

/** The timer `reminder:<neighbourhood>:<shift>`: a day and an hour before, those who come are reminded. */
export const reminderTimer = (deps: TimerDeps) =>
  steps(deps, remind, ({ shift, memberIds }) => ({
    event: { type: 'shift.reminded', by: null, shift, memberIds },
    beside: [],
  }));

/**
 * The timer `shift:<neighbourhood>:<shift>`: a day before, soft intentions are called in and volunteers told where there
 * are too few; at the end the hours are counted.
 */
export const shiftTimer = (deps: TimerDeps) =>
  steps(deps, pass, ({ kind, shift, memberIds }, neighbourhoodId) => {
    const { hoursServed } = neighbourhoodKeys(neighbourhoodId);
    const hours = String(shift.endsAt - shift.startsAt);
    const served = kind === 'ended' ? memberIds : [];
    return {
      event: { type: `shift.${kind}`, by: null, shift, memberIds },
      beside: served.map((memberId): Write => ['HINCRBY', hoursServed, memberId, hours]),
    };
  });
