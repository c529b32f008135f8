import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  circleCap,
  credibilityOf,
  enough,
  halfLifeMs,
  widensAt,
  witnessMs,
} from '../../shared/credibility.ts';
import { Category } from '../../shared/incidents.ts';
import {
  type Background,
  circleMs,
  isNewcomer,
  isOfCircle,
  newcomerMs,
  standingOf,
  weightOf,
} from '../../shared/standing.ts';

const hour = 3600 * 1000;
const day = 24 * hour;
const now = 1_700_000_000_000;

type Word = Parameters<typeof credibilityOf>[0][number];
const word = (over: Partial<Word> = {}): Word => ({
  kind: 'confirm',
  weight: 1,
  circle: null,
  at: now,
  ...over,
});
const resident = { joinedAt: now, role: 'resident', founder: false, resolved: 0, refuted: 0 } as const;

/** The same each time; whoever looks for more sets SEED to others. */
const random = { seed: Number(process.env['SEED'] ?? 20_261), numRuns: 500 };

const category = fc.constantFrom(...Category.options);
const kind = fc.constantFrom('confirm' as const, 'dispute' as const);
const role = fc.constantFrom('resident' as const, 'volunteer' as const, 'coordinator' as const);
const background = fc.record({
  joinedAt: fc.integer({ min: now - 400 * day, max: now }),
  role,
  founder: fc.boolean(),
  resolved: fc.nat({ max: 20 }),
  refuted: fc.nat({ max: 20 }),
});
/** A member of standing: here for longer than 72 days and with a clean record, or a founder. */
const neighbour = fc.oneof(
  fc.record({
    ...spread(),
    joinedAt: fc.integer({ min: now - 400 * day, max: now - 72 * day }),
    refuted: fc.constant(0),
  }),
  fc.record({ ...spread(), joinedAt: fc.constant(now), founder: fc.constant(true), refuted: fc.constant(0) }),
);
function spread() {
  return { role, founder: fc.boolean(), resolved: fc.nat({ max: 20 }), refuted: fc.nat({ max: 20 }) };
}
/** An account of the last 48 hours, whatever role somebody gave it and whatever it did. */
const newAccount = fc.record({
  ...spread(),
  joinedAt: fc.integer({ min: now - newcomerMs + 1, max: now }),
  founder: fc.constant(false),
});

it('[CF14] [CF15] everybody is told so long after it was raised, or opened again', () => {
  const raised = { reportedAt: now, reopened: null, severity: 'minor' } as const;
  expect(widensAt(raised)).toBe(now + witnessMs.minor);
  const reopened = { reason: 'Again.', by: null, at: now + hour };
  expect(widensAt({ ...raised, reopened })).toBe(now + hour + witnessMs.minor);
});

describe('standing', () => {
  it('[CF3] grows with time, by the role given and by reports that were so', () => {
    const weights = (over: Partial<Background>) =>
      [0, 47 * hour, 48 * hour, 29 * day, 30 * day, 72 * day].map((age) =>
        weightOf(standingOf({ ...resident, ...over, joinedAt: now - age }, now)),
      );
    expect(weights({})).toEqual([0.02, 0.02, 0.2, 0.2, 0.5, 1]);
    expect(weights({ role: 'volunteer' })).toEqual([0.02, 0.02, 0.5, 0.5, 1, 1]);
    expect(weights({ role: 'coordinator' })).toEqual([0.02, 0.02, 1, 1, 1, 1]);
    expect(weights({ founder: true })).toEqual([1, 1, 1, 1, 1, 1]);
    expect(weights({ resolved: 2 })).toEqual([0.02, 0.02, 0.5, 0.5, 0.5, 1]);
    expect(weights({ resolved: 100 })).toEqual([0.02, 0.02, 0.5, 0.5, 1, 1]);
    expect(weights({ refuted: 2 })).toEqual([0.02, 0.02, 0.2, 0.2, 0.2, 0.5]);
  });

  it('[CF3] is between 0 and 1, never falls by waiting, and never reaches a newcomer’s again', () => {
    fc.assert(
      fc.property(background, fc.nat({ max: 400 * day }), (who, later) => {
        const [before, after] = [standingOf(who, now), standingOf(who, now + later)];
        expect(before).toBeGreaterThan(0);
        expect(after).toBeLessThanOrEqual(1);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(weightOf(after) > 0.02).toBe(!isNewcomer(who, now + later));
      }),
      random,
    );
  });
});

