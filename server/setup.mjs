// What a bare clone needs before anything of ours can run. Built-ins only, and no syntax newer than what the check
// of Node's version itself needs.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const oldestNode = [20, 19];
const sources = ['server', 'client', 'shared'];
const buildFiles = ['package-lock.json', 'tsconfig.base.json', 'vite.config.ts', 'vite.server.config.ts'];
const builds = { client: [], server: ['--ssr', '--config', 'vite.server.config.ts'] };

/** @param {string} line what a person should know now */
export function say(line) {
  process.stderr.write(`vigie: ${line}\n`);
}

/** Leaves with one line when this Node is too old. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  say(`needs Node ${oldestNode.join('.')} or later, this is ${process.versions.node}`);
  process.exit(1);
}

/**
 * Runs a program in the checkout, quietly.
 * @returns {Promise<{ code: number, output: string }>} its exit code, and all that it said
 */
export function runQuietly(program, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs the npm that runs us, else the one on the PATH. */
export async function runNpm(args) {
  const npm = process.env.npm_execpath ?? '';
  return npm.endsWith('npm-cli.js')
    ? await runQuietly(process.execPath, [npm, ...args])
    : await runQuietly('npm', args);
}

/** The path of a tool among our dependencies, to be run by this Node. */
export function tool(path) {
  return join(root, 'node_modules', path);
}

function isCurrent(file, hash) {
  return existsSync(file) && readFileSync(file, 'utf8') === hash;
}

/**
 * Installs what the lock file names, when that is not what is installed. Development dependencies too: we build.
 * @returns {Promise<string | null>} what npm said when it failed
 */
export async function ensureInstalled() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = tool('.lock-hash');
  if (isCurrent(mark, hash)) return null;
  say('installing dependencies (about a minute, once)');
  const { code, output } = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) return output;
  writeFileSync(mark, hash);
  return null;
}

const byName = (a, b) => (a < b ? -1 : 1);

/** Changes with every byte that the build reads. */
function hashOfSources() {
  const hash = createHash('sha256');
  const files = sources.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name)),
  );
  for (const file of [...files, ...buildFiles.map((name) => join(root, name))].toSorted(byName)) {
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * Builds client and server when their sources changed since the last build.
 * @returns {Promise<string | null>} what the build said when it failed
 */
export async function ensureBuilt() {
  const hash = hashOfSources();
  const mark = join(root, 'dist', '.src-hash');
  if (isCurrent(mark, hash)) return null;
  say('building (a few seconds, after each change of the sources)');
  // A build that is cut short must not look finished.
  rmSync(mark, { force: true });
  const runs = Object.values(builds).map((args) =>
    // What stands in the caller's NODE_ENV would get into the build.
    runQuietly(process.execPath, [tool('vite/bin/vite.js'), 'build', '--logLevel', 'warn', ...args], {
      NODE_ENV: 'production',
    }),
  );
  const failed = (await Promise.all(runs)).find(({ code }) => code !== 0);
  if (failed !== undefined) return failed.output;
  writeFileSync(mark, hash);
  return null;
}
