import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { FromReaders, ToReaders } from './readers-process.ts';

export type Readers = {
  /** Opens `count` connections and waits until all are served. */
  connect(group: Omit<Extract<ToReaders, { kind: 'connect' }>, 'kind'>): Promise<void>;
  /**
   * Begins to count a group's bytes, or the sockets that got a chunk of some size.
   * @returns `received` resolves when all have come, with that moment in milliseconds of the machine's monotonic clock
   */
  expect(
    group: string,
    what: { bytes: number; awayMs: number } | { chunk: number },
  ): { counting: Promise<void>; received: Promise<number> };
  stop(): Promise<void>;
};

/** Starts the process that holds the readers' ends of the sockets. */
export function startReaders(): Readers {
  const child: ChildProcess = fork(new URL('./readers-process.ts', import.meta.url), [], {
    execArgv: ['--import', 'tsx'],
  });
  const waiting = new Map<string, (message: FromReaders) => void>();
  child.on('message', (message: FromReaders) => {
    if (message.kind === 'failed') throw new Error(`readers: ${message.reason}`);
    const key = `${message.kind} ${message.group}`;
    waiting.get(key)?.(message);
    waiting.delete(key);
  });
  const next = (kind: FromReaders['kind'], group: string) =>
    new Promise<FromReaders>((resolve) => void waiting.set(`${kind} ${group}`, resolve));
  const send = (message: ToReaders) => void child.send(message);

  return {
    async connect(group) {
      const connected = next('connected', group.group);
      send({ kind: 'connect', ...group });
      await connected;
    },
    expect(group, what) {
      const counting = next('counting', group).then(() => undefined);
      const received = next('received', group).then((message) =>
        message.kind === 'received' ? message.at : 0,
      );
      send('bytes' in what ? { kind: 'expect', group, ...what } : { kind: 'expectEach', group, ...what });
      return { counting, received };
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
