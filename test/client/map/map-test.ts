import axeCore, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { type MapSite, openMapSite } from './browser-page.ts';
import type { MapPage } from './page/main.tsx';

type NeighbourhoodProps = Parameters<MapPage['neighbourhood']>[0];
type EditorProps = Parameters<MapPage['editor']>[0];

export const boundary: BoundaryGeometry = {
  type: 'Polygon',
  coordinates: [[[2.34, 48.85], [2.36, 48.85], [2.36, 48.86], [2.34, 48.86], [2.34, 48.85]]],
}; // prettier-ignore
export const ground = { basemap: null, theme: 'light', locale: 'en' } as const;
export const calm: NeighbourhoodProps = { ...ground, boundary, incidents: [], selectedId: null };
export const street = { centre: { lat: 48.855, lng: 2.35 }, zoom: 16 };
export const padding = { top: 56, right: 0, bottom: 300, left: 0 };

/** Opens the site for a test file; returns how to open a page, closed after each test, which must not complain. */
export function useMapSite(): (options?: Parameters<MapSite['open']>[0]) => Promise<Page> {
  let site: MapSite;
  const pages: Page[] = [];
  beforeAll(async () => {
    site = await openMapSite();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    expect(site.complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await site.close();
  });
  return async (options) => {
    const page = await site.open(options);
    pages.push(page);
    return page;
  };
}

/** Resolves when the effects of what is drawn by now have run: Preact runs them after the next frame. */
export const effectsHaveRun = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        // Of the frame after it too, where an effect made something be drawn.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
      }),
  );

/** All of a map's effects run in one turn: with its ground there, everything listens. */
const mapIsReady = (page: Page) => page.locator('.map__canvas[data-ground]').waitFor();

export async function neighbourhood(page: Page, props: Partial<NeighbourhoodProps>): Promise<void> {
  await page.evaluate((all) => window.mapPage.neighbourhood(all), { ...calm, ...props });
  await mapIsReady(page);
}

export async function editorAt(page: Page, props: Partial<EditorProps> = {}): Promise<void> {
  const all = { ...ground, value: null, startView: street, ...props };
  await page.evaluate((given) => window.mapPage.editor(given), all);
  await mapIsReady(page);
}

/** Presses an arrow key upon the map, and waits until it has come to rest. */
export async function pressArrow(page: Page, key: string): Promise<void> {
  await page.locator('.map__canvas').focus();
  await page.keyboard.press(key);
  await page.locator('.leaflet-pan-anim').waitFor({ state: 'detached' });
}

/** The arguments of each call of a callback, in order. */
export const calls = (page: Page, name: string) =>
  page.evaluate(
    (wanted) => window.mapPage.calls.filter((call) => call.name === wanted).map(({ args }) => args),
    name,
  );

export const lastBoundary = async (page: Page) =>
  (await calls(page, 'change')).at(-1)?.[0] as BoundaryGeometry | null;

export const pinNames = (page: Page) =>
  page.locator('.pin').evaluateAll((pins) => pins.map((pin) => pin.getAttribute('aria-label')));

export const focusName = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** What axe calls serious or critical, with the element. */
export async function seriousIssues(page: Page): Promise<string[]> {
  await page.evaluate(`${axeCore.source}; undefined`);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
