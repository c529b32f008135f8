import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCommand } from '../../../server/cli/arguments.ts';
import { parseMapping } from '../../../server/import/mapping.ts';
import { presets } from '../../../server/import/presets.ts';
import { polygon, square } from '../../shared/geo/shapes.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

const main = fileURLToPath(new URL('../../../server/cli/main.ts', import.meta.url));
let dir: string;
let redis: TestRedis;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-cli-'));
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

async function vigie(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const url = redis.target.kind === 'socket' ? `unix://${redis.target.path}` : '';
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, REDIS_URL: url, DATA_DIR: dir },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

test('[IM21] a mistaken command line is told in one line and does nothing', () => {
  const said = (...args: string[]) => {
    try {
      return parseCommand(args).kind;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(said()).toBe('help');
  expect(said('import', '--help')).toBe('help');
  expect(said('neighbourhoods')).toBe('neighbourhoods');
  expect(said('explode')).toBe('has no command "explode"');
  expect(said('import')).toBe('import needs either --boundaries FILE or --incidents FILE');
  expect(said('import', '--boundaries', 'a', '--incidents', 'b')).toBe(
    'import needs either --boundaries FILE or --incidents FILE',
  );
  expect(said('import', '--boundaries', 'a', '--preset', 'vancouver')).toBe(
    '--preset does not go with --boundaries',
  );
  expect(said('import', '--boundaries', 'a', '--all', '--feature', 'x')).toBe(
    '--feature and --all exclude each other',
  );
  expect(said('import', '--boundaries', 'a', '--time-zone', 'Mars/Base')).toBe(
    '--time-zone: must be a time zone such as Europe/Paris',
  );
  expect(said('import', '--incidents', 'a', '--preset', 'vancouver')).toBe(
    'say where to: either --neighbourhood NAME or --all',
  );
  expect(said('import', '--incidents', 'a', '--all')).toBe(
    'say how to read it: either --preset NAME or --map FILE',
  );
  expect(said('import', '--incidents', 'a', '--all', '--preset', 'mars')).toBe(
    '--preset: must be one of police-uk, vancouver, paris-dmr, san-francisco',
  );
  expect(said('mapping', 'vancouver')).toBe('mapping');
  expect(said('mapping', 'mars')).toMatch(/^--preset: must be one of /u);
  expect(said('import', '--boundary', 'a')).toMatch(/^Unknown option '--boundary'/u);
});

test('[IM22] the command itself: help, results on stdout, one line and an exit code for what goes wrong', async () => {
  const place = (name: string, ring: ReturnType<typeof square>) =>
    JSON.stringify({ type: 'Feature', properties: { name }, geometry: polygon(ring) });
  await writeFile(join(dir, 'one.geojson'), place('One', square(2, 48, 0.01)));
  await writeFile(join(dir, 'metres.geojson'), place('M', square(6e5, 6e6, 100)));
  await writeFile(join(dir, 'other.csv'), 'a,b\n1,2\n');

  const [help, mapping, founded] = await Promise.all([
    vigie('--help'),
    vigie('mapping', 'vancouver'),
    vigie('import', '--boundaries', join(dir, 'one.geojson')),
  ]);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('npm run vigie -- import --boundaries FILE');
  expect(parseMapping(JSON.parse(mapping.out))).toEqual({ ok: true, mapping: presets.get('vancouver') });
  expect(founded.code).toBe(0);
  expect(founded.out).toMatch(
    /^founded {2}One {2}[\w-]{16} {2}http:\/\/localhost:8080\/join\/[\w-]{16}\.[\w-]{22}$/mu,
  );

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(founded.out).toContain(`Warning: without --time-zone they took this machine's, ${zone}.`);

  const [list, missing, refused, other, unknown] = await Promise.all([
    vigie('neighbourhoods'),
    vigie('import', '--boundaries', join(dir, 'none.geojson')),
    vigie('import', '--boundaries', join(dir, 'metres.geojson')),
    vigie('import', '--incidents', join(dir, 'other.csv'), '--preset', 'vancouver', '--all'),
    vigie('explode'),
  ]);
  expect(list.out).toMatch(/^[\w-]{16} {2}One\n$/u);
  expect(missing).toMatchObject({ code: 1, err: `vigie: ${join(dir, 'none.geojson')} does not exist\n` });
  expect(refused.code).toBe(1);
  expect(refused.out).toContain('refused  M: the boundary has coordinates in metres, not degrees\n');
  expect(other).toMatchObject({
    code: 1,
    err: `vigie: ${join(dir, 'other.csv')} has no column "X": is this the right preset or mapping?\n`,
  });
  expect(unknown).toMatchObject({
    code: 64,
    out: '',
    err: 'vigie: has no command "explode"\nSee npm run vigie -- --help\n',
  });
}, 120_000);
