import { useEffect, useState } from 'preact/hooks';
import type { Checkpoint } from '../../shared/patrols.ts';
import { failureCode } from '../api.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';

const none: readonly Checkpoint[] = [];

/** The neighbourhood's checkpoints while they are wanted; without a network there are none to be seen. */
export function useCheckpoints(room: OpenRoom, wanted: boolean): readonly Checkpoint[] {
  const [found, setFound] = useState<readonly Checkpoint[]>(none);
  useEffect(() => {
    if (!wanted) return undefined;
    let waits = true;
    const load = async () => {
      try {
        const { checkpoints } = await api.checkpoints(room.id);
        if (waits) setFound(checkpoints);
      } catch (error) {
        failureCode(error);
      }
    };
    void load();
    return () => {
      waits = false;
      setFound(none);
    };
  }, [room.id, wanted]);
  return found;
}
