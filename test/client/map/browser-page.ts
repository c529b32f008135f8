import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
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

/** The map components on a page of their own, under the product's content security policy, in real Chromium. */
export async function openMapSite(basemap?: string): Promise<MapSite> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-map-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, 'page'),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir: join(folder, 'site'), emptyOutDir: true },
  });
  const tiles = await openTiles({ tileUrl: 'none', basemap, dataDir: folder }, pino({ level: 'silent' }));
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    c.header('Content-Security-Policy', policy);
  });
  app.route('/', tiles.routes);
  app.use(serveStatic({ root: join(folder, 'site') }));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const browser = await launchChromium();
  const complaints: string[] = [];
  return {
    basemap: tiles.config,
    complaints,
    open: async (options = {}) => {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
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
      await browser.close();
      server.close();
      await tiles.close();
      await rm(folder, { recursive: true });
    },
  };
}
