import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Incident } from '../../../shared/incidents.ts';
import { openMapSite } from './browser-page.ts';
import { incident } from './incidents.ts';
import { townView, writeVectorTown } from './vector-town.ts';
import {
  boundary,
  calm,
  editorAt,
  ground,
  neighbourhood,
  seriousIssues,
  street,
  useMapSite,
} from './map-test.ts';

const open = useMapSite();

const four: Incident[] = [
  incident(1, 48.8535, 2.348, { severity: 'minor' }),
  incident(2, 48.8535, 2.352, { severity: 'extreme', status: 'closed' }),
  incident(3, 48.8555, 2.348, { severity: 'severe' }),
  incident(4, 48.8555, 2.352, { severity: 'extreme' }),
];

test.each(['light', 'dark'] as const)('[MA31] axe finds nothing serious on any map (%s)', async (theme) => {
  const page = await open();
  const basemap = {
    kind: 'raster',
    url: '/none/{z}/{x}/{y}',
    attribution: '© OpenStreetMap contributors',
    minZoom: 19,
    maxZoom: 19,
  } as const;
  const near = [...four, incident(8, 48.8535, 2.34801), incident(9, 48.8535, 2.35201, { status: 'closed' })];
  await neighbourhood(page, {
    theme,
    basemap,
    incidents: near,
    startView: street,
    selectedId: four[0]?.id ?? null,
  });
  await page.locator('.pin').nth(3).waitFor();
  expect(await seriousIssues(page)).toEqual([]);
  await page.evaluate((props) => window.mapPage.picker(props), { ...ground, theme, boundary, value: null });
  await page.locator('.picker__pin').waitFor();
  expect(await seriousIssues(page)).toEqual([]);
  await editorAt(page, { theme, value: boundary });
  await page.getByRole('button', { name: 'Corner 4 of 4' }).waitFor();
  expect(await seriousIssues(page)).toEqual([]);
});

test('[MA32] the source is named on every map as plain words that lead to the licence', async () => {
  const page = await open();
  const attribution = '<img src=x onerror=alert(1)> © OpenStreetMap contributors';
  const basemap = {
    kind: 'raster',
    url: '/none/{z}/{x}/{y}',
    attribution,
    minZoom: 19,
    maxZoom: 19,
  } as const;
  const link = page.getByRole('link', { name: attribution });
  await neighbourhood(page, { basemap, startView: street });
  await link.waitFor();
  await expect.poll(() => link.getAttribute('href')).toBe('https://www.openstreetmap.org/copyright');
  await page.evaluate((props) => window.mapPage.place(props), {
    ...ground,
    basemap,
    boundary,
    incident: incident(1, 48.855, 2.35),
  });
  await page.locator('.pin').waitFor();
  await link.waitFor();
  expect(await page.locator('img[onerror]').count()).toBe(0);
});

test('[MA36] a ground that cannot be had is told once it failed, and not where there is none', async () => {
  const page = await open();
  const words = page.getByText('The map’s background is not reachable.');
  const basemap = {
    kind: 'raster',
    url: '/none/{z}/{x}/{y}',
    attribution: '©',
    minZoom: 0,
    maxZoom: 19,
  } as const;
  await page.route('**/none/**', (route) => route.fulfill({ status: 204 }));
  await neighbourhood(page, { basemap, startView: street });
  await words.waitFor();
  await neighbourhood(page, { basemap: null, startView: street });
  await words.waitFor({ state: 'detached' });
});

/** The colours of the canvases, sampled. */
const coloursSeen = (page: Page) =>
  page.evaluate(() => {
    const found = new Set<string>();
    const copy = document.createElement('canvas');
    const context = copy.getContext('2d', { willReadFrequently: true });
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas.leaflet-tile')) {
      if (canvas.width === 0 || context === null) continue;
      [copy.width, copy.height] = [canvas.width, canvas.height];
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      for (let i = 0; i < data.length; i += 4 * 37)
        found.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
    }
    return [...found];
  });

const tokenColour = (page: Page, token: string) =>
  page.evaluate((name) => {
    const probe = document.createElement('i');
    probe.style.color = `var(${name})`;
    document.querySelector('.map')?.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }, token);

test.each(['openmaptiles', 'protomaps'] as const)(
  '[MA33] a vector basemap of the %s schema is drawn in the theme’s own colours, under a policy of self only',
  async (schema) => {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-vector-'));
    const path = join(folder, 'town.pmtiles');
    await writeVectorTown(path, schema);
    const site = await openMapSite(path);
    try {
      const page = await site.open();
      const seen: string[][] = [];
      for (const theme of ['light', 'dark'] as const) {
        const props = { ...calm, ...townView, theme, basemap: site.basemap };
        await page.evaluate((all) => window.mapPage.neighbourhood(all), props);
        const tokens = ['--ground-land', '--ground-water', '--ground-road'];
        const wanted = await Promise.all(tokens.map((token) => tokenColour(page, token)));
        await expect.poll(() => coloursSeen(page)).toEqual(expect.arrayContaining(wanted));
        seen.push(wanted);
      }
      expect(seen[0]).not.toEqual(seen[1]);
      expect(site.complaints).toEqual([]);
    } finally {
      await site.close();
      await rm(folder, { recursive: true });
    }
  },
);
