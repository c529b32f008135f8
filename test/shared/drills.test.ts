import { expect, it } from 'vitest';
import { type Drill, drillMs, isDrillDue } from '../../shared/drills.ts';

const day = 24 * 3600 * 1000;
const founded = 1_700_000_000_000;

it('[DR5] a drill is due a month after the last one, and a month after the founding where none was', () => {
  const startedAt = founded + 40 * day;
  const last: Drill = {
    ...{ id: 'd'.repeat(16), version: 1, by: null, startedAt, endsAt: startedAt + drillMs, end: null },
  };
  for (const [drill, from] of [
    [null, founded],
    [last, startedAt],
  ] as const) {
    expect(isDrillDue(drill, founded, from + 30 * day - 1)).toBe(false);
    expect(isDrillDue(drill, founded, from + 30 * day)).toBe(true);
  }
});
