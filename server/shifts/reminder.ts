import { firmOf, type Shift } from '../../shared/shifts.ts';

const hour = 3600 * 1000;
const day = 24 * hour;
/** The reminder of a day before is left out where the shift begins this soon: the other one comes. */
const tooCloseMs = 3 * hour;
/** Where there are no patrols for now, it is looked at again after this. */
const offMs = 10 * 60 * 1000;

type Before = 'day' | 'hour';
export type Reminding =
  | { kind: 'wait'; dueAt: number | null }
  | { kind: 'remind'; shift: Shift; memberIds: string[] };

/** Which reminder of this beginning was the last; a shift that was moved has another. */
const lastOf = ({ reminded, startsAt }: Shift): Before | null =>
  reminded?.startsAt === startsAt ? reminded.of : null;

/** When the next reminder is due; null: there is none. */
export function remindAt(shift: Shift): number | null {
  const last = lastOf(shift);
  if (shift.status !== 'planned' || last === 'hour') return null;
  return shift.startsAt - (last === 'day' ? hour : day);
}

/**
 * Those who come for certain, and said so before the reminder was due: others have just looked at it. Who said that they
 * cannot come is not told that they do.
 */
function remembered(shift: Shift, due: number): string[] {
  return firmOf(shift).flatMap(({ memberId, at, coming }) =>
    at < due && coming !== false ? [memberId] : [],
  );
}

/**
 * What time alone reminds of: a day and an hour before the start, each once.
 * @param on whether there are patrols at all: nobody is reminded of one where there are none
 */
export function remind(shift: Shift, at: number, on: boolean): Reminding {
  const due = remindAt(shift);
  if (due === null || at >= shift.startsAt) return { kind: 'wait', dueAt: null };
  if (at < due) return { kind: 'wait', dueAt: due };
  const soon = shift.startsAt - hour;
  // The neighbours may want them again meanwhile.
  if (!on) return { kind: 'wait', dueAt: Math.min(at + offMs, at < soon ? soon : shift.startsAt) };
  const of: Before = at >= soon ? 'hour' : 'day';
  const memberIds = remembered(shift, of === 'hour' ? soon : shift.startsAt - day);
  const useless = of === 'day' && at > shift.startsAt - tooCloseMs;
  if (useless || memberIds.length === 0) return { kind: 'wait', dueAt: of === 'day' ? soon : null };
  const reminded = { of, startsAt: shift.startsAt };
  return { kind: 'remind', shift: { ...shift, version: shift.version + 1, reminded }, memberIds };
}
