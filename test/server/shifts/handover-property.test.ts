import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDuty, type Commitments } from '../../../shared/duty.ts';
import { firmOf, type Shift } from '../../../shared/shifts.ts';
import { type Cover, isOpenCover, type Swap } from '../../../shared/swaps.ts';
import { attend } from '../../../server/shifts/attendance.ts';
import {
  askNext,
  type Candidate,
  candidatesFor,
  coverDueAt,
  filledCover,
  mayAnswer,
  passCover,
  seekCover,
  withdrawnCover,
} from '../../../server/shifts/cover.ts';
import { handOver } from '../../../server/shifts/handover.ts';
import { freed, join, leave } from '../../../server/shifts/shift.ts';
import { answer, offer } from '../../../server/shifts/swap.ts';

// One seed: a run is about what was changed, and not about the dice. Whoever looks for more sets SEED to others.
const seed = Number(process.env['SEED'] ?? 20_261);
const hour = 3600 * 1000;
const start = 1_800_000_000_000;

const members = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.padEnd(16, '-'));
const isNew = (memberId: string) => members.indexOf(memberId) >= 4;

const who = fc.constantFrom(...members);
const which = fc.nat(3);
const command = fc.oneof(
  fc.record({ type: fc.constant('join' as const), who, which, soft: fc.constant(false) }),
  fc.record({ type: fc.constant('join' as const), who, which, soft: fc.boolean() }),
  fc.record({ type: fc.constant('leave' as const), who, which }),
  fc.record({
    type: fc.constant('offer' as const),
    ...{ who, which, to: fc.option(who), other: fc.option(which) },
  }),
  fc.record({
    type: fc.constant('answer' as const),
    ...{ who, swap: fc.nat(8), evenSo: fc.boolean() },
    answer: fc.constantFrom('accept' as const, 'accept' as const, 'decline' as const, 'withdraw' as const),
  }),
  fc.record({ type: fc.constant('attend' as const), who, which, coming: fc.boolean() }),
  fc.record({ type: fc.constant('coverAsked' as const), which, yes: fc.boolean() }),
  fc.record({ type: fc.constant('acceptAsked' as const), swap: fc.nat(8) }),
  fc.record({ type: fc.constant('cover' as const), who, which, yes: fc.boolean() }),
  fc.record({ type: fc.constant('pass' as const), ms: fc.nat(2 * hour) }),
  fc.record({ type: fc.constant('setBack' as const), ms: fc.nat(hour) }),
  fc.record({ type: fc.constant('attendOne' as const), which, number: fc.nat(3), coming: fc.boolean() }),
  // Now and then.
  fc.record({ type: fc.constant('cancel' as const), which: fc.nat(40) }),
);

type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

