import { useEffect, useState } from 'preact/hooks';
import type { Pairing } from '../../shared/relays.ts';
import { api, rooms } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { failureText } from '../ui/failure.ts';

/** Whom I tell, or was asked to; of a coordinator all. Asked for anew whenever any of it changes: no entry says a name. */
export function usePairings(room: OpenRoom) {
  const [known, setKnown] = useState<readonly Pairing[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const changes = room.state.relays.changes.value;
  const live = rooms.connection.value === 'live';
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const { pairings } = await api.pairings(room.id);
        if (!wanted) return;
        setKnown(pairings);
        setFailure(null);
      } catch (error) {
        if (wanted) setFailure(failureText(error));
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id, changes, live]);
  return { known, failure };
}
