import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import type { Config } from '../../shared/config.ts';
import { AppError } from '../errors.ts';
import { type Archive, openArchive } from './archive.ts';
import { parseRange } from './byte-range.ts';
import { DiskCache } from './disk-cache.ts';
import { parseTileAddress } from './tile-address.ts';
import { Upstream } from './upstream.ts';

const attribution = '© OpenStreetMap contributors';
const proxiedZooms = { min: 0, max: 19 };
const week = 7 * 24 * 60 * 60;
const forEver = 'public, max-age=31536000, immutable';
// Sparse archives have holes. A transparent pixel keeps browsers from logging each of them as an error.
const emptyTile = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII='),
  (char) => char.codePointAt(0) ?? 0,
);

/** What `GET /api/config` tells the client under `basemap`. */
export type BasemapConfig = Config['basemap'];

export type TileSettings = {
  /** `{z}`, `{x}`, `{y}` template of a raster tile server, or `none`. */
  tileUrl: string;
  /** A .pmtiles file; goes before `tileUrl`. */
  basemap?: string | undefined;
  dataDir: string;
  publicUrl?: string | undefined;
  /** Bytes of proxied tiles kept on disk; 256 MiB unless told. */
  cacheBytes?: number;
  now?: () => number;
};

export type Tiles = {
  routes: Hono;
  config: BasemapConfig;
  close: () => Promise<void>;
};

/** Tiles are for our own pages: other sites must not use a neighbour's machine as their tile server. */
function refuseForeignPages(c: Context): void {
  if (c.req.header('Sec-Fetch-Site') === 'cross-site') throw new AppError('FORBIDDEN');
}

const sharedHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

function cacheControl(c: Context, version: string): string {
  return c.req.query('v') === version ? forEver : 'no-cache';
}

function rasterRoutes(archive: Archive): Hono {
  const zooms = { min: archive.header.minZoom, max: archive.header.maxZoom };
  return new Hono().get('/tiles/:z/:x/:y', async (c) => {
    refuseForeignPages(c);
    const address = parseTileAddress(c.req.param(), zooms);
    if (address === null) throw new AppError('NOT_FOUND');
    const tile = (await archive.tile(address)) ?? { type: 'image/png', body: emptyTile };
    return c.body(tile.body, 200, {
      ...sharedHeaders,
      'Content-Type': tile.type,
      'Cache-Control': cacheControl(c, archive.version),
    });
  });
}

function vectorRoutes(archive: Archive): Hono {
  const etag = `"${archive.version}"`;
  const { size } = archive;
  return new Hono().on(['GET', 'HEAD'], '/basemap.pmtiles', (c) => {
    refuseForeignPages(c);
    const headers = {
      ...sharedHeaders,
      'Content-Type': 'application/vnd.pmtiles',
      'Cache-Control': cacheControl(c, archive.version),
      'Accept-Ranges': 'bytes',
      ETag: etag,
    };
    if (c.req.header('If-None-Match') === etag) return c.body(null, 304, headers);
    // RFC 9110, section 13.1.5: another version's range would be torn, so it gets the whole.
    const sameVersion = [undefined, etag].includes(c.req.header('If-Range'));
    const range = sameVersion ? parseRange(c.req.header('Range'), size) : null;
    if (range === 'unsatisfiable') {
      return c.body(null, 416, {
        ...sharedHeaders,
        'Content-Range': `bytes */${size}`,
        'Cache-Control': 'no-store',
      });
    }
    const part = range ?? { first: 0, last: size - 1 };
    const body = c.req.method === 'HEAD' ? null : archive.stream(part);
    const length = { 'Content-Length': String(part.last - part.first + 1) };
    if (range === null) return c.newResponse(body, 200, { ...headers, ...length });
    // Chromium's cache, asked for several kept ranges of one file at once, lets one of them fail: a hole in the map.
    const notKept = { 'Cache-Control': 'no-store' };
    const contentRange = `bytes ${part.first}-${part.last}/${size}`;
    return c.newResponse(body, 206, { ...headers, ...notKept, ...length, 'Content-Range': contentRange });
  });
}

function proxyRoutes(upstream: Upstream): Hono {
  return new Hono().get('/tiles/:z/:x/:y', async (c) => {
    refuseForeignPages(c);
    const address = parseTileAddress(c.req.param(), proxiedZooms);
    if (address === null) throw new AppError('NOT_FOUND');
    const found = await upstream.get(address);
    if (found.kind === 'unavailable') throw new AppError('UNAVAILABLE', { retryAfter: found.retryAfter });
    if (found.kind === 'absent') throw new AppError('NOT_FOUND');
    return c.body(found.tile.body, 200, {
      ...sharedHeaders,
      'Content-Type': found.tile.type,
      'Cache-Control': `public, max-age=${Math.floor(Math.min(week, found.maxAge))}`,
    });
  });
}

async function openArchiveTiles(path: string): Promise<Tiles> {
  const archive = await openArchive(path);
  const { kind, version, header } = archive;
  const { minLon: west, minLat: south, maxLon: east, maxLat: north } = header;
  // Some writers leave the corners at zero.
  const covers = west < east && south < north;
  return {
    routes: kind === 'raster' ? rasterRoutes(archive) : vectorRoutes(archive),
    config: {
      kind,
      // The version lets browsers keep what they have for ever, and still notice another file.
      url: kind === 'raster' ? `/tiles/{z}/{x}/{y}?v=${version}` : `/basemap.pmtiles?v=${version}`,
      attribution: archive.attribution ?? attribution,
      minZoom: header.minZoom,
      maxZoom: header.maxZoom,
      ...(covers && { bounds: { west, south, east, north } }),
    },
    close: archive.close,
  };
}

/**
 * Opens what the operator chose as the ground of every map: a .pmtiles file, a tile server behind our own address
 * (so that no third party learns who looks where), or nothing.
 * @throws BasemapError with one clear line where the file cannot be used
 */
export async function openTiles(settings: TileSettings, logger: Logger): Promise<Tiles> {
  const { tileUrl, basemap, dataDir, publicUrl, cacheBytes = 256 * 1024 * 1024, now = Date.now } = settings;
  if (basemap !== undefined) return openArchiveTiles(basemap);
  if (tileUrl === 'none') return { routes: new Hono(), config: null, close: () => Promise.resolve() };
  const name = createHash('sha256').update(tileUrl).digest('hex').slice(0, 16);
  const cache = await DiskCache.open(join(dataDir, 'tiles'), name, cacheBytes);
  const userAgent = `Vigie/1.0 (neighbourhood watch${publicUrl === undefined ? '' : `; +${publicUrl}`})`;
  const upstream = new Upstream({ template: tileUrl, userAgent, cache, logger, now });
  return {
    routes: proxyRoutes(upstream),
    config: {
      kind: 'raster',
      url: '/tiles/{z}/{x}/{y}',
      attribution,
      minZoom: proxiedZooms.min,
      maxZoom: proxiedZooms.max,
    },
    close: async () => {
      upstream.close();
      await cache.close();
    },
  };
}
