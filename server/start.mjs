// `npm start`: from a bare clone to a running server. Installs what is missing, builds what is stale, then keeps the
// server running until told to stop. With `--cli …` it runs the command line instead, with `--dev` it builds and
// starts again on every change.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureBuilt, ensureInstalled, root, say } from './setup.mjs';

// The server's word for "my configuration is wrong": starting it again would not help.
const exitConfiguration = 78;
const shortestWait = 500;
const longestWait = 10_000;
// A server that ran this long did not die of its start.
const settledAfter = 60_000;

const options = process.argv.slice(2);

async function prepare() {
  checkNode();
  const notInstalled = await ensureInstalled();
  const reason = notInstalled ?? (await ensureBuilt());
  if (reason === null) return;
  process.stderr.write(reason);
  say(notInstalled === null ? 'the build failed, see above' : 'npm ci failed, see above');
  process.exit(1);
}

function startServer() {
  const args = ['--enable-source-maps', '--import', new URL('./follow-parent.mjs', import.meta.url).href];
  return spawn(process.execPath, [...args, join(root, 'dist/server/index.js')], {
    // A session of its own, so that Ctrl-C reaches it once: through us.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function keepServing() {
  let wait = shortestWait;
  let stopping = false;
  let restart = false;
  let timer;
  let server;

  function start() {
    const startedAt = performance.now();
    server = startServer();
    server.once('exit', (code, signal) => {
      if (stopping) process.exit(code ?? 1);
      if (restart) {
        restart = false;
        start();
        return;
      }
      if (code === 0 || code === exitConfiguration) process.exit(code);
      if (performance.now() - startedAt > settledAfter) wait = shortestWait;
      say(
        `the server ended unexpectedly (${signal ?? `exit code ${code}`}), starting it again in ${wait / 1000} s`,
      );
      timer = setTimeout(start, wait);
      wait = Math.min(wait * 2, longestWait);
    });
  }

  function stop() {
    stopping = true;
    if (server.exitCode !== null || server.signalCode !== null) process.exit(0);
    clearTimeout(timer);
    server.kill('SIGTERM');
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  if (process.env.npm_lifecycle_event !== undefined) followNpm(stop);
  start();
  return {
    restart() {
      restart = true;
      server.kill('SIGTERM');
    },
  };
}

/** The end of npm, or of whatever started us, does not end what is below it (after `kill -9`). */
function followNpm(stop) {
  const before = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === before) return;
    clearInterval(timer);
    stop();
  }, 500);
}

function rebuildOnChange(restart) {
  let timer;
  let building = Promise.resolve();
  async function rebuild() {
    const reason = await ensureBuilt();
    if (reason === null) restart();
    else process.stderr.write(reason);
  }
  // An editor saves in several steps, and a build under way must end before the next.
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(rebuild);
    }, 200);
  };
  for (const folder of ['server', 'client', 'shared'])
    watch(join(root, folder), { recursive: true }, changed);
}

function runCli(args) {
  const cli = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist/server/cli.js'), ...args], {
    stdio: 'inherit',
  });
  // In a terminal Ctrl-C reaches it directly; it decides how to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => cli.kill('SIGTERM'));
  cli.once('exit', (code) => process.exit(code ?? 1));
}

await prepare();
if (options[0] === '--cli') runCli(options.slice(1));
else {
  // Watches before it serves: whoever has seen the server may change a file at once.
  if (options[0] === '--dev') rebuildOnChange(() => server.restart());
  const server = keepServing();
}
