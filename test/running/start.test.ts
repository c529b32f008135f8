import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareClone, processesOf } from './project.ts';

async function nothingLeft(folder: string): Promise<void> {
  await expect.poll(() => processesOf(folder)).toEqual([]);
}

describe('npm start', () => {
  test('[RU30] installs and builds on a bare clone, and later only what became stale', async () => {
    const clone = await bareClone();
    const passes = [
      { change: () => Promise.resolve(), does: ['install', 'build client', 'build server'] },
      { change: () => Promise.resolve(), does: [] },
      { change: () => clone.write('shared/geo.ts', 'export {};'), does: ['build client', 'build server'] },
      {
        change: () => clone.write('package-lock.json', '{ }'),
        does: ['install', 'build client', 'build server'],
      },
      {
        change: () => rm(join(clone.folder, 'dist'), { recursive: true }),
        does: ['build client', 'build server'],
      },
    ];
    let known = 0;
    for (const [at, { change, does }] of passes.entries()) {
      await change();
      const start = clone.script('server/start.mjs');
      await clone.server(at + 1);
      start.process.kill('SIGTERM');
      expect(await start.exited).toBe(0);
      const notes = await clone.notes();
      expect(
        notes
          .slice(known)
          .filter((note) => /^(?:install|build)/u.test(note))
          .toSorted(order),
      ).toEqual(does.toSorted(order));
      known = notes.length;
    }
  });

  test.each([
    ['npm ci', 'bad-install', '', 'npm ERR! no network\nvigie: npm ci failed, see above\n'],
    ['the build', 'client/main.tsx', 'broken', 'main.tsx is broken\nvigie: the build failed, see above\n'],
  ])('[RU31] says what failed and ends with 1 when %s fails', async (_, file, text, said) => {
    const clone = await bareClone();
    await clone.write(file, text);
    const start = clone.script('server/start.mjs');
    expect(await start.exited).toBe(1);
    expect(start.output()).toMatch(new RegExp(`${said}$`, 'u'));
  });

  test('[RU31] names the Node that it needs when this one is too old', async () => {
    const clone = await bareClone();
    const older =
      "data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '18.20.4' } })";
    const start = clone.run(process.execPath, ['--import', older, 'server/start.mjs']);
    expect(await start.exited).toBe(1);
    expect(start.output()).toBe('vigie: needs Node 20.19 or later, this is 18.20.4\n');
  });

  test('[RU32] starts a server again that ended unexpectedly', async () => {
    const clone = await bareClone();
    const start = clone.script('server/start.mjs');
    process.kill(await clone.server(1), 'SIGKILL');
    const second = await clone.server(2);
    await expect
      .poll(start.output)
      .toContain('vigie: the server ended unexpectedly (SIGKILL), starting it again in 0.5 s\n');
    process.kill(second, 'SIGKILL');
    await clone.server(3);
    await expect.poll(start.output).toContain('starting it again in 1 s\n');
    start.process.kill('SIGTERM');
    expect(await start.exited).toBe(0);
  });

  test('[RU32] does not start a server again whose configuration is wrong', async () => {
    const clone = await bareClone();
    const start = clone.script('server/start.mjs', [], { STUB_EXIT: '78' });
    expect(await start.exited).toBe(78);
    expect((await clone.notes()).filter((note) => note === 'refused')).toHaveLength(1);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '[RU33] on %s lets the server finish once, then ends with its code',
    async (signal) => {
      const clone = await bareClone();
      const start = clone.script('server/start.mjs');
      await clone.server();
      // To the whole group, as Ctrl-C in a terminal does.
      process.kill(-(start.process.pid ?? 0), signal);
      expect(await start.exited).toBe(0);
      const notes = await clone.notes();
      expect(notes.at(-1)).toBe('finished');
      expect(notes).not.toContain('heard SIGINT');
      await nothingLeft(clone.folder);
    },
  );

  test('[RU34] leaves nothing running when it is killed with SIGKILL', async () => {
    const clone = await bareClone();
    const start = clone.script('server/start.mjs');
    await clone.server();
    start.process.kill('SIGKILL');
    await nothingLeft(clone.folder);
    expect((await clone.notes()).at(-1)).toBe('finished');
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '[RU34] leaves nothing running when npm gets %s',
    async (signal) => {
      const clone = await bareClone();
      const first = clone.script('server/start.mjs');
      await clone.server(1);
      first.process.kill('SIGTERM');
      await first.exited;
      const npm = clone.run('npm', ['start']);
      await clone.server(2);
      npm.process.kill(signal);
      await nothingLeft(clone.folder);
      await expect
        .poll(async () => (await clone.notes()).filter((note) => note === 'finished'))
        .toHaveLength(2);
    },
  );

  test('[RU35] --cli runs the command line with its arguments and exit code', async () => {
    const clone = await bareClone();
    const cli = clone.script('server/start.mjs', ['--cli', 'import', 'a file.geojson']);
    expect(await cli.exited).toBe(7);
    expect(cli.output()).toMatch(/^import a file\.geojson$/mu);
  });

  test('[RU35] --dev builds and starts again on a change', async () => {
    const clone = await bareClone();
    const dev = clone.script('server/start.mjs', ['--dev']);
    await clone.server(1);
    await clone.write('client/main.tsx', 'changed');
    await clone.server(2);
    expect((await clone.notes()).filter((note) => note === 'build client')).toHaveLength(2);
    dev.process.kill('SIGTERM');
    expect(await dev.exited).toBe(0);
  });
});

describe('npm test', () => {
  test('[RU36] runs every stage and ends with the count', async () => {
    const clone = await bareClone();
    const run = clone.script('test/run.mjs', [], { CHROMIUM_PATH: process.execPath });
    expect(await run.exited).toBe(0);
    const stages = [...run.output().matchAll(/^ok {4} (\w+) +\d+\.\d s$/gmu)].map((match) => match[1]);
    expect(stages).toEqual([
      'dependencies',
      'format',
      'lint',
      'types',
      'unused',
      'build',
      'redis',
      'chromium',
      'tests',
    ]);
    expect(run.output().trimEnd().split('\n').at(-1)).toBe('12 passed, 0 failed');
  });

  test('[RU36] counts failed stages and failed tests, and runs all of them nevertheless', async () => {
    const clone = await bareClone();
    await clone.write('bad-lint', '');
    await clone.write('client/main.tsx', 'broken');
    await clone.write(
      'report.json',
      '{"numPassedTests":5,"numFailedTests":2,"testResults":[{"name":"x.test.ts","status":"failed","assertionResults":[]}]}',
    );
    const run = clone.script('test/run.mjs', [], { CHROMIUM_PATH: process.execPath });
    expect(await run.exited).toBe(1);
    const stages = [...run.output().matchAll(/^FAILED (\w+) /gmu)].map((match) => match[1]);
    expect(stages).toEqual(['lint', 'build', 'tests']);
    expect(run.output()).toContain('lint found something\n');
    expect(run.output()).toContain('not loaded: x.test.ts\n');
    expect(run.output().trimEnd().split('\n').at(-1)).toBe('5 passed, 5 failed');
  });

  test('[RU37] says how to install Chromium where there is none', async () => {
    const clone = await bareClone();
    const run = clone.script('test/run.mjs', [], { CHROMIUM_PATH: '', PATH: join(clone.folder, 'nothing') });
    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(
      /^no Chromium: every test under test\/browser will fail; install it \(apt install chromium\) or set CHROMIUM_PATH$/mu,
    );
  });
});

function order(a: string, b: string): number {
  return a.localeCompare(b);
}
