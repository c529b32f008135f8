import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Starts a TypeScript file of this folder as a process of its own. */
export function startChild(file: string, args: string[] = [], nodeOptions: string[] = []): ChildProcess {
  return fork(new URL(file, import.meta.url), args, { execArgv: [...nodeOptions, '--import', 'tsx'] });
}

/** The next message of a child. @throws when it ends before */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const onExit = (code: number | null) =>
    ended.abort(new Error(`a bench process ended with ${String(code)}`));
  child.once('exit', onExit);
  try {
    const [message] = (await once(child, 'message', { signal: ended.signal })) as [T];
    return message;
  } finally {
    child.off('exit', onExit);
  }
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
