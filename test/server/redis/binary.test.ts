import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import { describe, expect, test } from 'vitest';
import { kill, redisProcesses, startApp, temporaryFolder } from './apps.ts';

const which = (command: string) =>
  execFileSync('sh', ['-c', 'command -v "$1" || true', 'sh', command], { encoding: 'utf8' }).trim();

/** A PATH of this machine's own commands, but for those named, and of scripts that stand for others. */
async function pathWith(
  folder: string,
  commands: readonly string[],
  scripts: Record<string, string> = {},
): Promise<string> {
  const bin = join(folder, 'path');
  await mkdir(bin);
  for (const command of commands) {
    const real = which(command);
    if (real !== '') await symlink(real, join(bin, command));
  }
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  return bin;
}

describe('without a Redis of its own on the PATH', () => {
  test('[RU13] one line says what to type', async () => {
    const folder = await temporaryFolder();
    const said = await startApp(folder, await pathWith(folder, ['sh'])).first;
    expect(said).toEqual({
      word: 'refused',
      reason:
        'No Redis found; Vigie needs Redis 7.0 or later, or Valkey: sudo apt install redis-server / ' +
        'sudo dnf install valkey / brew install redis, or set REDIS_URL',
    });
  });

  test('[RU13] the line names the package manager that is there, and the Redis that is too old', async () => {
    const folder = await temporaryFolder();
    const path = await pathWith(folder, ['sh'], {
      'redis-server':
        '#!/bin/sh\necho "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64"\n',
      brew: '#!/bin/sh\n',
    });
    expect(await startApp(folder, path).first).toEqual({
      word: 'refused',
      reason: `${path}/redis-server is version 6.0.16; Vigie needs Redis 7.0 or later, or Valkey: brew install redis, or set REDIS_URL`,
    });
  });

  test('[RU14] the package of the distribution is unpacked without root, once, and kept', async () => {
    const folder = await temporaryFolder();
    if (which('dpkg-deb') === '') {
      // No Debian: RU13's line is the answer there.
      expect((await startApp(folder, await pathWith(folder, ['sh', 'dpkg-deb', 'apt-get'])).first).word).toBe(
        'refused',
      );
      return;
    }
    const aptConfig = await packageSource(folder);
    const tools = [
      'sh',
      'env',
      'ldd',
      'cat',
      'flock',
      'dpkg-deb',
      'dpkg',
      'dpkg-query',
      'apt-get',
      'apt-cache',
      'tar',
      'rm',
      'bash',
    ];
    const path = await pathWith(folder, tools);
    const dataDir = join(folder, 'data');
    const app = startApp(dataDir, path, { APT_CONFIG: aptConfig });
    expect(await app.first, app.log()).toMatchObject({ word: 'serving', adopted: false });
    const [server = 0] = redisProcesses(dataDir);
    expect(execFileSync('ps', ['-o', 'args=', '-p', String(server)], { encoding: 'utf8' })).toContain(
      join(dataDir, 'redis-bin/usr/bin'),
    );
    await kill(app, 'SIGKILL');
    await expect.poll(() => redisProcesses(dataDir)).toEqual([]);
    // Without apt now: what was unpacked is enough.
    const later = startApp(dataDir, await pathWith(join(folder, 'data'), ['sh', 'cat', 'flock']));
    expect((await later.first).word).toBe('serving');
  });

  test('[RU15] a Docker engine runs it, on one port with one password, and it ends with the app', async () => {
    const folder = await temporaryFolder();
    // Stands for an engine: runs on this machine what would run in the container.
    const docker = `#!/bin/sh
[ "$1" = version ] && { echo 28.0.0; exit 0; }
shift
while :; do case "$1" in
  -v) dir=\${2%:/data}; shift 2 ;;
  -p) port=\${2#127.0.0.1:}; port=\${port%:6379}; shift 2 ;;
  --user) shift 2 ;;
  -*) shift ;;
  *) break ;;
esac; done
sed "s#\\"/data\\"#\\"$dir\\"#" "$dir/docker.conf" >"$dir/here.conf"
exec sh -c "$4" "$5" "$dir/redis.lock" ${which('redis-server')} "$dir/here.conf" --port "$port"
`;
    const path = await pathWith(folder, ['sh', 'sed', 'cat', 'flock'], { docker });
    const urls: string[] = [];
    for (const value of [null, 'kept']) {
      const app = startApp(folder, path);
      const said = await app.first;
      if (said.word !== 'serving' || said.target.kind !== 'url')
        throw new Error(`${JSON.stringify(said)} ${app.log()}`);
      urls.push(said.target.url);
      const client = createClient({ url: said.target.url });
      await client.connect();
      expect(await client.get('a')).toBe(value);
      await client.set('a', 'kept');
      client.destroy();
      const stranger = createClient({
        url: said.target.url.replace(/:[^:@]+@/u, ''),
        socket: { reconnectStrategy: false },
      });
      stranger.on('error', () => undefined);
      await expect(stranger.connect().then(() => stranger.get('a'))).rejects.toThrow(/NOAUTH/u);
      stranger.destroy();
      await kill(app, 'SIGKILL');
      await expect.poll(() => serversOn(folder)).toBe(0);
    }
    expect(urls[0]).toMatch(/^redis:\/\/:[\w-]{32}@127\.0\.0\.1:\d+$/u);
    expect(urls[1]).toBe(urls[0]);
    for (const file of ['docker.conf', 'docker.json'])
      expect((await stat(join(folder, 'redis', file))).mode & 0o777).toBe(0o600);
  });
});

