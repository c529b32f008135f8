// `npm test`: everything, from a bare clone. Every stage runs even if an earlier one failed, so that one run tells all;
// the last line is `N passed, N failed`, where a failed stage counts like a failed test. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { checkNode, ensureBuilt, ensureInstalled, root, runNpm, runQuietly, tool } from '../server/setup.mjs';

const report = join(root, 'test', 'output', 'vitest.json');
const cache = join(root, 'node_modules', '.cache', 'vigie');
const chromiums = ['chromium', 'chromium-browser', 'google-chrome'];

let passed = 0;
let failed = 0;
const print = (line) => process.stdout.write(`${line}\n`);

/**
 * Stages that need nothing of one another, at once; they are told in order.
 * @param stages by name: each gives null, or what to show when it failed: nothing where it has counted and shown that itself
 */
async function together(stages) {
  const startedAt = performance.now();
  let good = true;
  const running = Object.entries(stages).map(async ([name, run]) => {
    const problem = await run();
    return { name, problem, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) };
  });
  for (const ending of running) {
    const { name, problem, seconds } = await ending;
    good &&= problem === null;
    if (problem) {
      failed += 1;
      print(problem.trimEnd());
    }
    print(`${problem === null ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(6)} s`);
  }
  return good;
}

async function script(name) {
  const { code, output } = await runNpm(['run', '--silent', name]);
  return code === 0 ? null : output;
}

async function ours(path) {
  const { code, output } = await runQuietly(process.execPath, [tool(path)]);
  return code === 0 ? null : output;
}

async function onPath(names) {
  for (const name of names) {
    const { code, output } = await runQuietly('sh', ['-c', `command -v ${name}`]);
    if (code === 0) return output.trim();
  }
  return null;
}

/** The tests start real Redis servers by name: where there is none, the one that `npm start` would unpack. */
async function providesRedis() {
  if ((await onPath(['redis-server'])) !== null) return null;
  const folder = join(cache, 'redis-bin');
  if (!existsSync(join(folder, 'bin', 'redis-server'))) {
    mkdirSync(cache, { recursive: true });
    const { output } = await runQuietly(process.execPath, [
      '--import',
      'tsx',
      join(root, 'test/support/unpack-redis.ts'),
      folder,
    ]);
    if (!existsSync(join(folder, 'bin', 'redis-server'))) {
      return `${output}no redis-server: every test that needs one will fail; install it (apt install redis-server)`;
    }
  }
  process.env.PATH = `${join(folder, 'bin')}${delimiter}${process.env.PATH}`;
  return null;
}

async function findChromium() {
  const given = process.env.CHROMIUM_PATH ?? '';
  const found = existsSync(given) ? given : await onPath(chromiums);
  if (found === null)
    return 'no Chromium: every test under test/browser will fail; install it (apt install chromium) or set CHROMIUM_PATH';
  process.env.CHROMIUM_PATH = found;
  if (given === '') {
    const light = await onPath(['chromium-headless-shell']);
    if (light !== null) process.env.CHROMIUM_SHELL_PATH = light;
  }
  return null;
}

function vitest() {
  rmSync(report, { force: true });
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [tool('vitest/vitest.mjs'), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('close', (code) => resolve(code));
  });
}

/** What failed, once more in a few lines at the end: of a long output often only the tail is shown. */
function printFailures(testResults) {
  for (const { name, assertionResults } of testResults)
    for (const { fullName, failureMessages } of assertionResults.filter(
      ({ status }) => status === 'failed',
    )) {
      const [reason = ''] = (failureMessages[0] ?? '').split('\n');
      print(`failed: ${relative(root, name)}: ${fullName}\n        ${reason.slice(0, 300)}`);
    }
}

/** Counts the tests. A file that did not load, and an error outside any test, are failures of the stage. */
async function runTests() {
  const code = await vitest();
  if (!existsSync(report)) return 'vitest ended without a report';
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
  printFailures(testResults);
  const notLoaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  if (notLoaded.length > 0) return `not loaded: ${notLoaded.map(({ name }) => name).join(', ')}`;
  if (numFailedTests > 0) return '';
  return code === 0 ? null : 'vitest saw an error outside the tests';
}

checkNode();
const installed = await together({ dependencies: ensureInstalled });
if (installed) {
  await together({
    format: () => script('format'),
    lint: () => script('lint'),
    types: () => script('typecheck'),
    unused: () => ours('knip/bin/knip.js'),
    build: ensureBuilt,
    redis: providesRedis,
    chromium: findChromium,
  });
  await together({ tests: runTests });
}
print(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
