import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodsOf, periodsUpTo, summaryMonths, summaryWeeks } from '../../shared/reports.ts';

const seed = Number(process.env['SEED'] ?? 20_261);
const hour = 3600 * 1000;
const zones = ['UTC', 'Europe/Paris', 'America/St_Johns', 'Pacific/Auckland', 'Pacific/Kiritimati', '+05:45'];

/** The date on the wall, by another way than ours. */
function dateIn(at: number, timeZone: string): string {
  const zone = timeZone === '+05:45' ? 'Asia/Kathmandu' : timeZone;
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at);
}

describe('months and weeks by the clock of a place', () => {
  it('[RR5] begin at its midnight, over both changes of the clocks and at the end of a year', () => {
    const of = (text: string) => periodsOf(Date.parse(text), 'Europe/Paris');
    expect(of('2026-03-31T21:59:00Z')).toEqual(['2026-03', '2026-W14']);
    expect(of('2026-03-31T22:00:00Z')).toEqual(['2026-04', '2026-W14']);
    // The clocks are put on in the night before this Sunday ends, and back before that one does.
    expect(of('2026-03-29T21:59:00Z')[1]).toBe('2026-W13');
    expect(of('2026-03-29T22:00:00Z')[1]).toBe('2026-W14');
    expect(of('2026-10-25T22:59:00Z')[1]).toBe('2026-W43');
    expect(of('2026-10-25T23:00:00Z')[1]).toBe('2026-W44');
    expect(of('2026-12-31T22:59:00Z')).toEqual(['2026-12', '2026-W53']);
    expect(of('2026-12-31T23:00:00Z')).toEqual(['2027-01', '2026-W53']);
  });

  it('[RR5] are those of its date, none left out and the newest first', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }),
        fc.constantFrom(...zones),
        (at, timeZone) => {
          const [month, week] = periodsOf(at, timeZone);
          expect(month).toBe(dateIn(at, timeZone).slice(0, 7));
          const { months, weeks } = periodsUpTo(at, timeZone);
          expect([months[0], weeks[0]]).toEqual([month, week]);
          expect([new Set(months).size, new Set(weeks).size]).toEqual([summaryMonths, summaryWeeks]);
          expect(months).toEqual(months.toSorted().toReversed());
          expect(weeks).toEqual(weeks.toSorted().toReversed());
          // Whatever happened in these weeks is in one of them, however the clocks were put meanwhile.
          for (let back = 0; back < (summaryWeeks - 1) * 7 * 24; back += 13)
            expect(weeks).toContain(periodsOf(at - back * hour, timeZone)[1]);
        },
      ),
      { seed, numRuns: 60 },
    );
  });
});
