import { describe, expect, it } from 'vitest';
import { outcomeOf, parseRetryAfter, retryDelay } from '../../../server/push/outcome.ts';

const now = Date.UTC(2030, 5, 1, 12, 0, 0);

describe('outcomeOf', () => {
  it('[PU12] says "gone" to 404 and 410 and to nothing else', () => {
    const gone = Array.from({ length: 600 }, (_, status) => status).filter(
      (status) => outcomeOf(status, undefined, now).kind === 'gone',
    );
    expect(gone).toEqual([404, 410]);
  });

  it.each([
    [200, 'accepted'],
    [201, 'accepted'],
    [202, 'accepted'],
    [204, 'accepted'],
    [301, 'rejected'],
    [302, 'rejected'],
    [307, 'rejected'],
    [400, 'rejected'],
    [401, 'rejected'],
    [403, 'rejected'],
    [413, 'tooLarge'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'retry'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [0, 'rejected'],
  ])('[PU12] takes %i as %s', (status, kind) => {
    expect(outcomeOf(status, undefined, now).kind).toBe(kind);
  });

  it('[PU13] carries the time that a 429 or 503 names', () => {
    expect(outcomeOf(429, '120', now)).toEqual({
      kind: 'retry',
      reason: 'status-429',
      afterMs: 120_000,
      mayHaveArrived: false,
    });
    const inAMinute = new Date(now + 60_000).toUTCString();
    expect(outcomeOf(503, inAMinute, now)).toEqual({
      kind: 'retry',
      reason: 'status-503',
      afterMs: 60_000,
      mayHaveArrived: false,
    });
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['0', 0],
    ['7', 7000],
    [' 7 ', 7000],
    ['Sat, 01 Jun 2030 12:00:30 GMT', 30_000],
    ['Saturday, 01-Jun-30 12:00:30 GMT', 30_000],
    ['Sat Jun  1 12:00:30 2030 GMT', 30_000],
    ['Sat, 01 Jun 2030 11:00:00 GMT', 0],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [undefined, null],
    ['2030', 2_030_000],
    ['Sat, gibberish', null],
  ])('[PU13] reads %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe('retryDelay', () => {
  it('[PU13] doubles with full jitter up to 15 minutes', () => {
    expect(retryDelay(0, null, 0.999)).toBe(999);
    expect(retryDelay(3, null, 0.5)).toBe(4000);
    expect(retryDelay(3, null, 0)).toBe(0);
    for (const attempt of [10, 20, 1000])
      expect(retryDelay(attempt, null, 0.999_999)).toBe(15 * 60 * 1000 - 1);
  });

  it('[PU13] never comes back before the time that the service named', () => {
    for (const random of [0, 0.3, 0.999]) {
      for (const attempt of [0, 5]) {
        const delay = retryDelay(attempt, 42_000, random);
        expect(delay).toBeGreaterThanOrEqual(42_000);
        expect(delay).toBeLessThan(43_000);
      }
    }
  });
});
