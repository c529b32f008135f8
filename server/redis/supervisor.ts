import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { EmbeddedRedisError } from './embedded-error.ts';
import { adopt, type PrivateTarget, probe } from './probe.ts';
import { exitLocked, type RedisExit, type RedisProcess, spawnRedis } from './watchdog.ts';

/** One private Redis: how it is started, reached and mended. */
export type RedisPlan = {
  readonly target: PrivateTarget;
  /** A command line that speaks the watchdog's protocol. */
  readonly command: readonly string[];
  /** Redis' `dir` as Redis itself sees it. */
  readonly dir: string;
  /** Cuts a damaged end off the append-only file. @throws {EmbeddedRedisError} when the damage is no torn end */
  repair(): Promise<void>;
};

export type Supervised = {
  /** Whether the Redis that serves now was started by another process. */
  adopted(): boolean;
  /** Ends the Redis that we started; one that we adopted stays. */
  stop(): Promise<void>;
};

type Serving = { adopted: boolean; gone: Promise<string>; end(): Promise<void> };

const firstWait = 100;
const longestWait = 5000;
// A first start that fails for a lasting reason (a read-only disk, a full one) must say so, not go on for ever.
const firstStartTries = 4;
const lockPatienceMs = 30_000;
// One that dies so soon after it came up (on the first write to a full disk) would die again at once.
const shortLifeMs = 500;
const pollMs = 20;

// What Redis says of a file that it will not load.
const damaged = /Bad file format|Unexpected end of file|RDB checksum|error in RDB reading|AOF manifest/u;

const backOff = (failures: number) => Math.min(firstWait * 2 ** (failures - 1), longestWait);

function why(exit: RedisExit): string {
  const line = exit.lastLines.findLast((text) => /#|error|fatal|can't|cannot|denied/iu.test(text));
  const last = (line ?? exit.lastLines.at(-1) ?? '').replace(/^.*? # /u, '');
  return `exit code ${String(exit.code)}${last === '' ? '' : `: ${last}`}`;
}

/**
 * Keeps one Redis serving until stopped: adopts one that answers, else starts one, starts it again with back-off
 * (100 ms to 5 s) when it dies, and takes over when an adopted one goes.
 * @param signal gives up a start under way
 * @returns once Redis answers
 * @throws {EmbeddedRedisError} when the first start cannot succeed
 */
export async function supervise(plan: RedisPlan, logger: Logger, signal?: AbortSignal): Promise<Supervised> {
  const halt = new AbortController();
  const giveUp = () => halt.abort();
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted === true) giveUp();

  const pause = (ms: number): Promise<undefined> => delay(ms, undefined, { signal: halt.signal });

  async function adoptRunning(): Promise<Serving | null> {
    const running = await adopt(plan.target, plan.dir);
    if (running === null) return null;
    return {
      adopted: true,
      gone: running.gone.then(() => 'connection closed'),
      end: async () => running.release(),
    };
  }

  /** Resolves with null when our Redis answers, with its end if that comes first. */
  async function startedOrExited(child: RedisProcess): Promise<RedisExit | null> {
    for (;;) {
      const exit = await Promise.race([child.exited, pause(pollMs)]);
      if (exit !== undefined) return exit;
      if (child.locked() && (await probe(plan.target)) === 'ready') return null;
    }
  }

  async function start(): Promise<Serving | RedisExit> {
    const child = spawnRedis(plan.command, (line) => logger.debug({ line }, 'redis says'));
    try {
      const exit = await startedOrExited(child);
      if (exit !== null) return exit;
    } catch (error) {
      await child.stop();
      throw error;
    }
    return { adopted: false, gone: child.exited.then(why), end: () => child.stop() };
  }

  async function bringUp(isFirst: boolean): Promise<Serving> {
    let failures = 0;
    let repaired = false;
    let lockedSince: number | null = null;
    for (;;) {
      halt.signal.throwIfAborted();
      const health = await probe(plan.target);
      const running = health === 'ready' ? await adoptRunning() : null;
      if (running !== null) return running;
      if (health === 'loading') {
        await pause(pollMs);
        continue;
      }
      const outcome = await start();
      if ('gone' in outcome) return outcome;
      if (outcome.code === exitLocked) {
        // Another process' Redis is just coming up or going down.
        lockedSince ??= performance.now();
        if (isFirst && performance.now() - lockedSince > lockPatienceMs) {
          throw new EmbeddedRedisError(
            `a Redis that does not answer holds ${plan.dir}; stop it, then start again`,
          );
        }
        await pause(firstWait);
        continue;
      }
      lockedSince = null;
      if (!repaired && outcome.lastLines.some((line) => damaged.test(line))) {
        repaired = true;
        await plan.repair();
        continue;
      }
      failures += 1;
      if (isFirst && failures >= firstStartTries)
        throw new EmbeddedRedisError(`Redis does not start (${why(outcome)})`);
      logger.warn({ reason: why(outcome) }, 'redis did not start, trying again');
      await pause(backOff(failures));
    }
  }

  /** As `bringUp`, but only `stop` ends it: whoever serves neighbours keeps trying, and says why it cannot. */
  async function bringUpAgain(): Promise<Serving | null> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await bringUp(false);
      } catch (error) {
        if (halt.signal.aborted) return null;
        const reason = error instanceof Error ? error.message : String(error);
        logger.error({ reason }, 'redis cannot be started');
        await pause(backOff(failures)).catch(() => undefined);
      }
    }
  }

  let serving: Serving | null;
  try {
    serving = await bringUp(true);
  } catch (error) {
    if (halt.signal.aborted) throw new EmbeddedRedisError('stopped while Redis was starting', error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }

  async function keepUp(): Promise<void> {
    let shortLives = 0;
    while (serving !== null) {
      const servesSince = performance.now();
      const reason = await serving.gone;
      if (halt.signal.aborted) return;
      logger.warn({ reason, adopted: serving.adopted }, 'redis is gone, starting it again');
      await serving.end();
      shortLives = performance.now() - servesSince < shortLifeMs ? shortLives + 1 : 0;
      if (shortLives > 0) await pause(backOff(shortLives)).catch(() => undefined);
      serving = await bringUpAgain();
      if (halt.signal.aborted) {
        await serving?.end();
        return;
      }
      if (serving !== null) logger.info({ adopted: serving.adopted }, 'redis serves again');
    }
  }
  const kept = keepUp();

  return {
    adopted: () => serving?.adopted === true,
    async stop() {
      halt.abort();
      await serving?.end();
      await kept;
    },
  };
}
