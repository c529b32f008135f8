import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CsvRow, readIncidents } from '../../../server/import/incidents-csv.ts';
import { momentOf } from '../../../shared/local-time.ts';
import { type MappingInput, parseMapping } from '../../../server/import/mapping.ts';
import { presets } from '../../../server/import/presets.ts';
import { realPath } from '../../shared/geo/real-data.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vigie-csv-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const now = Date.UTC(2026, 5, 1);
const simple: MappingInput = {
  source: 'Test',
  key: { columns: ['id'], unique: false },
  position: { kind: 'degrees', lng: 'lng', lat: 'lat' },
  time: { kind: 'written', date: 'date', format: 'iso' },
  category: { columns: ['what'], values: { fire: ['fire', 'severe'] } },
  title: ['what'],
  description: [{ column: 'text' }],
};
const header = 'id,lng,lat,date,what,text\n';

async function read(
  content: string | Buffer,
  change: Partial<MappingInput> = {},
  timeZone: string | null = 'Europe/Paris',
): Promise<CsvRow[]> {
  const path = join(dir, 'incidents.csv');
  await writeFile(path, content);
  return rowsOf(path, { ...simple, ...change }, timeZone);
}

async function rowsOf(path: string, input: unknown, timeZone: string | null): Promise<CsvRow[]> {
  const parsed = parseMapping(input);
  if (!parsed.ok) throw new Error(parsed.message);
  const rows: CsvRow[] = [];
  for await (const row of readIncidents(path, {
    mapping: parsed.mapping,
    timeZoneAt: () => timeZone,
    at: now,
  }))
    rows.push(row);
  return rows;
}

const incidentOf = (row: CsvRow | undefined) => {
  if (row === undefined || !('incident' in row)) throw new Error(`rejected: ${JSON.stringify(row)}`);
  return row.incident;
};
const reasonOf = (row: CsvRow | undefined) =>
  row !== undefined && 'reason' in row ? row.reason : 'accepted';

describe('text', () => {
  test('[IM5] UTF-8 with and without a mark, UTF-16 and windows-1252 are read as what they are', async () => {
    const csv = `${header}1,2,48,2026-01-01T10:00,fire,"Été à l’œuvre"\n`;
    const bytes1252 = Buffer.from(csv.replace('’', '\u0092').replace('œ', '\u009c'), 'latin1');
    for (const bytes of [
      Buffer.from(csv),
      Buffer.from(`\ufeff${csv}`),
      Buffer.from(`\ufeff${csv}`, 'utf16le'),
      bytes1252,
    ]) {
      expect(incidentOf((await read(bytes))[0]).description).toBe('Été à l’œuvre');
    }
  });

  test('[IM6] markup, entities, control, invisible and direction characters of cells become plain text', async () => {
    const [row] = await read(
      `${header}1,2,48,2026-01-01T10:00,<b>fire</b>,"<script>x</script>Tom &amp; Jerry\u0000\u202e &#233;t&#xe9;\u200b\nthen 3 < 4"\n`,
    );
    expect(incidentOf(row).title).toBe('fire');
    expect(incidentOf(row).description).toBe('x Tom & Jerry été then 3 < 4');
    const [long] = await read(`${header}1,2,48,2026-01-01T10:00,${'w'.repeat(300)},${'é'.repeat(3000)}\n`);
    expect(incidentOf(long).title).toHaveLength(100);
    expect(incidentOf(long).description).toHaveLength(2000);
  });
});

