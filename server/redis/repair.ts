import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { cp, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { EmbeddedRedisError } from './embedded-error.ts';
import { markEntriesLost } from './lost-entries.ts';

/** How `redis-check-aof` is called, and how it sees the folder. */
export type AofChecker = { readonly command: readonly string[]; readonly manifest: string };

export const aofFolder = 'appendonlydir';
export const aofManifest = 'appendonly.aof.manifest';

// A write that a crash cut short is at the end and small. What is larger was acknowledged once.
const longestTornEnd = 1024 * 1024;
// Of a write in several blocks a later block may be on the disk and an earlier one not.
const mostIntactAfterDamage = 64 * 1024;
const copiesKept = 3;
// As long as the shortest retention: a copy holds what Redis has forgotten since.
const copiesKeptMs = 7 * 24 * 3600 * 1000;
const copyPrefix = `${aofFolder}-damaged-`;

/**
 * Cuts a torn end off the append-only file, after a copy of it was put aside.
 * @param dir Redis' folder as we see it
 * @throws {EmbeddedRedisError} when acknowledged data would go with it: then a person must choose a backup
 */
export async function repairTornEnd(dir: string, checker: AofChecker, logger: Logger): Promise<void> {
  const folder = join(dir, aofFolder);
  const report = await check(checker, []);
  const found = [
    ...report.matchAll(/^AOF analyzed: filename=(.+), size=(\d+), ok_up_to=(\d+),.*diff=(\d+)$/gmu),
  ].at(-1);
  const [, file = '', size = '0', intactUpTo = '0', diff = '0'] = found ?? [];
  const lost = Number(diff);
  const refusal = `${folder} is damaged, and not only at its end: put a backup of that folder in its place, or see what redis-check-aof says of ${aofManifest} in it`;
  if (lost === 0 || lost > longestTornEnd) throw new EmbeddedRedisError(refusal);
  const intactAfter = await intactBytes(join(folder, file), Number(intactUpTo));
  if (intactAfter > mostIntactAfterDamage) throw new EmbeddedRedisError(refusal);

  const copy = await putAside(dir, folder);
  // Whole commands go with the damage: they may have been acknowledged.
  if (intactAfter > 0) await markEntriesLost(dir);
  const fixed = await check(checker, ['--fix']);
  if (!fixed.includes('are valid')) throw new EmbeddedRedisError(refusal);
  logger.warn(
    { file, bytes: Number(size), bytesCutOff: lost, intactBytesAmongThem: intactAfter, copy },
    'the end of the append-only file was torn; it was cut off, a copy is kept',
  );
}

async function check(checker: AofChecker, options: string[]): Promise<string> {
  const [program, ...args] = [...checker.command, ...options, checker.manifest];
  const child: ChildProcess = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let report = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (report += text));
  child.stderr?.resume();
  child.stdin?.on('error', () => undefined).end('y\n');
  await new Promise<void>((resolve, reject) => {
    child.on('close', () => resolve());
    child.on('error', (error) =>
      reject(
        new EmbeddedRedisError(
          `the append-only file is damaged, and ${program} is not there to mend it`,
          error,
        ),
      ),
    );
  });
  return report;
}

/** Bytes of whole commands (`*<n>\r\n$<length>\r\n…`) that still stand after a damaged place. */
async function intactBytes(file: string, from: number): Promise<number> {
  const handle = await open(file, 'r');
  try {
    const rest = Buffer.alloc(longestTornEnd);
    const { bytesRead } = await handle.read(rest, 0, rest.length, from);
    const text = rest.toString('latin1', 0, bytesRead);
    let intact = 0;
    for (let at = text.indexOf('\r\n*'); at !== -1;) {
      const end = commandEnd(text, at + 2);
      intact += end === null ? 0 : end - at - 2;
      // One that ends well is followed directly by the next; else look for the next beginning.
      at = end !== null && text[end] === '*' ? end - 2 : text.indexOf('\r\n*', end ?? at + 2);
    }
    return intact;
  } finally {
    await handle.close();
  }
}

/** Where the command that begins at `at` ends, or null where none begins. */
function commandEnd(text: string, at: number): number | null {
  const head = /\*(\d{1,7})\r\n/uy;
  const length = /\$(\d{1,10})\r\n/uy;
  head.lastIndex = at;
  const count = Number(head.exec(text)?.[1] ?? 0);
  let end = head.lastIndex;
  for (let i = 0; i < count; i += 1) {
    length.lastIndex = end;
    const bytes = length.exec(text)?.[1];
    if (bytes === undefined) return null;
    end = length.lastIndex + Number(bytes) + 2;
    if (text.slice(end - 2, end) !== '\r\n') return null;
  }
  return count === 0 ? null : end;
}

async function putAside(dir: string, folder: string): Promise<string> {
  const copy = join(dir, `${copyPrefix}${new Date().toISOString().replaceAll(':', '-')}`);
  try {
    // A clone costs nothing where the file system can.
    await cp(folder, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  } catch (error) {
    await rm(copy, { recursive: true, force: true });
    throw new EmbeddedRedisError(
      `no room in ${dir} for a copy of ${aofFolder}, whose end is torn: make room`,
      error,
    );
  }
  const older = (await readdir(dir)).filter((name) => name.startsWith(copyPrefix)).toSorted();
  for (const name of older.slice(0, -copiesKept)) await rm(join(dir, name), { recursive: true });
  return copy;
}

/** Removes the copies of damaged files once they are a week old. @param at epoch milliseconds */
export async function forgetCopies(dir: string, at: number): Promise<void> {
  for (const name of (await readdir(dir)).filter((found) => found.startsWith(copyPrefix))) {
    const path = join(dir, name);
    if ((await stat(path)).mtimeMs < at - copiesKeptMs) await rm(path, { recursive: true, force: true });
  }
}
