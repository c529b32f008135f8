import { firmOf, type Shift } from '../../shared/shifts.ts';
import type { RotaTotals } from '../../shared/rota-totals.ts';

const hour = 3600 * 1000;

/** What neighbours did together on these shifts: sums, and nobody's. */
export function totalsOf(shifts: readonly Shift[]): RotaTotals['team'] {
  const team = { shifts: 0, hours: 0, places: 0, absent: 0 };
  for (const shift of shifts) {
    const firm = firmOf(shift);
    if (shift.status !== 'over' || firm.length === 0) continue;
    const excused = firm.filter(({ coming }) => coming === false).length;
    const came = Math.min(shift.came ?? firm.length - excused, firm.length);
    team.shifts += 1;
    team.places += firm.length;
    team.absent += firm.length - came;
    team.hours += (came * (shift.endsAt - shift.startsAt)) / hour;
  }
  return { ...team, hours: Math.round(team.hours * 10) / 10 };
}
