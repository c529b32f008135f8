import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { openTiles, type BasemapConfig } from '../../../server/tiles/tiles.ts';
import { launchChromium } from '../../support/chromium.ts';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'";

export type MapSite = {
  basemap: BasemapConfig;
  /** A fresh page; what it logs as a warning or an error, and every foreign request, lands in `complaints`. */
  open: (options?: Parameters<Browser['newContext']>[0]) => Promise<Page>;
  complaints: string[];
  close: () => Promise<void>;
};

// One page and one browser for all test files of this worker: they end with it, and the page with the run's folder.
let building: Promise<string> | null = null;
let launching: Promise<Browser> | null = null;

async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(process.env['VIGIE_TEST_RUN'] ?? tmpdir(), 'map-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, 'page'),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}

/** The map components on a page of their own, under the product's content security policy, in real Chromium. */
export async function openMapSite(basemap?: string): Promise<MapSite> {
  const [page, browser] = await Promise.all([(building ??= buildPage()), (launching ??= launchChromium())]);
  const folder = await mkdtemp(join(tmpdir(), 'vigie-map-'));
  const tiles = await openTiles({ tileUrl: 'none', basemap, dataDir: folder }, pino({ level: 'silent' }));
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('Content-Security-Policy', policy);
  });
  app.route('/', tiles.routes);
  app.use(serveStatic({ root: page }));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const contexts = new Set<BrowserContext>();
  const complaints: string[] = [];
  return {
    basemap: tiles.config,
    complaints,
    open: async (options = {}) => {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
      contexts.add(context);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(origin) && !/^(?:data|blob):/u.test(url))
          complaints.push(`foreign request: ${url}`);
      });
      await page.goto(origin);
      await page.waitForFunction(() => 'mapPage' in window);
      return page;
    },
    close: async () => {
      for (const context of contexts) await context.close();
      server.close();
      await tiles.close();
      await rm(folder, { recursive: true });
    },
  };
}