/** Redis processes that were started in this folder: such a one's command line names only its port. */
function serversOn(folder: string): number {
  const port =
    /"port":(\d+)/u.exec(
      execFileSync('cat', [join(folder, 'redis', 'docker.json')], { encoding: 'utf8' }),
    )?.[1] ?? '';
  const list = execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' });
  return list.split('\n').filter((line) => /redis-server/u.test(line) && line.includes(`:${port}`)).length;
}

/**
 * A package source in a folder, as apt reads it, with this machine's Redis in two packages, and nothing else.
 * @returns the file for `APT_CONFIG`
 */
async function packageSource(folder: string): Promise<string> {
  const source = join(folder, 'source');
  let index = '';
  for (const [name, program] of [
    ['redis-server', 'redis-server'],
    ['redis-tools', 'redis-check-aof'],
  ] as const) {
    const tree = join(source, name);
    await mkdir(join(tree, 'DEBIAN'), { recursive: true });
    await mkdir(join(tree, 'usr', 'bin'), { recursive: true });
    await copyFile(await realpath(which(program)), join(tree, 'usr', 'bin', program));
    const control = `Package: ${name}\nVersion: 5:7.0.15-1\nArchitecture: all\nMaintainer: test <test@localhost>\nDescription: test\n`;
    await writeFile(join(tree, 'DEBIAN', 'control'), control);
    const deb = join(source, `${name}.deb`);
    execFileSync('dpkg-deb', ['--build', '-Znone', tree, deb], { stdio: 'ignore' });
    const bytes = await readFile(deb);
    const hash = createHash('sha256').update(bytes).digest('hex');
    index += `${control}Filename: ./${name}.deb\nSize: ${bytes.length}\nSHA256: ${hash}\n\n`;
  }
  await writeFile(join(source, 'Packages'), index);
  await writeFile(join(source, 'sources.list'), `deb [trusted=yes] file:${source} ./\n`);
  const lines = {
    'Dir::Etc::sourcelist': join(source, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(source, 'lists'),
    'Dir::Cache': join(source, 'cache'),
  };
  for (const place of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(source, place), { recursive: true });
  const config = join(source, 'apt.conf');
  await writeFile(
    config,
    Object.entries(lines)
      .map(([name, value]) => `${name} "${value}";\n`)
      .join(''),
  );
  return config;
}
