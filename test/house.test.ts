import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

// The house's rules that no linter knows: who may import whom, and what stands in one place only.

const root = join(import.meta.dirname, '..');

/** Paths from the top, of files whose names match. */
function filesIn(folder: string, names: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => names.test(name) && !/\b(?:node_modules|dist|output)\b/u.test(name))
    .toSorted();
}
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const product = ['server', 'client', 'shared'].flatMap((folder) => filesIn(folder, /\.(?:tsx?|mjs)$/u));

type Import = { from: string; typeOnly: boolean };

/** What a file imports: ours as a path from the top, others as `npm:…` or `node:…`. */
function importsOf(file: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu, '');
  const statements = /(?:^|[;}\n])\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gu;
  const calls = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/gu;
  return [
    ...[...code.matchAll(statements)].map((match) => ({
      from: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...code.matchAll(calls)].map((match) => ({ from: match[1] ?? '', typeOnly: false })),
  ].map(({ from, typeOnly }) => ({
    from: ownOrPackage(file, from),
    typeOnly,
  }));
}

function ownOrPackage(file: string, from: string): string {
  if (from.startsWith('.')) return normalize(join(dirname(file), from));
  return from.startsWith('node:') ? from : `npm:${from}`;
}

type Zone = {
  name: string;
  files: RegExp;
  /** What it may import. A folder of its own is always allowed. */
  may: RegExp[];
  /** What it may import the types of. */
  mayTypes?: RegExp[];
};

const anyPackage = /^(?:npm|node):/u;
const browserPackage = /^npm:/u;
const shared = /^shared\//u;
// What every part of the server needs and none owns.
const common =
  /^server\/(?:areas|codes|counts|deps|env|errors|ids|in-hand|lan-address|limits|time-zones|validate)\.ts$/u;
const store = /^server\/(?:eventlog|redis)\//u;
const guards = /^server\/auth\/(?!routes)/u;
const features = 'docs|drills|incidents|neighbourhoods|patrols|photos|push|relays|shifts|tiles|timers';

// The first zone that a file is in decides.
const zones: Zone[] = [
  { name: 'shared', files: /^shared\//u, may: [shared, /^npm:(?:valibot|flatbush|robust-predicates)$/u] },
  {
    name: 'the typed client',
    files: /^client\/api\.ts$/u,
    may: [/^client\//u, shared, browserPackage],
    mayTypes: [/^server\//u],
  },
  { name: 'client', files: /^client\//u, may: [/^client\//u, shared, browserPackage] },
  // `incidents/incident.ts`, `incidents/reviews/review.ts`, …: the decisions of a feature and of its parts.
  {
    name: 'decisions',
    files:
      /^server\/(?:(?:\w+\/)?(\w+)s\/\1|incidents\/(?:handling\/(?:handling|response)|outcomes\/record|sos\/(?:sos|walk)|update)|shifts\/(?:series|handover|swap|cover|attendance|reminder|totals)|calendar\/icalendar|relays\/pairing|patrols\/(?:checkpoint|hidden-search|home-safe|report))\.ts$/u,
    // One decision may be made of another.
    may: [
      shared,
      /^server\/(?:shifts\/(?:shift|handover)|patrols\/hidden-search|incidents\/handling\/handling)\.ts$/u,
    ],
  },
  { name: 'launcher', files: /^server\/[\w-]+\.mjs$/u, may: [/^server\/[\w-]+\.mjs$/u, /^node:/u] },
  { name: 'redis', files: /^server\/redis\//u, may: [/^server\/(?:redis\/|errors\.ts)/u, anyPackage] },
  {
    name: 'event log',
    files: /^server\/eventlog\//u,
    may: [shared, store, /^server\/(?:errors|ids)\.ts$/u, anyPackage],
  },
  { name: 'auth', files: /^server\/auth\//u, may: [shared, store, common, /^server\/auth\//u, anyPackage] },
  {
    name: 'rooms',
    files: /^server\/live\//u,
    may: [shared, store, common, guards, /^server\/live\//u, anyPackage],
  },
  {
    name: 'catch-up, calendars and import, which read and write what every feature stores and decides',
    files: /^server\/(?:calendar|catch-up|import)\//u,
    may: [
      shared,
      store,
      common,
      guards,
      /^server\/(?:calendar\/.*|import\/.*|[\w-]+\/(?:[\w-]+\/)?(?:[\w-]+-)?store|(\w+)s\/\1)\.ts$/u,
      anyPackage,
    ],
  },
  ...features.split('|').map((feature) => ({
    name: feature,
    files: new RegExp(`^server/${feature}/`, 'u'),
    may: [shared, store, common, guards, new RegExp(`^server/${feature}/`, 'u'), anyPackage],
  })),
  {
    name: 'the whole',
    files: /^server\/(?:app|health|index|server)\.ts$|^server\/cli\//u,
    may: [shared, /^server\//u, anyPackage],
  },
  {
    name: 'the common part',
    files: /^server\/[\w-]+\.ts$/u,
    may: [shared, store, common, guards, anyPackage],
  },
];

/** What a file imports and may not. */
function forbidden(file: string, text: string): string[] {
  const zone = zones.find(({ files }) => files.test(file));
  if (zone === undefined) return [`${file} is in no zone`];
  return importsOf(file, text)
    .filter(
      ({ from, typeOnly }) =>
        ![...zone.may, ...(typeOnly ? (zone.mayTypes ?? []) : [])].some((may) => may.test(from)),
    )
    .map(({ from }) => `${file} (${zone.name}) imports ${from}`);
}

/** Lines of files that match, but for files that may. */
function linesWith(pattern: RegExp, files: readonly string[], except: readonly string[]): string[] {
  return files
    .filter((file) => !except.includes(file))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, at) => (pattern.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
    );
}

describe('imports', () => {
  test('[RU20] stay within the zones of the house', () => {
    expect(product.flatMap((file) => forbidden(file, read(file)))).toEqual([]);
  });

  test.each([
    ['shared/geo.ts', "import { readFile } from 'node:fs';"],
    ['shared/geo.ts', "import type { Hono } from 'hono';"],
    ['client/main.tsx', "import type { Api } from '../server/app.ts';"],
    ['client/api.ts', "import { createApp } from '../server/app.ts';"],
    ['client/ui/Page.tsx', "const fs = await import('node:fs');"],
    ['server/incidents/store.ts', "import {\n  something,\n} from '../neighbourhoods/store.ts';"],
    ['server/push/sender.ts', "export * from '../live/rooms.ts';"],
    ['server/incidents/routes.ts', "import '../auth/routes.ts';"],
    ['server/incidents/incident.ts', "import { randomUUID } from 'node:crypto';"],
    ['server/incidents/incident.ts', "import { AppError } from '../errors.ts';"],
    ['server/incidents/reviews/review.ts', "import { AppError } from '../../errors.ts';"],
    ['server/incidents/sos/walk.ts', "import { createSosStore } from './store.ts';"],
    ['server/incidents/sos/routes.ts', "import { walk } from '../../neighbourhoods/store.ts';"],
    ['server/eventlog/eventlog.ts', "import { store } from '../incidents/store.ts';"],
    ['server/start.mjs', "import { pino } from 'pino';"],
    ['server/errors.ts', "import { eventually } from '../test/support/eventually.ts';"],
  ])('[RU20] %s may not say %s', (file, text) => {
    expect(forbidden(file, text)).toHaveLength(1);
  });

  test.each([
    ['client/api.ts', "import type { Api } from '../server/app.ts';"],
    ['shared/geo.ts', "// import { readFile } from 'node:fs';\nimport * as v from 'valibot';"],
    [
      'server/incidents/store.ts',
      "import type { Redis } from '../redis/client.ts';\nimport { AppError } from '../errors.ts';",
    ],
    ['server/incidents/incident.ts', "import type { Incident } from '../../shared/incidents.ts';"],
  ])('[RU20] %s may say %s', (file, text) => {
    expect(forbidden(file, text)).toEqual([]);
  });
});

describe('one place only', () => {
  test('[RU21] no file is longer than 400 lines', () => {
    const files = [
      ...product,
      ...filesIn('server', /\.lua$/u),
      ...filesIn('client', /\.(?:css|html)$/u),
      ...filesIn('test', /\.(?:tsx?|mjs)$/u),
    ];
    expect(files.filter((file) => read(file).trimEnd().split('\n').length > 400)).toEqual([]);
  });

  test('[RU22] the text of Redis keys is in one file', () => {
    expect(linesWith(/:n:|['"`]\{p(?:\d|\$|['"`])/u, product, ['server/redis/keys.ts'])).toEqual([]);
    expect(linesWith(/:n:|['"`]\{p(?:\d|\$|['"`])/u, ['server/redis/keys.ts'], [])).not.toEqual([]);
  });

  test('[RU23] the environment is read in one file, and by the launcher', () => {
    const typed = product.filter((file) => !file.endsWith('.mjs'));
    expect(linesWith(/process\.env\b/u, typed, ['server/env.ts'])).toEqual([]);
  });

  test('[RU24] decisions ask for neither clock nor chance', () => {
    const decisions = product.filter(
      (file) => zones.find(({ files }) => files.test(file))?.name === 'decisions',
    );
    expect(decisions).not.toEqual([]);
    expect(
      linesWith(/Date\.now|new Date\(\)|Math\.random|crypto\.|performance\.now|\basync\b/u, decisions, []),
    ).toEqual([]);
  });

  test('[RU25] nothing outside is named but the map’s makers, whom the operator can replace', () => {
    const hosts = /\bhttps?:\/\/(?!localhost\b|127\.0\.0\.1\b|\$\{|(?:tile|www)\.openstreetmap\.org\b)[\w[]/u;
    const code = product.filter((file) => !/\.test\./u.test(file));
    expect(linesWith(hosts, code, []).filter((line) => !/:\d+: (?:\/\/|\/?\*)/u.test(line))).toEqual([]);
  });

  test('[RU26] the lock file names no package source but the public one', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const sources = Object.values(lock.packages).flatMap(({ resolved }) =>
      resolved === undefined ? [] : [new URL(resolved).host],
    );
    expect([...new Set(sources)].filter((host) => host !== 'registry.npmjs.org')).toEqual([]);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  });
});

describe('rules and tests', () => {
  const specified = [...read('test/SPEC.md').matchAll(/^- ([A-Z]{2,3}\d+): /gmu)].map(
    (match) => match[1] ?? '',
  );
  const tested = new Set(
    filesIn('test', /\.test\.tsx?$/u).flatMap((file) =>
      [...read(file).matchAll(/['"`](?:\[[A-Z]{2,3}\d+\] ?)+/gu)].flatMap((match) =>
        [...match[0].matchAll(/\[(\w+)\]/gu)].map((id) => id[1] ?? ''),
      ),
    ),
  );

  test('[RU27] every rule is named by a test, every test’s rule is written down, once', () => {
    expect(specified).not.toEqual([]);
    expect(specified.filter((id) => !tested.has(id))).toEqual([]);
    expect([...tested].filter((id) => !specified.includes(id))).toEqual([]);
    expect(specified.filter((id, at) => specified.indexOf(id) !== at)).toEqual([]);
  });

  test('[RU42] no shared file has a hook of its own', () => {
    const shared = filesIn('test', /\.tsx?$/u).filter((file) => !/\.test\.tsx?$/u.test(file));
    const hooked = shared.filter((file) => /^(?:before|after)(?:Each|All)\(/mu.test(read(file)));
    // Run again for each test file.
    expect(hooked).toEqual(['test/support/setup.ts']);
  });
});
