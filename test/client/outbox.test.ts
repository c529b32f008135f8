import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../client/api.ts';
import { createOutbox, type Letter } from '../../client/outbox.ts';
import type { Storage } from '../../client/state/storage.ts';
import { withMemory } from '../../client/state/storage.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Reported } from '../../shared/incidents.ts';
import { memoryStorage } from './storage.ts';
import { incidentOf } from '../support/incident.ts';
import type { LetterPhoto } from '../../client/photos/letter-photos.ts';

const personId = 'p'.repeat(16);
const neighbourhoodId = 'n'.repeat(16);

const letter = (key: string, madeAt = 1): Omit<Letter, 'refusal'> => ({
  key,
  personId,
  neighbourhoodId,
  madeAt,
  photos: [],
  command: {
    category: 'fire',
    severity: 'severe',
    position: { lat: 43.7, lng: 7.4 },
    coarse: false,
    description: key,
    answers: {},
    anonymous: false,
    evenSo: false,
  },
});

const reported = ({ key, command }: Letter): Reported => ({
  seq: 1,
  incident: incidentOf({ id: `incident-of-${key}`.padEnd(16, '-'), description: command.description }),
});

const refusal = (code: ErrorCode, status: number, retryAfter: number | null = null) =>
  new ApiError({ type: 'about:blank', title: code, status, code }, retryAfter);