describe('rows', () => {
  test('[IM7] each row that cannot be an incident comes with its line and reason, and no other row suffers', async () => {
    const rows = await read(
      `${header}1,2,48,2026-01-01T10:00,fire,"two\nlines"\n2,,,2026-01-01T10:00,fire,x\n3,0,0,2026-01-01T10:00,fire,x\n` +
        '4,abc,48,2026-01-01T10:00,fire,x\n5,2,98,2026-01-01T10:00,fire,x\n6,2,48,yesterday,fire,x\n7,2,48,2026-02-30T10:00,fire,x\n' +
        '8,2,48,2031-01-01T10:00,fire,x\n9,2,48,1950-01-01T10:00,fire,x\n10,2,48\n\n11,2,48,2026-01-01T10:00,x,say "hi"\n12,2,48,2026-01-01T10:00,fire,"broken',
    );
    expect(rows.map((row) => [row.line, reasonOf(row)])).toEqual([
      [2, 'accepted'],
      [4, 'no position'],
      [5, 'location withheld'],
      [6, 'position is not a pair of numbers'],
      [7, 'position is not on earth'],
      [8, 'no time that can be read'],
      [9, 'no such date or time'],
      [10, 'time lies in the future'],
      [11, 'time is before 1970'],
      [12, 'has 3 columns instead of 6'],
      [14, 'accepted'],
      [15, 'breaks off: a quote is opened and never closed, nothing after it was read'],
    ]);
    expect(reasonOf((await read(`${header}1,2,48,2026-01-01T10:00,fire,x\n`, {}, null))[0])).toBe(
      'outside every neighbourhood',
    );
  });

  test('[IM8] a file in another form than the mapping’s is refused with one line', async () => {
    await expect(read('')).rejects.toThrow('is empty');
    await expect(read('a,b\n1,2\n')).rejects.toThrow(
      'has no column "id": is this the right preset or mapping?',
    );
    await expect(read(`text,${header}`)).rejects.toThrow('has two columns of one name');
    await expect(
      read(header, { position: { kind: 'projected', x: 'lng', y: 'lat', crs: 'EPSG:1' } }),
    ).rejects.toThrow('does not know the projection EPSG:1');
    expect(
      parseMapping({ ...simple, category: { columns: ['x'], values: { a: ['nonsense', 'minor'] } } }),
    ).toMatchObject({ ok: false, message: expect.stringMatching(/^category\.values\.a\.0: /u) });
    expect(parseMapping({ ...simple, extra: 1 })).toMatchObject({ ok: false });
  });

  test('[IM9] ids follow from source and key: the same again for the same file, another for each of equal rows', async () => {
    const csv = `${header}1,2,48,2026-01-01T10:00,fire,x\n1,2,48,2026-01-01T10:00,fire,x\n2,2,48,2026-01-01T10:00,fire,x\n`;
    const ids = (rows: CsvRow[]) => rows.map((row) => incidentOf(row).id);
    const first = ids(await read(csv));
    expect(new Set(first).size).toBe(3);
    for (const id of first) expect(id).toMatch(/^[\w-]{16}$/u);
    expect(ids(await read(csv, { key: { columns: ['id'], unique: false } }))).toEqual(first);
    expect(ids(await read(csv, { source: 'Other' }))).not.toEqual(first);
    expect(new Set(ids(await read(csv, { key: { columns: 'all', unique: false } }))).size).toBe(3);
    expect((await read(csv, { key: { columns: ['id'], unique: true } })).map(reasonOf)).toEqual([
      'accepted',
      'the same record once more',
      'accepted',
    ]);
  });

  test('[IM10] positions are read from degrees, from one cell in its usual forms, and from metres', async () => {
    const cell = async (text: string) => {
      const [row] = await read(`${header}1,"${text.replaceAll('"', '""')}",,2026-01-01T10:00,fire,x\n`, {
        position: { kind: 'cell', column: 'lng' },
      });
      return row !== undefined && 'incident' in row ? row.incident.position : reasonOf(row);
    };
    const there = { lng: 2.35, lat: 48.85 };
    for (const text of [
      "{'lon': 2.35, 'lat': 48.85}",
      '{"lat":48.85,"lng":2.35}',
      "{'coordinates': [2.35, 48.85], 'type': 'Point'}",
      '48.85, 2.35',
      '(48.85, 2.35)',
    ]) {
      expect(await cell(text)).toEqual(there);
    }
    expect(await cell('')).toBe('no position');
    expect(await cell("{'lon': 0.0, 'lat': 0.0}")).toBe('location withheld');
    expect(await cell('Paris')).toBe('position is not on earth');
    const metres = async (crs: string, x: number, y: number) =>
      incidentOf(
        (
          await read(`${header}1,${x},${y},2026-01-01T10:00,fire,x\n`, {
            position: { kind: 'projected', x: 'lng', y: 'lat', crs },
          })
        )[0],
      ).position;
    // 652709, 6862305 in Lambert-93 is the middle of the Île de la Cité.
    const cite = await metres('EPSG:2154', 652_709, 6_862_305);
    expect(cite.lat).toBeCloseTo(48.8583, 2);
    expect(cite.lng).toBeCloseTo(2.3555, 2);
    const vancouver = await metres('EPSG:26910', 491_000, 5_459_000);
    expect(vancouver).toEqual(
      await metres('+proj=utm +zone=10 +datum=NAD83 +units=m +no_defs', 491_000, 5_459_000),
    );
    expect(vancouver.lat).toBeCloseTo(49.2837, 3);
    expect(vancouver.lng).toBeCloseTo(-123.1237, 3);
  });
});

