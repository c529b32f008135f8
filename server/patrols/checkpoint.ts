import type { LogEvent } from '../../shared/events.ts';
import { distance, type Position } from '../../shared/geo.ts';
import type { Member } from '../../shared/neighbourhoods.ts';
import { type Checkpoint, type CheckpointCommand, mostCheckpoints } from '../../shared/patrols.ts';

/** Who is further away than this from a checkpoint does not stand at it. */
const nearMetres = 50;
/** More than this is no excuse of a phone's. */
const mostAccuracy = 50;
/** Clocks of phones differ by minutes. */
const freshMs = 5 * 60 * 1000;

type Placing = {
  id: string;
  member: Member;
  command: CheckpointCommand;
  /** Whether it lies in the neighbourhood, or near it. */
  inside: boolean;
  count: number;
};
type Result =
  | { ok: true; checkpoint: Checkpoint; event: LogEvent }
  | { ok: false; code: 'FORBIDDEN' | 'INVALID_INPUT' | 'CONFLICT'; path: string; message: string };

/** Places a checkpoint. */
export function place({ id, member, command, inside, count }: Placing): Result {
  if (member.role === 'resident')
    return { ok: false, code: 'FORBIDDEN', path: '', message: 'volunteers place checkpoints' };
  if (!inside)
    return { ok: false, code: 'INVALID_INPUT', path: 'position', message: 'is outside the neighbourhood' };
  if (count >= mostCheckpoints)
    return { ok: false, code: 'CONFLICT', path: '', message: `there are ${mostCheckpoints} already` };
  const checkpoint = { id, version: 1, ...command };
  return { ok: true, checkpoint, event: { type: 'checkpoint.placed', by: member.id, checkpoint } };
}

/** Where a phone says it is, how sure, and when it found that. */
export type Standing = { position: Position; accuracy: number; at: number };

/** Whether whoever stands there stands at the checkpoint now. @param now the server's time */
export const standsAt = (
  checkpoint: Checkpoint,
  { position, accuracy, at }: Standing,
  now: number,
): boolean =>
  Math.abs(at - now) <= freshMs &&
  distance(checkpoint.position, position) <= nearMetres + Math.min(accuracy, mostAccuracy);
