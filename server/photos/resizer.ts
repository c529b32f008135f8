import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import type { Pixels } from './files.ts';
import type { ResizeAnswer, ResizeOrder } from './resize-process.ts';

type ResizerOptions = {
  logger: Logger;
  /** The process's file, and how Node is to run it. */
  entry?: URL;
  execArgv?: string[];
  /** Milliseconds that one photo may take. */
  limitMs?: number;
};

/** Turns uploads into what is stored, outside this process. */
export type Resizer = {
  /**
   * @returns null for what is no picture, or takes more time or memory than a picture does
   * @throws AppError UNAVAILABLE while too many wait, or where photos cannot be read at all
   */
  resize(bytes: Uint8Array): Promise<Pixels | null>;
  /** The process that works now; for tests. */
  pid(): number | null;
  stop(): void;
};

const mostWaiting = 8;
const busySeconds = 5;
const idleMs = 60_000;
const startMs = 30_000;

// The build puts the process's bundle beside this one.
const builtEntry = new URL('./photo-resizer.js', import.meta.url);

/** What one attempt came to: `gone` when the process died on it. */
type Attempt = { kind: 'done'; pixels: Pixels | null } | { kind: 'slow' } | { kind: 'gone' };

/**
 * Runs one process for photos: started by the first, killed by one that takes too long, started again for the next,
 * ended when none came for a minute. One photo at a time; a few wait, and who comes then is told to come again.
 */
export function createResizer(options: ResizerOptions): Resizer {
  const { logger, entry = builtEntry, execArgv = [], limitMs = 10_000 } = options;
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let stopped = false;

  function end(): void {
    clearTimeout(idle);
    child?.kill('SIGKILL');
    child = null;
  }

  /** Resolves once it is ready; a process that never is cannot read photos here at all. */
  async function start(): Promise<ChildProcess> {
    // Neither our environment, which has secrets, nor our own options, which are meant for us.
    const started = fork(fileURLToPath(entry), { execArgv, env: {}, serialization: 'advanced' });
    child = started;
    const isReady = await new Promise<boolean>((resolve) => {
      const limit = setTimeout(() => resolve(false), startMs);
      const settle = (ready: boolean) => {
        clearTimeout(limit);
        resolve(ready);
      };
      started.once('message', () => settle(true)).once('exit', () => settle(false));
      started.once('error', () => settle(false));
    });
    if (!isReady) {
      end();
      logger.error('photos cannot be read on this machine');
      throw new AppError('UNAVAILABLE', { retryAfter: 60 });
    }
    return started;
  }

  async function attempt(bytes: Uint8Array): Promise<Attempt> {
    clearTimeout(idle);
    const process = child?.connected === true ? child : await start();
    return await new Promise((resolve) => {
      const finish = (result: Attempt) => {
        clearTimeout(limit);
        process.off('message', answered).off('exit', gone).off('error', gone);
        resolve(result);
      };
      const answered = (answer: unknown) => finish({ kind: 'done', pixels: (answer as ResizeAnswer).pixels });
      const gone = (reason: unknown) => {
        logger.warn({ reason: String(reason) }, 'the process for photos ended');
        end();
        finish({ kind: 'gone' });
      };
      const limit = setTimeout(() => {
        logger.warn('a photo took too long');
        end();
        finish({ kind: 'slow' });
      }, limitMs);
      process.once('message', answered).once('exit', gone).once('error', gone);
      process.send({ bytes } satisfies ResizeOrder, (error) => {
        if (error !== null) gone(error);
      });
    });
  }

  async function run(bytes: Uint8Array): Promise<Pixels | null> {
    // It may have been killed for another reason than this photo; a second death says that it was not.
    for (let tries = 0; tries < 2; tries += 1) {
      if (stopped) throw new AppError('UNAVAILABLE');
      const result = await attempt(bytes);
      if (result.kind === 'done') return result.pixels;
      if (result.kind === 'slow') return null;
    }
    return null;
  }

  return {
    async resize(bytes) {
      if (waiting > mostWaiting) throw new AppError('UNAVAILABLE', { retryAfter: busySeconds });
      waiting += 1;
      const mine = last.then(() => run(bytes));
      last = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting -= 1;
        if (waiting === 0 && !stopped) {
          clearTimeout(idle);
          idle = setTimeout(end, idleMs).unref();
        }
      }
    },
    pid: () => child?.pid ?? null,
    stop() {
      stopped = true;
      end();
    },
  };
}
