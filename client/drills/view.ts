import type { Drill, DrillFigures, DrillStep } from '../../shared/drills.ts';
import type { OpenRoom } from '../state/room.ts';

/** In the order in which it gets further. */
export const steps: readonly DrillStep[] = ['answered', 'shown', 'accepted', 'waiting', 'refused', 'none'];

/** The drill that goes on; null where none does, as far as this device knows. */
export const runningDrill = (room: OpenRoom): Drill | null => {
  const [last = null] = room.state.drills.newest();
  return last?.end === null ? last : null;
};

export const membersIn = (figures: DrillFigures): number =>
  Object.values(figures).reduce((sum, count) => sum + count, 0);
