import { signal } from '@preact/signals';
import * as v from 'valibot';
import { Problem } from '../shared/errors.ts';
import { ReportCommand, type Reported } from '../shared/incidents.ts';
import { Id } from '../shared/text.ts';
import { ApiError, failureCode } from './api.ts';
import { allLeft, LetterPhoto } from './photos/letter-photos.ts';
import type { Storage } from './state/storage.ts';

/** One command that has not left this device yet, as it is stored. */
const Letter = v.object({
  /** The Idempotency-Key: every attempt repeats it, so that the server does the thing once. */
  key: v.string(),
  personId: Id,
  neighbourhoodId: Id,
  command: ReportCommand,
  /** Leave before the report, and never hold it up for long. */
  photos: v.optional(v.array(LetterPhoto), []),
  madeAt: v.number(),
  /** Why the server refused it; null while it waits. */
  refusal: v.nullable(Problem),
});
export type Letter = v.InferOutput<typeof Letter>;

export type OutboxPorts = {
  storage: Storage;
  /** Uploads its photos, saying after each what became of them. Rejects only where the command could not leave either. */
  sendPhotos: (letter: Letter, told: (photos: LetterPhoto[]) => Promise<void>) => Promise<void>;
  send: (letter: Letter) => Promise<Reported>;
  /** Who is signed in now: a letter leaves only under its own writer's name. Null: nothing leaves. */
  personId: () => Id | null;
  /** The letter arrived. Called before it leaves the storage, so that what is shown never has a hole. */
  sent: (letter: Letter, answer: Reported) => void;
  /** The session is gone; the letters stay. */
  signedOut: () => void;
  later: (ms: number, run: () => void) => () => void;
  /** Runs alone among the tabs of this browser. */
  alone: (run: () => Promise<void>) => Promise<void>;
};

const firstDelay = 2000;
const longestDelay = 60_000;

/** It is not the command that was refused, but the photos with it: they were uploaded too long ago. */
const isOfPhotos = (error: ApiError) =>
  (error.problem.issues ?? []).some(({ path }) => path.startsWith('photoIds'));

/** What an alert can wait without its writer: later it would tell neighbours of something that is over. */
const longestAsked = 2 * 60_000;

/** A refusal that waiting may cure, before the alert is old. */
const isPassing = (error: ApiError) =>
  error.problem.status >= 500 ||
  (error.problem.code === 'RATE_LIMITED' && (error.retryAfter ?? 0) <= longestAsked);

/**
 * The commands that wait on this device until the server has them: they survive a reload and go out in the order
 * that they were written, each under its own key. A refusal stays until the person has read it.
 */
export function createOutbox(ports: OutboxPorts) {
  const letters = signal<readonly Letter[]>([]);
  const loaded = signal(false);
  // One pass at a time, and at most one waiting: it will see everything that is there when it begins.
  let lastPass: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;
  let failures = 0;
  let cancelRetry = () => {};

  const show = (next: readonly Letter[]) => {
    letters.value = next.toSorted((a, b) => a.madeAt - b.madeAt);
  };
  const without = (key: string) => letters.value.filter((letter) => letter.key !== key);

  async function read(): Promise<void> {
    const before = letters.value;
    const stored = await ports.storage.all();
    // A letter that was added or sent while this read was under way may be missing in it, or still there.
    if (letters.value !== before) {
      await read();
      return;
    }
    show(
      [...stored.values()].flatMap((value) => {
        const parsed = v.safeParse(Letter, value);
        return parsed.success ? [parsed.output] : [];
      }),
    );
    loaded.value = true;
  }

  function retryLater(askedFor: number | null): void {
    const delay = Math.max(askedFor ?? 0, Math.min(longestDelay, firstDelay * 2 ** failures));
    failures += 1;
    cancelRetry = ports.later(delay, () => void flush());
  }

  async function keep(letter: Letter): Promise<void> {
    await ports.storage.set(letter.key, letter);
    show([...without(letter.key), letter]);
  }

  /** Sends one letter; false where it makes no sense to try the next one now. */
  async function post(written: Letter): Promise<boolean> {
    let letter = written;
    try {
      await ports.sendPhotos(letter, async (photos) => {
        letter = { ...letter, photos };
        await keep(letter);
      });
      const answer = await ports.send(letter);
      failures = 0;
      ports.sent(letter, answer);
      await ports.storage.remove(letter.key);
      show(without(letter.key));
      return true;
    } catch (error) {
      const code = failureCode(error);
      if (code === 'NOT_SIGNED_IN') {
        ports.signedOut();
        return false;
      }
      if (!(error instanceof ApiError) || isPassing(error)) {
        retryLater(error instanceof ApiError ? error.retryAfter : null);
        // A letter that this server always stumbles over must not hold the others back.
        return code === 'INTERNAL';
      }
      if (isOfPhotos(error) && letter.photos.some(({ left }) => !left)) {
        // Refused, so nothing was done under its key: without them it is another command.
        const bare = { ...letter, photos: allLeft(letter.photos) };
        await keep(bare);
        return await post(bare);
      }
      await keep({ ...letter, refusal: error.problem });
      return true;
    }
  }

  async function postAll(): Promise<void> {
    // Another tab may have sent some of them while this one waited for its turn.
    await read();
    for (const letter of letters.value) {
      if (letter.refusal || letter.personId !== ports.personId()) continue;
      if (!(await post(letter))) return;
    }
  }

  /** Resolves after a pass that began no earlier than this call. */
  function flush(): Promise<void> {
    if (queued) return queued;
    queued = lastPass.then(() => {
      queued = null;
      cancelRetry();
      return ports.alone(postAll);
    });
    lastPass = queued.catch(() => undefined);
    return queued;
  }

  return {
    /** In the order they were written; those that were refused carry the reason. */
    letters,

    /** Whether what an earlier visit left has been read. */
    loaded,

    /** Reads what an earlier visit left, and sends it. */
    start: flush,

    /** Sends what waits: at the start, when the network or the person is back, when the socket connects. */
    flush,

    /** Keeps the command first, then sends it. Resolves once it is kept; the sending goes on by itself. */
    async add(letter: Omit<Letter, 'refusal'>): Promise<void> {
      await keep({ ...letter, refusal: null });
      void flush();
    },

    /** The person has read why it was refused, or does not want to send it any more. */
    async dismiss(key: string): Promise<void> {
      await ports.storage.remove(key);
      show(without(key));
    },
  };
}
