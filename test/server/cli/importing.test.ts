import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Command, parseCommand } from '../../../server/cli/arguments.ts';
import { importBoundaries } from '../../../server/cli/import-boundaries.ts';
import { importIncidents } from '../../../server/cli/import-incidents.ts';
import { createOutput } from '../../../server/cli/output.ts';
import { listNeighbourhoods } from '../../../server/import/destinations.ts';
import { polygon, square } from '../../shared/geo/shapes.ts';
import { realPath } from '../../shared/geo/real-data.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';

let dir: string;
let vigie: TestApp;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-cli-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  vigie = await startApp();
});
afterEach(() => vigie.stop());

/** What the command says, line by line; the last one where it fails. */
async function run(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const output = createOutput(
    { write: (text: string) => lines.push(text.trimEnd()) },
    { write: () => undefined },
  );
  const command: Command = parseCommand(args);
  if (command.kind === 'boundaries') {
    const all = await importBoundaries(vigie.deps, command, 'https://vigie.test', output);
    lines.push(all ? 'ok' : 'not all');
  } else if (command.kind === 'incidents') await importIncidents(vigie.deps, command, output);
  return lines;
}

const feature = (name: string, geometry: unknown) => ({ type: 'Feature', properties: { name }, geometry });
async function places(...features: unknown[]): Promise<string> {
  const path = join(dir, 'places.geojson');
  await writeFile(path, JSON.stringify({ type: 'FeatureCollection', features }));
  return path;
}
const west = feature('West', polygon(square(4.8, 45.7, 0.02)));
const east = feature('East', polygon(square(4.82, 45.7, 0.02)));

const mapping = {
  source: 'Town hall',
  key: { columns: ['id'], unique: true },
  position: { kind: 'degrees', lng: 'lng', lat: 'lat' },
  time: { kind: 'written', date: 'date', format: 'YYYY-MM-DD' },
  category: { columns: ['what'], values: { smoke: ['fire', 'severe'] } },
  title: ['what'],
};
async function records(...rows: string[]): Promise<[file: string, map: string]> {
  const [file, map] = [join(dir, 'incidents.csv'), join(dir, 'mapping.json')];
  await writeFile(file, `id,lng,lat,date,what\n${rows.join('\n')}\n`);
  await writeFile(map, JSON.stringify(mapping));
  return [file, map];
}
const heads = async () => {
  const all = await listNeighbourhoods(vigie.redis);
  return Promise.all(all.map(async ({ id, name }) => [name, (await vigie.deps.eventLog.head(id))?.seq]));
};

describe('boundaries', () => {
  test('[IM13] every place is founded, and whoever opens its link first coordinates it', async () => {
    const file = await places(west, east);
    const lines = await run(
      'import',
      '--boundaries',
      file,
      '--all',
      '--time-zone',
      'Europe/Paris',
      '--locale',
      'fr',
    );
    expect(lines).toContain('2 founded, 0 already there, 0 refused');
    expect(lines.join('\n')).not.toContain('Warning');
    const code = /^founded {2}West .*https:\/\/vigie\.test\/join\/(\S+)$/mu.exec(lines.join('\n'))?.[1] ?? '';
    const first = phoneOf(vigie);
    const joined = await first.accept(code, 'Ada');
    expect(joined.member.role).toBe('coordinator');
    expect(joined.neighbourhood).toMatchObject({ name: 'West', locale: 'fr', timeZone: 'Europe/Paris' });
    const { status } = await phoneOf(vigie).post(`/api/invites/${code}/accept`, { memberName: 'Eve' });
    expect(status).toBe(404);
    const { code: second } = await first.invite(joined.neighbourhood.id);
    expect((await phoneOf(vigie).accept(second, 'Bo')).member.role).toBe('resident');
  });

  test('[IM14] founding again adds nothing; a link can be had again while there is no member', async () => {
    const file = await places(west, east);
    const before = await run('import', '--boundaries', file, '--all');
    const head = await heads();
    const again = await run('import', '--boundaries', file, '--all');
    expect(again).toContain('0 founded, 2 already there, 0 refused');
    expect(again.join('\n')).not.toContain('/join/');
    expect(await heads()).toEqual(head);
    const code = /East .*\/join\/(\S+)/u.exec(before.join('\n'))?.[1] ?? '';
    await phoneOf(vigie).accept(code, 'Ada');
    const renewed = await run('import', '--boundaries', file, '--all', '--invite-again');
    expect(renewed.filter((line) => line.includes('/join/')).map((line) => line.split('  ')[1])).toEqual([
      'West',
    ]);
  });

  test('[IM15] one place or several are chosen by name; one that cannot be used does not stop the others', async () => {
    const crossed = feature(
      'Knot',
      polygon([
        [4, 45],
        [5, 46],
        [5, 45],
        [4, 46],
      ]),
    );
    const file = await places(west, east, crossed);
    await expect(run('import', '--boundaries', file)).rejects.toThrow(
      'has 3 places: choose with --feature NAME, or --all. They are: West, East, Knot',
    );
    await expect(run('import', '--boundaries', file, '--feature', 'North')).rejects.toThrow(
      'has no place called "North"',
    );
    expect(await run('import', '--boundaries', file, '--feature', 'west')).toContain(
      '1 founded, 0 already there, 0 refused',
    );
    const lines = await run('import', '--boundaries', file, '--all');
    expect(lines).toContain('refused  Knot: the boundary crosses itself near 45.5, 4.5');
    expect(lines).toContain('1 founded, 1 already there, 1 refused');
    expect(lines.at(-1)).toBe('not all');
  });
});

