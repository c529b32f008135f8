import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createErrorHandler } from '../../../server/errors.ts';
import { openTiles, type Tiles, type TileSettings } from '../../../server/tiles/tiles.ts';
import { eventually } from '../../support/eventually.ts';
import { png, startTileServer, type TileServer } from './tile-server.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

let tileServer: TileServer;
let dataDir: string;
let clock: number;
let logged: string;
const opened: Tiles[] = [];

type App = { request: (path: string, init?: RequestInit) => Promise<Response> };

async function open(settings: Partial<TileSettings> = {}): Promise<App> {
  const sink = new Writable({
    write(chunk, _, done) {
      logged += String(chunk);
      done();
    },
  });
  const logger = pino({ level: 'info' }, sink);
  const now = () => clock;
  const publicUrl = 'https://vigie.example';
  const tiles = await openTiles(
    { tileUrl: tileServer.template, dataDir, publicUrl, now, ...settings },
    logger,
  );
  opened.push(tiles);
  const app = new Hono().route('/', tiles.routes);
  app.onError(createErrorHandler(logger));
  return { request: async (path, init) => app.request(path, init) };
}

beforeEach(async () => {
  tileServer = await startTileServer();
  dataDir = await mkdtemp(join(tmpdir(), 'vigie-tiles-'));
  clock = Date.now();
  logged = '';
});

afterEach(async () => {
  for (const tiles of opened.splice(0)) await tiles.close();
  await tileServer.close();
  await rm(dataDir, { recursive: true });
});

test('[MA1] a tile comes from the tile server under our own address, and the second time from the disk', async () => {
  const app = await open();
  const first = await app.request('/tiles/3/4/2');
  expect(first.status).toBe(200);
  expect(first.headers.get('Content-Type')).toBe('image/png');
  expect(Buffer.from(await first.arrayBuffer())).toEqual(png);
  expect(first.headers.get('Cache-Control')).toBe('public, max-age=604800');
  const second = await app.request('/tiles/3/4/2');
  expect(Buffer.from(await second.arrayBuffer())).toEqual(png);
  expect(tileServer.requests.map(({ path }) => path)).toEqual(['/3/4/2.png?key=secret']);
});

test('[MA1] what is on disk serves the next process too', async () => {
  await (await open()).request('/tiles/3/4/2');
  const again = await (await open()).request('/tiles/3/4/2');
  expect(again.status).toBe(200);
  expect(tileServer.requests).toHaveLength(1);
});

test('[MA2] the tile server learns the name of Vigie and of this installation, and nothing of the member', async () => {
  let headers: string[] = [];
  const plain = tileServer.answer;
  tileServer.answer = (request, response) => {
    headers = Object.keys(request.headers);
    plain(request, response);
  };
  const app = await open();
  await app.request('/tiles/0/0/0', {
    headers: { Cookie: 'vigie_session=x', 'X-Forwarded-For': '192.0.2.7', Referer: 'http://here/n/abc' },
  });
  expect(tileServer.requests[0]?.userAgent).toBe('Vigie/1.0 (neighbourhood watch; +https://vigie.example)');
  expect(headers).not.toContain('cookie');
  expect(headers).not.toContain('referer');
  expect(headers).not.toContain('x-forwarded-for');
});

test.each([
  '/tiles/20/0/0',
  '/tiles/-1/0/0',
  '/tiles/1/2/0',
  '/tiles/1/0/2',
  '/tiles/01/0/0',
  '/tiles/1.5/0/0',
  '/tiles/1e0/0/0',
  '/tiles/1/0/0.png',
  '/tiles/1/%2e%2e%2f/0',
  '/tiles/19/999999999999/0',
])('[MA3] %s is no tile: 404 as problem+json, and nobody is asked', async (path) => {
  const answer = await (await open()).request(path);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  expect(tileServer.requests).toEqual([]);
});

test('[MA4] pages of other sites cannot use this server as their tile server', async () => {
  const app = await open();
  const answer = await app.request('/tiles/0/0/0', { headers: { 'Sec-Fetch-Site': 'cross-site' } });
  expect(answer.status).toBe(403);
  expect(tileServer.requests).toEqual([]);
});

