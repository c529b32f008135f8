import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Redis or Valkey server of this machine, 7.0 or later. */
export type RedisBinary = { readonly server: string; readonly checkAof: string; readonly version: string };

/** Streams in listpacks, `#!lua` scripts and sharded channels came with 7.0. */
export const oldestMajor = 7;

/** What was found, for the line that tells a person why it does not do. */
export type BinarySearch =
  | { found: RedisBinary }
  | { found: null; tooOld: { path: string; version: string } | null };

/** Looks for `redis-server`, then `valkey-server`, on the PATH. */
export async function searchPath(): Promise<BinarySearch> {
  // `command -v` leaves with an error when one of the two is missing.
  const script = 'command -v redis-server; command -v valkey-server; true';
  const { stdout } = await run('sh', ['-c', script]);
  return search(stdout.split('\n').filter((line) => line.startsWith('/')));
}

/** Whether a command can be called by its name. */
export async function isOnPath(command: string): Promise<boolean> {
  return await run('sh', ['-c', 'command -v "$1"', 'sh', command]).then(
    () => true,
    () => false,
  );
}

/** The first of these files that runs and is new enough. */
export async function search(paths: readonly string[]): Promise<BinarySearch> {
  let tooOld: { path: string; version: string } | null = null;
  for (const path of paths) {
    const version = await versionOf(path);
    if (version === null) continue;
    if (Number.parseInt(version, 10) < oldestMajor) {
      tooOld ??= { path, version };
      continue;
    }
    const checker = path.endsWith('valkey-server') ? 'valkey-check-aof' : 'redis-check-aof';
    // The name on the PATH is often a link to where its siblings are.
    return { found: { server: path, checkAof: join(dirname(await realpath(path)), checker), version } };
  }
  return { found: null, tooOld };
}

/** @returns such as `7.0.15`, or null if this is no Redis that runs here */
async function versionOf(path: string): Promise<string | null> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 5000 });
    return /\bv=(\d+\.\d+\.\d+)/u.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}
