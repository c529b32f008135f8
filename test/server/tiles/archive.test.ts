import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { pino } from 'pino';
import { PMTiles } from 'pmtiles';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createErrorHandler } from '../../../server/errors.ts';
import { openTiles, type Tiles } from '../../../server/tiles/tiles.ts';
import { writePmtiles } from './pmtiles-file.ts';
import { png } from './tile-server.ts';

const logger = pino({ level: 'silent' });
const zoomTiles = [
  { z: 0, x: 0, y: 0, body: png },
  { z: 2, x: 1, y: 1, body: randomBytes(700) },
  { z: 2, x: 3, y: 3, body: randomBytes(300_000) },
];

let folder: string;
let path: string;
const opened: Tiles[] = [];

async function open(spec: Partial<Parameters<typeof writePmtiles>[1]>): Promise<{ app: Hono; tiles: Tiles }> {
  await writePmtiles(path, { tiles: zoomTiles, tileType: 2, ...spec });
  const tiles = await openTiles(
    { tileUrl: 'https://unused.example/{z}/{x}/{y}', basemap: path, dataDir: folder },
    logger,
  );
  opened.push(tiles);
  const app = new Hono().route('/', tiles.routes);
  app.onError(createErrorHandler(logger));
  return { app, tiles };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-archive-'));
  path = join(folder, 'town.pmtiles');
});

afterEach(async () => {
  for (const tiles of opened.splice(0)) await tiles.close();
  await rm(folder, { recursive: true });
});

test('[MA11] a raster archive serves its tiles, a hole as a transparent pixel, and nothing beyond its zooms', async () => {
  const { app, tiles } = await open({ metadata: { attribution: '<a href="x">&copy; Our town</a>' } });
  expect(tiles.config).toMatchObject({ kind: 'raster', minZoom: 0, maxZoom: 2, attribution: '© Our town' });
  const url = tiles.config?.url ?? '';
  expect(url).toMatch(/^\/tiles\/\{z\}\/\{x\}\/\{y\}\?v=[\w-]{16}$/u);
  for (const { z, x, y, body } of zoomTiles) {
    const filled = url.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));
    const answer = await app.request(filled);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('image/png');
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect(Buffer.from(await answer.arrayBuffer()).equals(body)).toBe(true);
  }
  const hole = await app.request('/tiles/2/0/0');
  expect(hole.status).toBe(200);
  expect(hole.headers.get('Cache-Control')).toBe('no-cache');
  expect((await hole.arrayBuffer()).byteLength).toBeLessThan(100);
  expect((await app.request('/tiles/3/0/0')).status).toBe(404);
  expect((await app.request('/tiles/2/4/0')).status).toBe(404);
});

test('[MA12] a vector archive is readable by ranges: whole, first, middle, open end, suffix, cut to the size', async () => {
  const { app, tiles } = await open({ tileType: 1 });
  expect(tiles.config).toMatchObject({ kind: 'vector', attribution: '© OpenStreetMap contributors' });
  const url = tiles.config?.url ?? '';
  const file = await readFile(path);
  const size = file.length;
  const whole = await app.request(url);
  expect(whole.status).toBe(200);
  expect(whole.headers.get('Accept-Ranges')).toBe('bytes');
  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(digest(new Uint8Array(await whole.arrayBuffer()))).toBe(digest(file));
  const cases: [string, number, number][] = [
    ['bytes=0-0', 0, 0],
    ['bytes=0-126', 0, 126],
    ['bytes=1000-290000', 1000, 290_000],
    [`bytes=${size - 5}-`, size - 5, size - 1],
    ['bytes=-7', size - 7, size - 1],
    [`bytes=-${size * 2}`, 0, size - 1],
    [`bytes=9-${size * 2}`, 9, size - 1],
  ];
  for (const [Range, first, last] of cases) {
    const part = await app.request(url, { headers: { Range } });
    expect(part.status).toBe(206);
    // Chromium's cache of ranges leaves holes in the map.
    expect(part.headers.get('Cache-Control')).toBe('no-store');
    expect(part.headers.get('Content-Range')).toBe(`bytes ${first}-${last}/${size}`);
    expect(part.headers.get('Content-Length')).toBe(String(last - first + 1));
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(first, last + 1))).toBe(true);
  }
});

