import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { isOnPath, oldestMajor } from './binary.ts';

const run = promisify(execFile);

// Fetching is not worth more of a person's patience than this; the fallbacks come next.
const timeout = 120_000;
// A library needs libraries that need libraries: four times was enough for none so far.
const deepest = 4;

/**
 * Unpacks the distribution's own Redis or Valkey into a folder, without root (Debian, Ubuntu and their children).
 * The packages come from the machine's own package sources and are verified by apt as at an installation. Of what
 * the server depends on, only libraries that this machine lacks are fetched.
 * @param folder is made; `bin/redis-server` and `bin/redis-check-aof` in it can be run as they are
 * @returns the server's path, or null where this is no such system, or it has no Redis that is new enough
 */
export async function unpackDistributionRedis(folder: string, logger: Logger): Promise<string | null> {
  const scratch = `${folder}.unpacking-${process.pid}`;
  try {
    if (!(await isOnPath('dpkg-deb')) || !(await isOnPath('apt-get'))) return null;
    await mkdir(join(scratch, 'debs'), { recursive: true, mode: 0o700 });
    const apt = await aptWithLists(scratch);
    const name = await candidate(apt);
    if (name === null) return null;
    logger.info({ package: name }, 'no Redis on the PATH: unpacking the one of the distribution');
    await unpack(apt, scratch, [`${name}-server`, `${name}-tools`]);
    await addMissingLibraries(apt, scratch, name);
    await writeWrappers(scratch, folder, name);
    await rm(join(scratch, 'debs'), { recursive: true });
    await rm(join(scratch, 'apt'), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    await rename(scratch, folder);
    return join(folder, 'bin', 'redis-server');
  } catch (error) {
    logger.warn({ reason: lastLine(error) }, 'the Redis of the distribution could not be unpacked');
    return null;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Apt = { options: string[] };

/** Uses the system's package lists; where it has none (slim images), fetches private ones. */
async function aptWithLists(scratch: string): Promise<Apt> {
  // What is installed must not count as available: only what a source has can be downloaded.
  const common = [
    'Dir::State::status=/dev/null',
    'APT::Sandbox::User=root',
    'Acquire::http::Timeout=15',
    'Acquire::Retries=1',
  ];
  const system = { options: common.flatMap((option) => ['-o', option]) };
  if ((await candidate(system)) !== null) return system;
  const own = join(scratch, 'apt');
  await mkdir(join(own, 'lists', 'partial'), { recursive: true });
  await mkdir(join(own, 'cache', 'archives', 'partial'), { recursive: true });
  const options = [...common, `Dir::State::lists=${join(own, 'lists')}`, `Dir::Cache=${join(own, 'cache')}`];
  const apt = { options: options.flatMap((option) => ['-o', option]) };
  await run('apt-get', [...apt.options, '-q', 'update'], { timeout });
  return apt;
}

/** Which of the two the distribution has in a version that does. */
async function candidate(apt: Apt): Promise<'redis' | 'valkey' | null> {
  for (const name of ['redis', 'valkey'] as const) {
    const shown = await run('apt-cache', [...apt.options, 'show', '--no-all-versions', `${name}-server`], {
      timeout,
    }).catch(() => null);
    // Debian's version carries an epoch: `5:7.0.15-1~deb12u10`.
    const major = /^Version: (?:\d+:)?(\d+)\./mu.exec(shown?.stdout ?? '')?.[1];
    if (major !== undefined && Number(major) >= oldestMajor) return name;
  }
  return null;
}

async function unpack(apt: Apt, scratch: string, packages: string[]): Promise<void> {
  const debs = join(scratch, 'debs');
  const before = new Set(await readdir(debs));
  await run('apt-get', [...apt.options, '-q', 'download', ...packages], { cwd: debs, timeout });
  for (const deb of await readdir(debs)) {
    if (!before.has(deb)) await run('dpkg-deb', ['-x', join(debs, deb), scratch], { timeout });
  }
}

/** Asks the dynamic linker what is missing and fetches, one level of dependencies a round, what could bring it. */
async function addMissingLibraries(apt: Apt, scratch: string, name: string): Promise<void> {
  let level = [`${name}-server`, `${name}-tools`];
  const seen = new Set(level);
  for (let depth = 0; depth < deepest && (await missesLibraries(scratch, name)); depth += 1) {
    const depends = [
      'depends',
      '--no-recommends',
      '--no-suggests',
      '--no-conflicts',
      '--no-breaks',
      '--no-replaces',
      '--no-enhances',
    ];
    const { stdout } = await run('apt-cache', [...apt.options, ...depends, ...level], { timeout });
    const names = [...stdout.matchAll(/^[ |]+(?:Pre)?Depends: ((?:lib|lua)[^\s:<>]*)/gmu)].map(
      (match) => match[1] ?? '',
    );
    level = [];
    for (const dependency of names) {
      if (seen.has(dependency)) continue;
      seen.add(dependency);
      const state = await run('dpkg-query', ['-W', '-f', '${db:Status-Status}', dependency]).catch(
        () => null,
      );
      if (state?.stdout !== 'installed') level.push(dependency);
    }
    // An alternative (`a | b`) may name what this release does not have.
    for (const dependency of level) await unpack(apt, scratch, [dependency]).catch(() => undefined);
    if (level.length === 0) return;
  }
}

async function missesLibraries(scratch: string, name: string): Promise<boolean> {
  const path = (await libraryFolders(scratch)).join(':');
  const server = join(scratch, 'usr', 'bin', `${name}-server`);
  const { stdout } = await run('env', [`LD_LIBRARY_PATH=${path}`, 'ldd', server], { timeout });
  return stdout.includes('not found');
}

async function libraryFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const libraries = entries.filter((entry) => !entry.isDirectory() && /\.so(?:\.|$)/u.test(entry.name));
  return [...new Set(libraries.map((entry) => entry.parentPath))];
}

/** Commands that find their libraries by themselves, under Redis' names whichever of the two it is. */
async function writeWrappers(scratch: string, folder: string, name: string): Promise<void> {
  const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const libraries = (await libraryFolders(scratch))
    .map((path) => folder + path.slice(scratch.length))
    .join(':');
  await mkdir(join(scratch, 'bin'));
  for (const command of ['server', 'check-aof', 'cli']) {
    const program = join(folder, 'usr', 'bin', `${name}-${command}`);
    const wrapper = join(scratch, 'bin', `redis-${command}`);
    await writeFile(wrapper, `#!/bin/sh\nLD_LIBRARY_PATH=${quote(libraries)} exec ${quote(program)} "$@"\n`);
    await chmod(wrapper, 0o755);
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return text.trim().split('\n').at(-1) ?? basename(String(error));
}
