import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

// A checkout as small as can be around the real launcher and the real `npm test`. Where they call npm and the build
// tools, scripts stand that note the call and do the least; the server is one that notes what happens to it.

const top = new URL('../..', import.meta.url).pathname;

const server = `import { appendFileSync } from 'node:fs';
const note = (word) => appendFileSync('notes', word + '\\n');
if (process.env.STUB_EXIT !== undefined) { note('refused'); process.exit(Number(process.env.STUB_EXIT)); }
process.on('SIGTERM', () => { note('finished'); process.exit(0); });
process.on('SIGINT', () => note('heard SIGINT'));
note('serving ' + process.pid);
setInterval(() => undefined, 1000);
`;
const vite = `import { appendFileSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
if (readFileSync('client/main.tsx', 'utf8').includes('broken')) { console.error('main.tsx is broken'); process.exit(1); }
appendFileSync('notes', 'build ' + (process.argv.includes('--ssr') ? 'server' : 'client') + '\\n');
mkdirSync('dist/server', { recursive: true });
copyFileSync('server/index.ts', 'dist/server/index.js');
copyFileSync('server/cli.ts', 'dist/server/cli.js');
`;
const npm = `const { appendFileSync, cpSync, existsSync } = require('node:fs');
const [command, , script] = process.argv.slice(2);
if (command === 'run') { const bad = 'bad-' + script; if (existsSync(bad)) { console.error(script + ' found something'); process.exit(1); } process.exit(0); }
if (existsSync('bad-install')) { console.error('npm ERR! no network'); process.exit(1); }
appendFileSync('notes', 'install\\n');
cpSync('stand-ins', 'node_modules', { recursive: true });
`;
const vitest = `import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
mkdirSync('test/output', { recursive: true });
const report = existsSync('report.json') ? readFileSync('report.json', 'utf8') : '{"numPassedTests":12,"numFailedTests":0,"testResults":[]}';
writeFileSync('test/output/vitest.json', report);
process.exit(JSON.parse(report).numFailedTests > 0 ? 1 : 0);
`;

/** A script as the project's own package.json has it. */
function scriptOf(name: string): string {
  const project = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return project.scripts[name] ?? '';
}

const files: Record<string, string> = {
  'package.json': JSON.stringify({
    name: 'stub',
    type: 'module',
    scripts: { start: scriptOf('start') },
  }),
  'package-lock.json': '{}',
  'tsconfig.base.json': '{}',
  'vite.config.ts': '',
  'vite.server.config.ts': '',
  'server/index.ts': server,
  'server/cli.ts': "console.log(process.argv.slice(2).join(' ')); process.exit(7);\n",
  'client/main.tsx': '',
  'shared/geo.ts': '',
  'npm/npm-cli.js': npm,
  'npm/package.json': '{}',
  'stand-ins/vite/bin/vite.js': vite,
  'stand-ins/vitest/vitest.mjs': vitest,
  'stand-ins/knip/bin/knip.js': '',
};

/** Processes whose command line names the folder. */
export function processesOf(folder: string): string[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(folder));
}

export type Run = { process: ChildProcess; output: () => string; exited: Promise<number | null> };

/** A bare clone; nothing of it may run when the test ends. */
export async function bareClone() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'vigie-clone-')));
  const children: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await vi.waitFor(() => {
      if (processesOf(folder).length > 0) throw new Error(`left running: ${processesOf(folder).join(', ')}`);
    }, 60_000);
    await rm(folder, { recursive: true });
  }, 70_000);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  for (const name of ['server/start.mjs', 'server/setup.mjs', 'server/follow-parent.mjs', 'test/run.mjs']) {
    await cp(join(top, name), join(folder, name));
  }

  function run(program: string, args: string[], environment: Record<string, string> = {}): Run {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
    );
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const exited = once(child, 'close').then(([code]) => code as number | null);
    return { process: child, output: () => output, exited };
  }

  return {
    folder,
    write: (name: string, text: string) => writeFile(join(folder, name), text),
    run,
    /** Runs one of our scripts as npm would, but for npm's own process. */
    script: (name: string, args: string[] = [], environment: Record<string, string> = {}) =>
      run(process.execPath, [join(folder, name), ...args], {
        npm_execpath: join(folder, 'npm/npm-cli.js'),
        ...environment,
      }),
    notes: async () =>
      (await readFile(join(folder, 'notes'), 'utf8').catch(() => ''))
        .split('\n')
        .filter((line) => line !== ''),
    /** The pid of the server that was started as the `nth`. */
    async server(nth = 1): Promise<number> {
      return await vi.waitFor(
        async () => {
          const notes = (await readFile(join(folder, 'notes'), 'utf8')).matchAll(/^serving (\d+)$/gmu);
          const pid = [...notes][nth - 1]?.[1];
          if (pid === undefined) throw new Error('not serving yet');
          return Number(pid);
        },
        { timeout: 60_000, interval: 20 },
      );
    },
  };
}