/** Four shifts near each other, six members, and everything that the store would keep. */
function createWorld() {
  const shifts: Shift[] = [0, 3, 8, 30].map((hours, i) => ({
    ...{ id: `shift-${i}`.padEnd(16, '-'), version: 1, seriesId: null, date: null },
    ...{ startsAt: start + (20 + hours) * hour, endsAt: start + (22 + hours) * hour },
    ...{ meeting: { position: { lat: 0, lng: 0 }, words: 'x' }, route: [], needed: 2, places: 2 + (i % 2) },
    ...{ kit: [], note: '', plannedBy: null, plannedAt: start, status: 'planned', reason: '', follows: null },
    ...{ signUps: [], shortAt: null },
  }));
  const kept = new Map<string, Commitments>(
    members.map((memberId) => [memberId, { memberId, version: 0, shifts: [] }]),
  );
  const swaps: Swap[] = [];
  const covers = new Map<string, Cover>();
  const asked = new Map<string, number>();
  /** Entries about each question: what made it known, in order. */
  const told: Cover[] = [];
  let at = start;
  let accepted = 0;

  const mine = (memberId: string) => kept.get(memberId) ?? { memberId, version: 0, shifts: [] };
  const shiftAt = (i: number) => shifts[i] as Shift;
  const put = (shift: Shift) => {
    const i = shifts.findIndex(({ id }) => id === shift.id);
    expect(shift.version).toBe(shiftAt(i).version + 1);
    shifts[i] = shift;
  };
  const keep = (all: readonly Commitments[]) => {
    for (const one of all) {
      expect(one.version).toBe(mine(one.memberId).version + 1);
      kept.set(one.memberId, one);
    }
  };
  const taker = (memberId: string) => ({ memberId, commitments: mine(memberId), newcomer: isNew(memberId) });
  const volunteers = (): Candidate[] =>
    members.map((memberId) => ({ ...taker(memberId), askedAt: asked.get(memberId) ?? 0 }));

  function putCover(cover: Cover): void {
    const before = covers.get(cover.id);
    expect(cover.version).toBe((before?.version ?? 0) + 1);
    // Nobody is asked twice, nobody who is on it, and nobody without rest.
    expect(new Set(cover.asked).size).toBe(cover.asked.length);
    if (cover.asking !== null && cover.asking !== before?.asking) {
      const shift = shifts.find(({ id }) => id === cover.shiftId);
      expect(shift && firmOf(shift).map(({ memberId }) => memberId)).not.toContain(cover.asking);
      asked.set(cover.asking, at);
    }
    covers.set(cover.id, cover);
    told.push(cover);
  }

  function runTimers(): void {
    for (const { id } of covers.values()) {
      for (let rounds = 0; ; rounds += 1) {
        expect(rounds).toBeLessThan(10);
        const cover = covers.get(id) as Cover;
        const shift = shifts.find((one) => one.id === cover.shiftId) ?? null;
        const next = passCover(cover, shift, volunteers(), at);
        if (next.kind === 'wait') expect(next.dueAt).toBeGreaterThan(at);
        if (next.kind === 'wait' || next.kind === 'forget') break;
        putCover(next.cover);
      }
    }
  }

  /** What nobody would hit by chance: whoever is asked answers. */
  function aimed(one: Command): Command {
    if (one.type === 'coverAsked') {
      const { id } = shiftAt(one.which);
      const open = [...covers.values()].find((cover) => cover.shiftId === id && cover.asking !== null);
      return { type: 'cover', who: open?.asking ?? '', which: one.which, yes: one.yes };
    }
    if (one.type === 'attendOne') {
      const firm = firmOf(shiftAt(one.which));
      const { memberId = '' } = firm[one.number % Math.max(1, firm.length)] ?? {};
      return { type: 'attend', who: memberId, which: one.which, coming: one.coming };
    }
    if (one.type !== 'acceptAsked') return one;
    const to = swaps[one.swap % Math.max(1, swaps.length)]?.to ?? '';
    return { type: 'answer', who: to, swap: one.swap, evenSo: true, answer: 'accept' };
  }

  function run(given: Command): void {
    const one = aimed(given);
    switch (one.type) {
      case 'join': {
        const done = join({
          ...{ shift: shiftAt(one.which), commitments: mine(one.who), memberId: one.who, at },
          ...{ newcomer: isNew(one.who), command: { kind: one.soft ? 'soft' : 'firm', evenSo: true } },
        });
        if (done.ok) {
          put(done.shift);
          keep([done.commitments]);
        }
        break;
      }
      case 'leave': {
        const done = leave(shiftAt(one.which), one.who, at);
        if (done.ok) {
          put(done.shift);
          keep([freed(mine(one.who), done.shift.id)]);
        }
        break;
      }
      case 'offer': {
        const done = offer({
          ...{ id: `swap-${swaps.length}`.padEnd(16, '-'), by: one.who, shift: shiftAt(one.which), at },
          forShift: one.other === null ? null : shiftAt(one.other),
          command: {
            to: one.to,
            forShiftId: one.other === null ? null : shiftAt(one.other).id,
            evenSo: true,
          },
          ...{ commitments: mine(one.who), open: [] },
        });
        if (done.ok) swaps.push(done.swap);
        if (one.to === one.who) expect(done.ok).toBe(false);
        break;
      }
      case 'answer': {
        const swap = swaps[one.swap % Math.max(1, swaps.length)];
        if (swap === undefined) break;
        const of = (id: string | null) => shifts.find((shift) => shift.id === id) ?? null;
        const done = answer({
          ...{ swap, shift: of(swap.shiftId) as Shift, forShift: of(swap.forShiftId), at },
          ...{ offerer: taker(swap.by), taker: taker(one.who) },
          command: { answer: one.answer, evenSo: one.evenSo },
        });
        if (!done.ok) break;
        if (done.swap.state === 'accepted') {
          accepted += 1;
          expect(
            done.shifts.every(
              ({ id }, i) => firmOf(done.shifts[i] as Shift).length === firmOf(of(id) as Shift).length,
            ),
          ).toBe(true);
        }
        done.shifts.forEach(put);
        keep(done.commitments);
        swaps[swaps.indexOf(swap)] = done.swap;
        break;
      }
      case 'attend': {
        const done = attend(shiftAt(one.which), one.who, one.coming, at);
        if (!done.ok) break;
        put(done.shift);
        const id = `${done.shift.id} ${one.who}`;
        const before = covers.get(id);
        const open = before !== undefined && isOpenCover(before);
        if (one.coming && open) putCover(withdrawnCover(before));
        if (one.coming || open) break;
        const begun = seekCover(before ?? null, { id, shiftId: done.shift.id, by: one.who, at });
        putCover(askNext(begun, done.shift, candidatesFor(begun, done.shift, volunteers(), at), at));
        break;
      }
      case 'cover': {
        const shift = shiftAt(one.which);
        const say = one.yes ? 'yes' : 'no';
        const cover = [...covers.values()].find(
          (known) => known.shiftId === shift.id && mayAnswer(known, one.who, say) === null,
        );
        if (cover === undefined) break;
        if (!one.yes) {
          const next = { ...cover, version: cover.version + 1 };
          putCover(askNext(next, shift, candidatesFor(cover, shift, volunteers(), at), at));
          break;
        }
        const done = handOver(shift, cover.by, taker(one.who), { leaves: null, evenSo: true, at });
        if (!done.ok) break;
        put(done.shift);
        keep([done.commitments, freed(mine(cover.by), shift.id)]);
        putCover(filledCover(cover, one.who));
        break;
      }
      case 'pass':
        at += one.ms;
        break;
      case 'setBack':
        at -= one.ms;
        break;
      case 'cancel': {
        const shift = shifts[one.which];
        if (shift?.status === 'planned') {
          shifts[one.which] = { ...shift, version: shift.version + 1, status: 'cancelled' };
          for (const { memberId } of shift.signUps) keep([freed(mine(memberId), shift.id)]);
        }
        break;
      }
      default:
    }
    runTimers();
  }

  function check(): void {
    for (const shift of shifts.filter(({ status }) => status === 'planned')) {
      const firm = firmOf(shift);
      expect(firm.length).toBeLessThanOrEqual(shift.places);
      if (firm.length === shift.places) expect(firm.some(({ newcomer }) => !newcomer)).toBe(true);
      const ids = shift.signUps.map(({ memberId }) => memberId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const memberId of ids)
        expect(mine(memberId).shifts.map(({ shiftId }) => shiftId)).toContain(shift.id);
    }
    for (const memberId of members) {
      const { shifts: theirs } = mine(memberId);
      for (const one of theirs) expect(checkDuty(theirs, one).ok).toBe(true);
    }
    for (const cover of covers.values()) {
      expect(told.filter(({ id }) => id === cover.id).at(-1)).toBe(cover);
      if (!isOpenCover(cover)) continue;
      // Never silent: somebody is asked, with a time at which the server goes on, or all were told.
      const shift = shifts.find(({ id }) => id === cover.shiftId) as Shift;
      if (cover.state === 'asking') expect(cover.asking).not.toBeNull();
      expect(coverDueAt(cover, shift)).toBeGreaterThan(at);
      expect(coverDueAt(cover, shift)).toBeLessThanOrEqual(shift.startsAt);
    }
  }

  /** Lets everything begin: then nothing may be left open. */
  function end(): void {
    at = start + 100 * hour;
    runTimers();
    expect([...covers.values()].filter(isOpenCover)).toEqual([]);
  }
  return { run, check, end, counts: () => ({ accepted, told }) };
}

describe('places that change hands', () => {
  it('[HO4] [CO3] whatever neighbours and time do, the rules hold and no question ends silently', () => {
    const seen = { accepted: 0, filled: 0, everyone: 0, passed: 0 };
    fc.assert(
      fc.property(fc.array(command, { minLength: 30, maxLength: 90 }), (commands) => {
        const world = createWorld();
        // Somebody comes to each, so that there is something to hand over.
        for (const [i, memberId] of [0, 1, 2, 3, 0, 3, 1, 2].map((n) => members[n] ?? '').entries())
          world.run({ type: 'join', who: memberId, which: Math.floor(i / 2), soft: false });
        for (const one of commands) {
          world.run(one);
          world.check();
        }
        world.end();
        const { accepted, told } = world.counts();
        seen.accepted += accepted;
        for (const { state, asked } of told) {
          if (state === 'filled') seen.filled += 1;
          if (state === 'everyone') seen.everyone += 1;
          if (state === 'asking' && asked.length > 1) seen.passed += 1;
        }
      }),
      { seed, numRuns: 60 },
    );
    // It met all of it.
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  });
});