test('[MA5] however many ask for one tile at once, the tile server is asked once', async () => {
  const app = await open();
  const answers = await Promise.all(Array.from({ length: 40 }, () => app.request('/tiles/5/16/11')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  for (const answer of answers) expect(Buffer.from(await answer.arrayBuffer())).toEqual(png);
  expect(tileServer.requests).toHaveLength(1);
});

test('[MA5] at most six tiles are asked for at the same time, and all arrive', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  tileServer.answer = (_, response) => {
    waiting.push(() => response.writeHead(200, { 'Content-Type': 'image/png' }).end(png));
    most = Math.max(most, waiting.length);
  };
  const app = await open();
  const answers = Promise.all(Array.from({ length: 30 }, (_, x) => app.request(`/tiles/6/${x}/0`)));
  for (let answered = 0; answered < 30; answered += 6) {
    await eventually(() => waiting.length === 6);
    for (const answer of waiting.splice(0)) answer();
  }
  expect((await answers).every(({ status }) => status === 200)).toBe(true);
  expect(most).toBe(6);
});

test("[MA6] a tile is kept as long as the tile server says, at most seven days, and no-store isn't kept", async () => {
  const app = await open();
  const answerWith = (cacheControl: string) => {
    tileServer.answer = (_, response) =>
      response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': cacheControl }).end(png);
  };
  answerWith('max-age=3600');
  expect((await app.request('/tiles/2/0/0')).headers.get('Cache-Control')).toBe('public, max-age=3600');
  clock += 59 * minute;
  expect((await app.request('/tiles/2/0/0')).headers.get('Cache-Control')).toBe('public, max-age=60');
  expect(tileServer.requests).toHaveLength(1);
  clock += 2 * minute;
  await app.request('/tiles/2/0/0');
  expect(tileServer.requests).toHaveLength(2);
  answerWith('public, max-age=31536000');
  expect((await app.request('/tiles/2/1/0')).headers.get('Cache-Control')).toBe('public, max-age=604800');
  clock += 7 * day + 1;
  await app.request('/tiles/2/1/0');
  expect(tileServer.requests).toHaveLength(4);
  answerWith('no-store');
  await app.request('/tiles/2/2/0');
  await app.request('/tiles/2/2/0');
  expect(tileServer.requests).toHaveLength(6);
});

test('[MA6] a stale tile is asked for by its ETag, and "not modified" makes it fresh again', async () => {
  tileServer.answer = (request, response) => {
    const headers = { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=60', ETag: '"a"' };
    if (request.headers['if-none-match'] === '"a"') response.writeHead(304, headers).end();
    else response.writeHead(200, headers).end(png);
  };
  const app = await open();
  await app.request('/tiles/2/0/0');
  clock += 2 * minute;
  const again = await app.request('/tiles/2/0/0');
  expect(Buffer.from(await again.arrayBuffer())).toEqual(png);
  await app.request('/tiles/2/0/0');
  expect(tileServer.requests.map(({ ifNoneMatch }) => ifNoneMatch)).toEqual([undefined, '"a"']);
});

const large = Buffer.alloc(1024 * 1024 + 1);

test.each<[string, TileServer['answer']]>([
  ['HTML', (_, r) => r.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>sign in')],
  ['SVG', (_, r) => r.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end('<svg/>')],
  ['nothing', (_, r) => r.writeHead(200, { 'Content-Type': 'image/png' }).end()],
  ['more than 1 MiB', (_, r) => r.writeHead(200, { 'Content-Type': 'image/png' }).end(large)],
  [
    'more than 1 MiB, unannounced',
    (_, r) => {
      r.writeHead(200, { 'Content-Type': 'image/png' }).write(large.subarray(9));
      r.end(large);
    },
  ],
  ['a redirect', (_, r) => r.writeHead(302, { Location: 'http://127.0.0.1:9/' }).end()],
  ['an error', (_, r) => r.writeHead(500).end()],
])('[MA7] an answer of %s is refused with 503 and kept nowhere', async (_, answer) => {
  tileServer.answer = answer;
  const app = await open();
  const refused = await app.request('/tiles/0/0/0');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('Cache-Control')).toBe('no-store');
  const [folder = ''] = await readdir(join(dataDir, 'tiles'));
  expect(await readdir(join(dataDir, 'tiles', folder))).toEqual([]);
});

test('[MA7] a tile that the tile server does not have is 404, no-store, and no failure', async () => {
  tileServer.answer = (_, response) => response.writeHead(404).end();
  const app = await open();
  for (let x = 0; x < 8; x += 1) expect((await app.request(`/tiles/3/${x}/0`)).status).toBe(404);
  expect(tileServer.requests).toHaveLength(8);
});

test('[MA8] a tile server that fails is left alone: 15 s, twice as long each time, then asked once', async () => {
  tileServer.answer = (request) => request.socket.destroy();
  const app = await open();
  for (let x = 0; x < 10; x += 1) {
    const refused = await app.request(`/tiles/4/${x}/0`);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('Cache-Control')).toBe('no-store');
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
  }
  expect(tileServer.requests).toHaveLength(3);
  expect(logged).toContain('tile server left alone');
  expect(logged).not.toContain('secret');
  clock += 15_001;
  await Promise.all([0, 1, 2, 3].map((x) => app.request(`/tiles/4/${x}/0`)));
  expect(tileServer.requests).toHaveLength(4);
  clock += 15_001;
  await app.request('/tiles/4/0/0');
  expect(tileServer.requests).toHaveLength(4);
  clock += 15_000;
  tileServer.answer = (_, response) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(png);
  expect((await app.request('/tiles/4/0/0')).status).toBe(200);
  expect((await app.request('/tiles/4/1/0')).status).toBe(200);
});

test('[MA8] what queued up while the tile server fell silent is answered without asking it', async () => {
  tileServer.answer = (request) => request.socket.destroy();
  const app = await open();
  const answers = await Promise.all(Array.from({ length: 60 }, (_, x) => app.request(`/tiles/6/${x}/0`)));
  expect(answers.every(({ status }) => status === 503)).toBe(true);
  expect(tileServer.requests.length).toBeLessThanOrEqual(9);
});

test('[MA8] without the tile server an old tile is still shown', async () => {
  const app = await open();
  await app.request('/tiles/2/0/0');
  await tileServer.close();
  clock += 8 * day;
  const old = await app.request('/tiles/2/0/0');
  expect(old.status).toBe(200);
  expect(old.headers.get('Cache-Control')).toBe('public, max-age=60');
  tileServer = await startTileServer();
});

test('[MA9] the disk never holds more than its limit, and the tiles used least leave first', async () => {
  const body = Buffer.alloc(1000, 1);
  tileServer.answer = (_, response) => response.writeHead(200, { 'Content-Type': 'image/png' }).end(body);
  const app = await open({ cacheBytes: 5500 });
  for (let x = 0; x < 5; x += 1) await app.request(`/tiles/4/${x}/0`);
  await app.request('/tiles/4/0/0');
  await app.request('/tiles/4/5/0');
  const [folder = ''] = await readdir(join(dataDir, 'tiles'));
  const kept = await readdir(join(dataDir, 'tiles', folder));
  expect(kept.toSorted()).toEqual(['4-0-0', '4-2-0', '4-3-0', '4-4-0', '4-5-0']);
  await open({ cacheBytes: 2500 });
  expect(await readdir(join(dataDir, 'tiles', folder))).toHaveLength(2);
});

test('[MA9] tiles of another source and what a killed process left are removed at the start', async () => {
  await (await open()).request('/tiles/2/0/0');
  const [folder = ''] = await readdir(join(dataDir, 'tiles'));
  await writeFile(join(dataDir, 'tiles', folder, '.half'), 'x');
  await open();
  expect(await readdir(join(dataDir, 'tiles', folder))).toEqual(['2-0-0']);
  await open({ tileUrl: tileServer.template.replace('secret', 'other') });
  expect(await readdir(join(dataDir, 'tiles'))).not.toContain(folder);
});

test('[MA9] a damaged file is a tile that is not there', async () => {
  const app = await open();
  await app.request('/tiles/2/0/0');
  const [folder = ''] = await readdir(join(dataDir, 'tiles'));
  const path = join(dataDir, 'tiles', folder, '2-0-0');
  const whole = await readFile(path);
  await writeFile(path, whole.subarray(0, 20));
  expect((await app.request('/tiles/2/0/0')).status).toBe(200);
  expect(tileServer.requests).toHaveLength(2);
});

test('[MA10] without any source there is no route and the config says so', async () => {
  const logger = pino({ level: 'silent' });
  const tiles = await openTiles({ tileUrl: 'none', dataDir }, logger);
  expect(tiles.config).toBeNull();
  expect((await tiles.routes.request('/tiles/0/0/0')).status).toBe(404);
  expect(await readdir(dataDir)).toEqual([]);
});
