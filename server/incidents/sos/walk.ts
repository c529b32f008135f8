import { longestWalkMs, type Walk, type WalkCommand, walkGraceMs } from '../../../shared/sos.ts';

type Setting = { id: string; memberId: string; before: Walk | null; command: WalkCommand; at: number };
type Result = { ok: true; walk: Walk } | { ok: false; path: string; message: string };

export const isUnderWay = (walk: Walk | null): walk is Walk => walk?.state === 'walking';

/** Sets out, or, where they are on the way, puts the time off. */
export function setOut({ id, memberId, before, command, at }: Setting): Result {
  const { raiseAt, note } = command;
  if (raiseAt <= at) return { ok: false, path: 'raiseAt', message: 'must be in the future' };
  if (raiseAt > at + longestWalkMs)
    return { ok: false, path: 'raiseAt', message: 'must be within twelve hours' };
  const version = (before?.version ?? 0) + 1;
  if (isUnderWay(before)) return { ok: true, walk: { ...before, version, raiseAt } };
  return { ok: true, walk: { id, version, memberId, startedAt: at, raiseAt, note, state: 'walking' } };
}

/** When the server raises the SOS by itself; null when it does not. */
export const raisesAt = (walk: Walk): number | null =>
  walk.state === 'walking' ? walk.raiseAt + walkGraceMs : null;