describe('incidents', () => {
  const rows = [
    'a,4.81,45.71,2026-01-05,smoke',
    'b,4.83,45.71,2026-01-06,noise',
    // 200 m west of West, and far away.
    'c,4.7975,45.71,2026-01-07,smoke',
    'd,5.5,45.71,2026-01-08,smoke',
    'e,,,2026-01-08,"smoke, thick"',
  ];

  test('[IM16] each incident goes to the neighbourhood that holds it, else to one within 500 m; the map shows it', async () => {
    const code =
      /East .*\/join\/(\S+)/u.exec(
        (await run('import', '--boundaries', await places(west, east), '--all')).join('\n'),
      )?.[1] ?? '';
    const [file, map] = await records(...rows);
    const lines = await run('import', '--incidents', file, '--map', map, '--all');
    expect(lines).toContain('5 rows: 3 new, 0 already there, 2 rejected');
    expect(await heads()).toEqual([
      ['East', 3],
      ['West', 3],
    ]);
    const phone = phoneOf(vigie);
    const { neighbourhood } = await phone.accept(code, 'Ada');
    const shown = await phone.must(
      phone.get<{ incidents: { title: string; source: unknown }[] }>(
        `/api/neighbourhoods/${neighbourhood.id}/incidents?bbox=4.82,45.7,4.84,45.72`,
      ),
    );
    expect(shown.incidents).toMatchObject([{ title: 'noise', source: { name: 'Town hall', ref: 'b' } }]);
  });

  test('[IM16] of two neighbourhoods that hold an incident the smaller one gets it', async () => {
    const whole = feature('Abc, the whole town', polygon(square(4.7, 45.6, 0.3)));
    await run('import', '--boundaries', await places(whole, west), '--all');
    const [file, map] = await records('a,4.81,45.71,2026-01-05,smoke', 'b,4.9,45.8,2026-01-06,noise');
    await run('import', '--incidents', file, '--map', map, '--all');
    expect(await heads()).toEqual([
      ['Abc, the whole town', 3],
      ['West', 3],
    ]);
    await run(
      'import',
      '--incidents',
      (await records('c,4.81,45.71,2026-01-05,smoke'))[0],
      '--map',
      map,
      '--all',
    );
    expect(await heads()).toEqual([
      ['Abc, the whole town', 3],
      ['West', 4],
    ]);
  });

  test('[IM17] rejected rows are counted and written down with line, reason and cells', async () => {
    await run('import', '--boundaries', await places(west, east), '--all');
    const [file, map] = await records(...rows);
    await run('import', '--incidents', file, '--map', map, '--all');
    expect(await readFile(`${file}.rejected.csv`, 'utf8')).toBe(
      'line,reason,row…\n5,outside every neighbourhood,d,5.5,45.71,2026-01-08,smoke\n6,no position,e,,,2026-01-08,"smoke, thick"\n',
    );
    const [good] = await records(...rows.slice(0, 3));
    await run('import', '--incidents', good, '--map', map, '--all');
    expect(existsSync(`${file}.rejected.csv`)).toBe(false);
  });

  test('[IM18] loading again adds nothing, nobody is alerted, and one neighbourhood can be meant', async () => {
    await run('import', '--boundaries', await places(west, east), '--all');
    const [file, map] = await records(...rows);
    expect(await run('import', '--incidents', file, '--map', map, '--neighbourhood', 'West')).toContain(
      '5 rows: 2 new, 0 already there, 3 rejected',
    );
    const head = await heads();
    expect(await run('import', '--incidents', file, '--map', map, '--neighbourhood', 'West')).toContain(
      '5 rows: 0 new, 2 already there, 3 rejected',
    );
    expect(await heads()).toEqual(head);
    const [, { id }] = (await listNeighbourhoods(vigie.redis)) as [unknown, { id: string }];
    const entries = await vigie.deps.eventLog.read(id, 0, 99);
    expect(entries.map(({ json }) => (JSON.parse(json) as { type: string }).type)).toEqual([
      'neighbourhood.founded',
      'invite.created',
      'incidents.imported',
    ]);
    await expect(
      run('import', '--incidents', file, '--map', map, '--neighbourhood', 'North'),
    ).rejects.toThrow('no neighbourhood has the name or id "North"');
  });

  test('[IM19] 10,000 real incidents load into 80 real neighbourhoods, each into the one that holds it', async () => {
    const quarters = realPath('boundaries/paris-quartiers.geojson');
    const paris = realPath('incidents/paris-dans-ma-rue-10000.csv');
    if (quarters === null || paris === null) return;
    expect(await run('import', '--boundaries', quarters, '--all')).toContain(
      '80 founded, 0 already there, 0 refused',
    );
    const load = () =>
      run(
        'import',
        '--incidents',
        paris,
        '--preset',
        'paris-dmr',
        '--all',
        '--rejected',
        join(dir, 'paris.csv'),
      );
    expect(await load()).toContain('10,000 rows: 10,000 new, 0 already there, 0 rejected');
    expect(await load()).toContain('10,000 rows: 0 new, 10,000 already there, 0 rejected');
  });
});

test('[IM20] the same works on a Redis Cluster', async () => {
  await vigie.stop();
  vigie = await startApp({ cluster: true });
  expect(await run('import', '--boundaries', await places(west, east), '--all')).toContain(
    '2 founded, 0 already there, 0 refused',
  );
  const [file, map] = await records('a,4.81,45.71,2026-01-05,smoke', 'b,4.83,45.71,2026-01-06,noise');
  expect(await run('import', '--incidents', file, '--map', map, '--all')).toContain(
    '2 rows: 2 new, 0 already there, 0 rejected',
  );
});