test('[MA12] a range beyond the end is 416 with the size; a malformed or a multiple one gets the whole', async () => {
  const { app } = await open({ tileType: 1 });
  const { length } = await readFile(path);
  for (const Range of [`bytes=${length}-`, 'bytes=-0', 'bytes=99999999-99999999']) {
    const refused = await app.request('/basemap.pmtiles', { headers: { Range } });
    expect(refused.status).toBe(416);
    expect(refused.headers.get('Content-Range')).toBe(`bytes */${length}`);
  }
  for (const Range of ['bytes=5-2', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes=0-1,5-6', 'bytes=0-1 ; x']) {
    const whole = await app.request('/basemap.pmtiles', { headers: { Range } });
    expect(whole.status).toBe(200);
    expect((await whole.arrayBuffer()).byteLength).toBe(length);
  }
});

test('[MA13] the archive has an ETag: 304 for it, and no range of another version', async () => {
  const { app, tiles } = await open({ tileType: 1 });
  const head = await app.request(tiles.config?.url ?? '', { method: 'HEAD' });
  const etag = head.headers.get('ETag') ?? '';
  expect(head.status).toBe(200);
  expect((await head.arrayBuffer()).byteLength).toBe(0);
  expect(head.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  expect((await app.request('/basemap.pmtiles')).headers.get('Cache-Control')).toBe('no-cache');
  expect((await app.request('/basemap.pmtiles', { headers: { 'If-None-Match': etag } })).status).toBe(304);
  const rangeIf = (ifRange: string) =>
    app.request('/basemap.pmtiles', { headers: { Range: 'bytes=0-9', 'If-Range': ifRange } });
  expect((await rangeIf(etag)).status).toBe(206);
  expect((await rangeIf('"other"')).status).toBe(200);
  const { tiles: changed } = await open({ tileType: 1, metadata: { changed: true } });
  expect(changed.config?.url).not.toBe(tiles.config?.url);
});

test('[MA12] a PMTiles reader finds every tile through the ranges', async () => {
  const { app } = await open({ tileType: 1 });
  const reader = new PMTiles({
    getKey: () => 'town',
    getBytes: async (offset, length) => {
      const part = await app.request('/basemap.pmtiles', {
        headers: { Range: `bytes=${offset}-${offset + length - 1}` },
      });
      return { data: await part.arrayBuffer() };
    },
  });
  for (const { z, x, y, body } of zoomTiles) {
    const tile = await reader.getZxy(z, x, y);
    expect(Buffer.from(tile?.data ?? new ArrayBuffer()).equals(body)).toBe(true);
  }
});

test('[MA14] a missing, foreign or damaged BASEMAP stops the start with one line that names the file', async () => {
  const start = (basemap: string) => openTiles({ tileUrl: 'none', basemap, dataDir: folder }, logger);
  await expect(start(join(folder, 'none.pmtiles'))).rejects.toThrow('BASEMAP: cannot read none.pmtiles');
  await writeFile(path, 'GIF89a and then some'.repeat(50));
  await expect(start(path)).rejects.toThrow('BASEMAP: town.pmtiles is not a PMTiles v3 file');
  await writeFile(path, '');
  await expect(start(path)).rejects.toThrow('BASEMAP: town.pmtiles is not a PMTiles v3 file');
  await expect(start(folder)).rejects.toThrow('is not a file');
  await writePmtiles(path, { tiles: zoomTiles, tileType: 6 });
  await expect(start(path)).rejects.toThrow('neither images nor Mapbox vector tiles');
});

test('[MA34] the config says what an archive covers, unless its writer left that out', async () => {
  const corners: [number, number, number, number] = [7.409205, 43.72335, 7.448637, 43.75169];
  const { tiles } = await open({ tileType: 1, corners });
  expect(tiles.config?.bounds).toEqual({ west: 7.409205, south: 43.72335, east: 7.448637, north: 43.75169 });
  const { tiles: silent } = await open({ tileType: 1 });
  expect(silent.config).not.toHaveProperty('bounds');
});
