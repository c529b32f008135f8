import { getMember } from '../auth/membership.ts';
import type { Deps } from '../deps.ts';
import { createAskWaking } from './ask-waking.ts';
import { dueAt, freed, without } from './shift.ts';
import { changedCommitments, changedShift, createShiftStore } from './store.ts';

type TimerDeps = Pick<Deps, 'redis' | 'eventLog' | 'now'>;

/** Takes a member out of every shift that is still to come, one after the other, and says so. */
export function releaseMember({ redis, eventLog, now }: TimerDeps) {
  const store = createShiftStore(redis);
  const woken = createAskWaking(redis);
  return async (neighbourhoodId: string, memberId: string): Promise<void> => {
    for (;;) {
      const at = now();
      const commitments = await store.getCommitments(neighbourhoodId, memberId);
      const coming = commitments.shifts.filter(({ endsAt }) => endsAt > at).map(({ shiftId }) => shiftId);
      const shifts = await store.load(neighbourhoodId, coming);
      const before = shifts.find(({ status }) => status === 'planned');
      if (before === undefined) return;
      const shift = without(before, [memberId], at);
      const kept = changedShift(neighbourhoodId, shift, dueAt(shift, at));
      const mine = changedCommitments(neighbourhoodId, freed(commitments, shift.id));
      await eventLog.commit({
        ...{ neighbourhoodId, at, body: {} },
        event: { type: 'shift.left', by: null, shift, memberIds: [memberId] },
        guards: [kept.guard, mine.guard],
        writes: [...kept.writes, mine.write, ...(await woken(neighbourhoodId, before, at))],
      });
    }
  };
}

/** The timer `memberLeft:<neighbourhood>:<member>`, set with the end of a membership: their places are free again. */
export function leaverTimer(deps: TimerDeps) {
  const release = releaseMember(deps);
  return async (neighbourhoodId: string, memberId: string): Promise<null> => {
    const member = await getMember(deps.redis, neighbourhoodId, memberId);
    if (member?.status !== 'active') await release(neighbourhoodId, memberId);
    return null;
  };
}
