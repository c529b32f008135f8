import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The watchdog's exit code when another process holds the data folder (sysexits.h, EX_TEMPFAIL). */
export const exitLocked = 75;

// Said by the watchdog itself: from here on, whatever answers on the socket is the Redis below it.
const lockedLine = 'vigie-redis: locked';

/**
 * Runs one Redis under a lock and ends it with whoever started it:
 *
 *   1  Lock the file $1, or leave with 75. The kernel's lock (flock) is inherited by Redis, so that it ends exactly
 *      when the last process of this Redis has ended, however that happened. Where there is no `flock` command the
 *      file holds the pid of the living instead.
 *   2  Start $2 … $n.
 *   3  Read standard input, a pipe from the app. Nothing is ever written to it: its end means that the app closed it
 *      or is dead, `kill -9` included. Then Redis gets SIGTERM, writes its file and leaves.
 *   4  Leave with Redis' exit code.
 */
const watchdogScript = `
lock=$1; shift
if command -v flock >/dev/null 2>&1; then
  exec 9>>"$lock" || exit 74
  flock -n 9 || exit ${exitLocked}
  holder=
else
  holder=$lock.pid
  if ! (set -C; echo $$ >"$holder") 2>/dev/null; then
    kill -0 "$(cat "$holder")" 2>/dev/null && exit ${exitLocked}
    echo $$ >"$holder"
  fi
fi
echo ${lockedLine}
exec 3<&0
"$@" </dev/null 3<&- &
redis=$!
[ -z "$holder" ] || echo "$redis" >"$holder"
trap 'kill -TERM "$redis" 2>/dev/null' TERM INT HUP
( read -r _ <&3; kill -TERM "$redis" ) >/dev/null 2>&1 9>&- &
reader=$!
code=0
while kill -0 "$redis" 2>/dev/null; do wait "$redis"; code=$?; done
kill "$reader" 2>/dev/null
[ -z "$holder" ] || rm -f "$holder"
exit "$code"
`;

export type RedisExit = {
  /** null when a signal ended the watchdog itself. Its reader then ends Redis, since we close the pipe. */
  readonly code: number | null;
  /** What Redis said last, oldest first. */
  readonly lastLines: readonly string[];
};

/** One Redis process that ends with us. */
export type RedisProcess = {
  readonly exited: Promise<RedisExit>;
  /** Whether it has the data folder to itself. */
  locked(): boolean;
  /** Asks Redis to write and leave, and waits until it has. */
  stop(): Promise<void>;
};

const keptLines = 30;

/**
 * Spawns a command that speaks the watchdog's protocol: ends when its standard input ends.
 * @param onLine each line of its output
 */
export function spawnRedis(command: readonly string[], onLine: (line: string) => void): RedisProcess {
  const [program = '', ...args] = command;
  // A session of its own: Ctrl-C in the terminal reaches the app, which finishes its work and then stops Redis.
  const child: ChildProcess = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  let locked = false;
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (line === lockedLine) {
        locked = true;
        return;
      }
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
      onLine(line);
    });
  }
  // Writing the end of a pipe whose reader is gone is no news: `exited` tells.
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<RedisExit>((resolve) => {
    child.on('error', (error) => resolve({ code: 127, lastLines: [error.message] }));
    child.on('close', (code) => resolve({ code, lastLines }));
    // Redis still holds the pipes then, and `close` would wait for it.
    child.on('exit', (code, signal) => {
      if (signal !== null) resolve({ code, lastLines });
    });
  });
  return {
    exited,
    locked: () => locked,
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}

/** The command line for a Redis of this machine. */
export function watched(lock: string, redis: readonly string[]): string[] {
  return ['sh', '-c', watchdogScript, 'vigie-redis', lock, ...redis];
}