describe('credibility', () => {
  it.each([
    ['nobody spoke', [], 'unconfirmed'],
    ['one of standing saw it', [word()], 'confirmed'],
    ['one of standing says no', [word({ kind: 'dispute' })], 'disputed'],
    ['as much against as for it', [word(), word({ kind: 'dispute' })], 'disputed'],
    ['more for it than against', [word(), word(), word({ kind: 'dispute' })], 'confirmed'],
    ['one who is here for a week', [word({ weight: 0.2 })], 'unconfirmed'],
    [
      'two who are here for a week',
      [word({ weight: 0.2 }), word({ weight: 0.2, at: now - 60_000 })],
      'confirmed',
    ],
  ] as const)('[CF6] %s', (_, words, state) => {
    expect(credibilityOf(words, now, 'theft')).toEqual({
      state,
      confirms: words.filter((one) => one.kind === 'confirm').length,
      disputes: words.filter((one) => one.kind === 'dispute').length,
    });
  });

  it('[CF6] fades by half in a time of the category’s', () => {
    expect(halfLifeMs.noise).toBe(hour);
    expect(halfLifeMs['road-hazard']).toBe(6 * hour);
    expect(halfLifeMs['break-in']).toBe(24 * hour);
    for (const of of Category.options) {
      const seen = [word(), word({ kind: 'dispute', at: now - halfLifeMs[of] })];
      expect(credibilityOf(seen, now, of).state).toBe('confirmed');
      // 1 → 0.35 takes a half-life and a half; the numbers of those who spoke stay.
      expect(credibilityOf([word()], now + 1.4 * halfLifeMs[of], of).state).toBe('confirmed');
      const later = credibilityOf([word()], now + 1.6 * halfLifeMs[of], of);
      expect(later).toEqual({ state: 'unconfirmed', confirms: 1, disputes: 0 });
    }
  });

  it('[CF4] five new accounts never turn an incident against one neighbour of standing', () => {
    fc.assert(
      fc.property(
        neighbour,
        kind,
        fc.array(fc.tuple(newAccount, fc.option(fc.constantFrom('a', 'b')), fc.nat({ max: hour })), {
          minLength: 5,
          maxLength: 5,
        }),
        category,
        fc.nat({ max: 10 * day }),
        (one, said, accounts, of, later) => {
          const standing = word({ kind: said, weight: weightOf(standingOf(one, now)) });
          const against = accounts.map(([account, circle, ago]) =>
            word({
              kind: said === 'confirm' ? 'dispute' : 'confirm',
              weight: weightOf(standingOf(account, now)),
              circle,
              at: now - ago,
            }),
          );
          const turned = said === 'confirm' ? 'disputed' : 'confirmed';
          const alone = credibilityOf([standing], now + later, of).state;
          const together = credibilityOf([standing, ...against], now + later, of).state;
          expect(together).not.toBe(turned);
          // Nor do they take anything away from it for as long as it counts.
          expect(together).toBe(alone);
          // By themselves they make nothing of any incident.
          expect(credibilityOf(against, now + later, of).state).toBe('unconfirmed');
        },
      ),
      random,
    );
  });

  it('[CF5] those of one circle alone neither confirm nor dispute, however many they are', () => {
    expect(circleCap).toBeLessThan(enough);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind,
            weight: fc.constantFrom(0.02, 0.2, 0.5, 1),
            at: fc.integer({ min: now - day, max: now }),
          }),
          {
            maxLength: 200,
          },
        ),
        kind,
        category,
        (given, said, of) => {
          const circle = given.map((one) => word({ ...one, circle: 'circle' }));
          expect(credibilityOf(circle, now, of).state).toBe('unconfirmed');
          const expected = said === 'confirm' ? 'confirmed' : 'disputed';
          expect(credibilityOf([...circle, word({ kind: said })], now, of).state).toBe(expected);
        },
      ),
      random,
    );
  });

  it('[CF5] a circle is of those who came lately and were given no role', () => {
    const at = (age: number, over = {}) => isOfCircle({ ...resident, joinedAt: now - age, ...over }, now);
    expect([at(0), at(circleMs - 1), at(circleMs)]).toEqual([true, true, false]);
    expect([at(0, { role: 'volunteer' }), at(0, { founder: true })]).toEqual([false, false]);
  });
});