describe('times', () => {
  test('[IM11] civil times are the place’s own; a day is its noon, a month its first at noon, and the text says so', async () => {
    const iso = (civil: Parameters<typeof momentOf>[0], zone: string) => {
      const moment = momentOf(civil, zone);
      return moment === null ? null : `${new Date(moment.at).toISOString().slice(0, 16)} ${moment.precision}`;
    };
    expect(iso({ year: 2024, month: 7, day: 14, hour: 22, minute: 30 }, 'Europe/Paris')).toBe(
      '2024-07-14T20:30 minute',
    );
    expect(iso({ year: 2024, month: 7, day: 14 }, 'Europe/Paris')).toBe('2024-07-14T10:00 day');
    expect(iso({ year: 2019, month: 1 }, 'Europe/London')).toBe('2019-01-01T12:00 month');
    expect(iso({ year: 2025, month: 11, day: 25, hour: 0, minute: 0 }, 'America/Vancouver')).toBe(
      '2025-11-25T08:00 minute',
    );
    // Twice 02:30 on 27 October, none on 31 March.
    expect(iso({ year: 2024, month: 10, day: 27, hour: 2, minute: 30 }, 'Europe/Paris')).toBe(
      '2024-10-27T00:30 minute',
    );
    expect(iso({ year: 2024, month: 3, day: 31, hour: 2, minute: 30 }, 'Europe/Paris')).toBe(
      '2024-03-31T01:30 minute',
    );
    // The days of the changes, after them.
    expect(iso({ year: 2024, month: 3, day: 31, hour: 12 }, 'Europe/Paris')).toBe('2024-03-31T10:00 minute');
    expect(iso({ year: 2024, month: 10, day: 27, hour: 12 }, 'Europe/Paris')).toBe('2024-10-27T11:00 minute');
    expect(iso({ year: 2024, month: 13 }, 'UTC')).toBeNull();
    expect(iso({ year: 2023, month: 2, day: 29 }, 'UTC')).toBeNull();
    expect(iso({ year: 2023, month: 2, day: 1, hour: 25 }, 'UTC')).toBeNull();

    const [month] = await read(`${header}1,2,48,2024-07,fire,x\n`, {
      time: { kind: 'written', date: 'date', format: 'YYYY-MM' },
    });
    expect(incidentOf(month).description).toBe('x\nDay unknown: 2024-07');
    const [us] = await read(`${header}1,2,48,07/14/2024 12:00:00 AM,22:30,x\n`, {
      time: { kind: 'written', date: 'date', format: 'MM/DD/YYYY', time: 'what' },
    });
    expect(new Date(incidentOf(us).observedAt).toISOString()).toBe('2024-07-14T20:30:00.000Z');
    const [zoned] = await read(`${header}1,2,48,2024-07-14T22:30:00+0300,fire,x\n`);
    expect(new Date(incidentOf(zoned).observedAt).toISOString()).toBe('2024-07-14T19:30:00.000Z');
  });
});

const published: [name: string, preset: string, timeZone: string, accepted: number, rejected: object][] = [
  ['2019-01-city-of-london-street', 'police-uk', 'Europe/London', 586, { 'no position': 31 }],
  ['2019-12-city-of-london-street', 'police-uk', 'Europe/London', 803, { 'no position': 79 }],
  ['2020-05-city-of-london-street', 'police-uk', 'Europe/London', 207, { 'no position': 19 }],
  ['vancouver-vpd-2025', 'vancouver', 'America/Vancouver', 29_263, { 'location withheld': 3148 }],
  ['paris-dans-ma-rue-10000', 'paris-dmr', 'Europe/Paris', 10_000, {}],
  [
    'san-francisco-sfpd-2016-truncated',
    'san-francisco',
    'America/Los_Angeles',
    9646,
    { 'breaks off: a quote is opened and never closed, nothing after it was read': 1 },
  ],
];

for (const [name, preset, timeZone, accepted, rejected] of published) {
  test(`[IM12] ${name}: every record is an incident or has its reason`, async () => {
    const path = realPath(`incidents/${name}.csv`);
    if (path === null) return;
    const reasons: Record<string, number> = {};
    const ids = new Set<string>();
    for (const row of await rowsOf(path, presets.get(preset), timeZone)) {
      if ('incident' in row) ids.add(row.incident.id);
      else reasons[row.reason] = (reasons[row.reason] ?? 0) + 1;
    }
    expect([ids.size, reasons]).toEqual([accepted, rejected]);
  }, 120_000);
}