/** An outbox and a server that answers as the test says: `fail(key)` gives an error to throw, or null. */
function post(storage: Storage = memoryStorage(), who: () => string | null = () => personId) {
  const tried: string[] = [];
  const sent: string[] = [];
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const world = {
    fail: (_key: string): unknown => null,
    settled: (photos: LetterPhoto[]): LetterPhoto[] => photos,
    signedOut: 0,
  };
  const reports: Letter[] = [];
  const outbox = createOutbox({
    storage,
    sendPhotos: async ({ photos }, told) => {
      if (photos.length > 0) await told(world.settled(photos));
    },
    send: async (one) => {
      reports.push(one);
      tried.push(one.key);
      const error = world.fail(one.key);
      if (error !== null) throw error;
      return reported(one);
    },
    personId: who,
    sent: ({ key }) => sent.push(key),
    signedOut: () => {
      world.signedOut += 1;
    },
    later: (ms, run) => {
      const timer = { ms, run, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    alone: (run) => run(),
  });
  const waiting = () => outbox.letters.value.map(({ key }) => key);
  return { outbox, tried, sent, reports, timers, world, waiting };
}

describe('the outbox', () => {
  it('[OB1] a command leaves at once where the server answers, and is kept no longer', async () => {
    const storage = memoryStorage();
    const { outbox, sent, waiting } = post(storage);
    await outbox.add(letter('a'));
    await outbox.flush();
    expect(sent).toEqual(['a']);
    expect(waiting()).toEqual([]);
    expect(storage.values.size).toBe(0);
  });

  it('[OB2] a command that finds no network survives a reload and leaves later under the same key', async () => {
    const storage = memoryStorage();
    const before = post(storage);
    before.world.fail = () => new NetworkError('offline');
    await before.outbox.add(letter('a'));
    await before.outbox.flush();
    expect(before.waiting()).toEqual(['a']);

    const after = post(storage);
    expect(after.outbox.loaded.value).toBe(false);
    await after.outbox.start();
    expect(after.outbox.loaded.value).toBe(true);
    expect(after.tried).toEqual(['a']);
    expect(after.sent).toEqual(['a']);
    expect(storage.values.size).toBe(0);
  });

  it('[OB3] commands leave in the order in which they were written', async () => {
    const storage = memoryStorage();
    const away = post(storage, () => null);
    for (const [key, madeAt] of [
      ['c', 3],
      ['a', 1],
      ['b', 2],
    ] as const) {
      await away.outbox.add(letter(key, madeAt));
    }
    const { outbox, tried } = post(storage);
    await outbox.start();
    expect(tried).toEqual(['a', 'b', 'c']);
  });

  it('[OB4] a refusal keeps the command with its reason until it is put away, and holds nothing back', async () => {
    const storage = memoryStorage();
    const { outbox, world, tried, sent } = post(storage);
    world.fail = (key) => (key === 'bad' ? refusal('INVALID_INPUT', 422) : null);
    await outbox.add(letter('bad', 1));
    await outbox.add(letter('good', 2));
    await outbox.flush();
    expect(sent).toEqual(['good']);
    expect(outbox.letters.value.map(({ refusal: why }) => why?.code)).toEqual(['INVALID_INPUT']);

    const reloaded = post(storage);
    await reloaded.outbox.start();
    expect(reloaded.tried).toEqual([]);
    expect(reloaded.outbox.letters.value[0]?.refusal?.code).toBe('INVALID_INPUT');
    await reloaded.outbox.dismiss('bad');
    expect(storage.values.size).toBe(0);
    expect(tried.filter((key) => key === 'bad')).toHaveLength(1);
  });

  it.each([
    ['no network', new NetworkError('offline'), 2000],
    ['Redis away', refusal('UNAVAILABLE', 503, 5000), 5000],
    ['too many at once', refusal('RATE_LIMITED', 429, 30_000), 30_000],
  ])('[OB5] after %s it tries again by itself, not before it was asked to', async (_, error, ms) => {
    const { outbox, world, timers, sent, waiting } = post();
    world.fail = () => error;
    await outbox.add(letter('a'));
    await outbox.flush();
    expect(waiting()).toEqual(['a']);
    expect(timers[0]?.ms).toBe(ms);
    world.fail = () => null;
    timers.at(-1)?.run();
    await outbox.flush();
    expect(sent).toEqual(['a']);
  });

  it('[RA7] an alert that would wait long is refused in words instead of leaving when it is over', async () => {
    const { outbox, world, timers } = post();
    world.fail = () => refusal('RATE_LIMITED', 429, 121_000);
    await outbox.add(letter('a'));
    await outbox.flush();
    expect(timers).toEqual([]);
    expect(outbox.letters.value.map(({ refusal: why }) => why?.code)).toEqual(['RATE_LIMITED']);
  });

  it('[RA9] answers wait with their alert; one that an older version kept, without answers, leaves too', async () => {
    const storage = memoryStorage();
    const away = post(storage, () => null);
    const mine = letter('a', 2);
    await away.outbox.add({ ...mine, command: { ...mine.command, answers: { people: 'inside' } } });
    const { answers: _, ...before } = letter('b').command;
    await storage.set('b', { ...letter('b', 1), command: before, refusal: null });
    const after = post(storage);
    await after.outbox.start();
    expect(after.tried).toEqual(['b', 'a']);
    expect(after.reports.map(({ command: { answers } }) => answers)).toEqual([{}, { people: 'inside' }]);
  });

  it('[OB5] waits longer each time, a minute at most', async () => {
    const { outbox, world, timers } = post();
    world.fail = () => new NetworkError('offline');
    await outbox.add(letter('a'));
    for (let turn = 0; turn < 8; turn += 1) await outbox.flush();
    const waits = timers.map(({ ms }) => ms);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.at(-1)).toBe(60_000);
    expect(timers.filter(({ cancelled }) => !cancelled)).toHaveLength(1);
  });

  it('[OB6] a command on which the server stumbles does not hold the others back', async () => {
    const { outbox, world, sent, waiting } = post();
    world.fail = (key) => (key === 'odd' ? refusal('INTERNAL', 500) : null);
    await outbox.add(letter('odd', 1));
    await outbox.add(letter('good', 2));
    await outbox.flush();
    expect(sent).toEqual(['good']);
    expect(waiting()).toEqual(['odd']);
  });

  it('[OB7] a command never leaves under another person’s session', async () => {
    const storage = memoryStorage();
    const mine = post(storage, () => null);
    await mine.outbox.add(letter('a'));
    const other = post(storage, () => 'q'.repeat(16));
    await other.outbox.start();
    expect(other.tried).toEqual([]);
    expect(other.waiting()).toEqual(['a']);
  });

  it('[OB7] a lost session is said, and the command stays', async () => {
    const { outbox, world, waiting } = post();
    world.fail = () => refusal('NOT_SIGNED_IN', 401);
    await outbox.add(letter('a'));
    await outbox.flush();
    expect(world.signedOut).toBeGreaterThan(0);
    expect(waiting()).toEqual(['a']);
  });

  it('[OB8] a command that another tab has sent meanwhile is not sent again', async () => {
    const storage = memoryStorage();
    const { outbox, world, tried } = post(storage);
    world.fail = () => new NetworkError('offline');
    await outbox.add(letter('a'));
    await outbox.flush();
    const attempts = tried.length;
    await storage.remove('a');
    await outbox.flush();
    expect(tried).toHaveLength(attempts);
    expect(outbox.letters.value).toEqual([]);
  });

  it('[OB9] a browser that forbids storage still sends, and still waits for the network', async () => {
    const forbidden = async () => Promise.reject(new DOMException('no', 'SecurityError'));
    const { outbox, world, sent, waiting } = post(
      withMemory({ get: forbidden, set: forbidden, remove: forbidden, all: forbidden, clear: forbidden }),
    );
    world.fail = () => new NetworkError('offline');
    await outbox.add(letter('a'));
    await outbox.flush();
    expect(waiting()).toEqual(['a']);
    world.fail = () => null;
    await outbox.flush();
    expect(sent).toEqual(['a']);
    expect(waiting()).toEqual([]);
  });

  it('[OB10] what cannot be read as a command is left alone', async () => {
    const storage = memoryStorage();
    await storage.set('old', { key: 'old', shape: 'of another version' });
    const { outbox, tried } = post(storage);
    await outbox.start();
    expect(tried).toEqual([]);
    expect(outbox.letters.value).toEqual([]);
  });
});

describe('a letter with photos', () => {
  const photo = (key: string): LetterPhoto => ({ key, blurred: false, photoId: null, left: false });
  const uploaded = (photos: LetterPhoto[]) =>
    photos.map((one) => ({ ...one, photoId: `id-of-${one.key}`.padEnd(16, '-') }));
  const stale = () =>
    new ApiError(
      {
        type: 'about:blank',
        title: 'no',
        status: 422,
        code: 'INVALID_INPUT',
        issues: [{ path: 'photoIds.0', message: 'no' }],
      },
      null,
    );

  it('[PH11] what became of its photos is kept before the command is tried, and never changes again', async () => {
    const storage = memoryStorage();
    const before = post(storage);
    before.world.settled = uploaded;
    before.world.fail = () => new NetworkError('offline');
    await before.outbox.add({ ...letter('a'), photos: [photo('p')] });
    await before.outbox.flush();
    const after = post(storage);
    after.world.settled = (photos) => photos;
    await after.outbox.start();
    expect(after.reports[0]?.photos).toEqual(before.reports[0]?.photos);
    expect(after.reports[0]?.photos[0]?.photoId).toMatch(/^id-of-p/u);
    expect(after.sent).toEqual(['a']);
  });

  it('[PH12] a command refused because of its photos goes without them, at once and under its own key', async () => {
    const storage = memoryStorage();
    const away = post(storage, () => null);
    await away.outbox.add({ ...letter('a'), photos: [photo('p'), photo('q')] });
    const { outbox, world, reports, sent } = post(storage);
    world.settled = (photos) => (photos.some(({ left }) => left) ? photos : uploaded(photos));
    world.fail = () => (reports.length === 1 ? stale() : null);
    await outbox.start();
    expect(reports.map(({ key, photos }) => [key, photos.map(({ left }) => left)])).toEqual([
      ['a', [false, false]],
      ['a', [true, true]],
    ]);
    expect(sent).toEqual(['a']);
  });

  it('[PH12] a refusal of anything else is said, and its photos stay', async () => {
    const { outbox, world } = post();
    world.settled = uploaded;
    world.fail = () => refusal('INVALID_INPUT', 422);
    await outbox.add({ ...letter('a'), photos: [photo('p')] });
    await outbox.flush();
    expect(outbox.letters.value[0]).toMatchObject({
      refusal: { code: 'INVALID_INPUT' },
      photos: [{ left: false }],
    });
  });
});
