import { useEffect } from 'preact/hooks';
import { isSitting } from '../../shared/reviews.ts';
import { failureCode } from '../api.ts';
import { api, rooms } from '../runtime.ts';
import { later } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';

/** Up to so many members ask at once; of more each waits a random moment, so that a thousand do not ask together. */
const fewMembers = 50;
const longestWaitMs = 5000;

/** Asks the server what this member was drawn to decide: no entry of the log names a juror. */
export function useDuties(room: OpenRoom): void {
  const sitting = [...room.state.reviews.value.values()].filter(isSitting);
  const key = sitting.map(({ id, dueAt }) => `${id} ${dueAt}`).join(',');
  const isLive = rooms.connection.value === 'live';
  useEffect(() => {
    if (!isLive) return undefined;
    let wanted = true;
    const load = async () => {
      try {
        const { duties } = await api.myReviews(room.id);
        if (wanted) room.state.duties.value = duties;
      } catch (error) {
        // The next entry or the next connection asks again.
        failureCode(error);
      }
    };
    const isFew = room.state.members.value.size <= fewMembers;
    const cancel = later(isFew ? 0 : Math.random() * longestWaitMs, () => void load());
    return () => {
      wanted = false;
      cancel();
    };
  }, [room.id, key, isLive]);
}
