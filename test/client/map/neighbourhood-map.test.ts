import { expect, test } from 'vitest';
import type { MapView } from '../../../client/map/props.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../../shared/neighbourhoods.ts';
import { incident } from './incidents.ts';
import { calls, focusName, neighbourhood, padding, pinNames, street, useMapSite } from './map-test.ts';

const open = useMapSite();

declare global {
  /** Rings that began on the page so far. */
  var rings: number; // oxlint-disable-line no-var -- a global's type
}

const four: Incident[] = [
  incident(1, 48.8535, 2.348, { severity: 'minor' }),
  incident(2, 48.8535, 2.352, { severity: 'extreme', status: 'closed' }),
  incident(3, 48.8555, 2.348, { severity: 'severe' }),
  incident(4, 48.8555, 2.352, { severity: 'extreme' }),
];

test('[MA20] severity is a shape, status a fill, category an icon; without a basemap there is a scale', async () => {
  const page = await open();
  await neighbourhood(page, { incidents: four, startView: street });
  await page.locator('.pin').nth(3).waitFor();
  const shapes = await page
    .locator('.pin .severity__shape')
    .evaluateAll((paths) => paths.map((path) => `${path.getAttribute('d')} ${getComputedStyle(path).fill}`));
  expect(new Set(shapes).size).toBe(4);
  await expect.poll(() => page.locator('.pin .severity__icon').count()).toBe(4);
  await expect.poll(() => page.locator('.leaflet-control-scale-line').textContent()).toMatch(/ m$/u);
  await expect.poll(() => page.locator('.map__attribution').count()).toBe(0);
});

test('[MA21] Tab goes through the pins in the list’s order; Enter and Space open them, after a drag too', async () => {
  const page = await open({ viewport: { width: 800, height: 800 } });
  await neighbourhood(page, { incidents: four, startView: street });
  await page.locator('.pin').nth(3).waitFor();
  await expect
    .poll(() => pinNames(page))
    .toEqual(['extreme: fire, open', 'severe: fire, open', 'minor: fire, open', 'extreme: fire, closed']);
  await page.mouse.move(400, 600);
  await page.mouse.down();
  await page.mouse.move(380, 590, { steps: 4 });
  await page.mouse.up();
  await page.locator('.map__canvas').focus();
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i += 1) {
    await page.keyboard.press('Tab');
    seen.push(await focusName(page));
    await page.keyboard.press(i % 2 === 0 ? 'Enter' : 'Space');
  }
  expect(seen).toEqual(await pinNames(page));
  await expect
    .poll(() => calls(page, 'select'))
    .toEqual([[four[3]?.id], [four[2]?.id], [four[0]?.id], [four[1]?.id]]);
});

test('[MA21] a tap on a pin opens it, a drag that starts on it moves the map instead', async () => {
  const page = await open();
  await neighbourhood(page, { incidents: [incident(1, 48.855, 2.35)], startView: street });
  const pin = page.locator('.pin');
  await pin.click();
  await expect.poll(() => calls(page, 'select')).toHaveLength(1);
  const box = await pin.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 24, (box?.y ?? 0) + 24];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await pin.boundingBox())?.x).toBeGreaterThan(x + 20);
  await expect.poll(() => calls(page, 'select')).toHaveLength(1);
});

test('[MA22] a live arrival adds its own pin and a ring, and touches no other element', async () => {
  const page = await open();
  await neighbourhood(page, { incidents: four.slice(0, 3), startView: street });
  await page.locator('.pin').nth(2).waitFor();
  await page
    .locator('.pin')
    .evaluateAll((pins) => pins.forEach((pin, i) => pin.setAttribute('data-was', String(i))));
  // A ring is gone soon, on a slow machine before anybody looks: what appears is noted.
  await page.locator('.leaflet-shadow-pane').evaluate((pane) => {
    Object.assign(globalThis, { rings: 0 });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) globalThis.rings += addedNodes.length;
    }).observe(pane, { childList: true });
  });
  const rings = () => page.evaluate(() => globalThis.rings);
  await neighbourhood(page, { incidents: four, arrivals: [four[3]?.id ?? ''], startView: street });
  await page.locator('.pin:not([data-was]).pin--dropping').waitFor();
  await expect.poll(() => page.locator('.pin[data-was]').count()).toBe(3);
  await expect.poll(rings).toBe(1);
  await page.locator('.pin-ring').waitFor({ state: 'detached' });
  await neighbourhood(page, { incidents: [...four], arrivals: [four[3]?.id ?? ''], startView: street });
  await expect.poll(() => rings()).toBe(1);
});

test('[MA22] with reduced motion nothing drops and nothing rings', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  await neighbourhood(page, { incidents: four, arrivals: [four[3]?.id ?? ''], startView: street });
  await page.locator('.pin').nth(3).waitFor();
  await expect.poll(() => page.locator('.pin-ring, .pin--dropping').count()).toBe(0);
});

test('[MA22] an incident that changes keeps its element and its focus', async () => {
  const page = await open();
  await neighbourhood(page, { incidents: four, startView: street });
  await page.getByRole('button', { name: 'severe: fire, open' }).focus();
  const changed = four.map((one, i) => (i === 2 ? { ...one, version: 2, status: 'closed' as const } : one));
  await neighbourhood(page, { incidents: changed, startView: street });
  await expect.poll(() => focusName(page)).toBe('severe: fire, closed');
});

test('[MA23] the selected incident is highlighted and brought to where nothing covers the map', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  const low = incident(9, 48.8505, 2.3505, { severity: 'severe' });
  await neighbourhood(page, { incidents: [...four, low], padding, startView: street });
  await page.locator('.pin').first().waitFor();
  await neighbourhood(page, { incidents: [...four, low], padding, startView: street, selectedId: low.id });
  const selected = page.locator('.pin[aria-current="true"]');
  await selected.waitFor();
  const middle = async () => {
    const box = await selected.boundingBox();
    return box === null ? 0 : box.y + box.height / 2;
  };
  await expect.poll(middle).toBeGreaterThan(padding.top);
  await expect.poll(middle).toBeLessThan(844 - padding.bottom);
});

test('[MA23] a selected incident is shown by itself, even inside a cluster', async () => {
  const page = await open();
  const near = [incident(1, 48.855, 2.35), incident(2, 48.855, 2.3501), incident(3, 48.8551, 2.35)];
  await neighbourhood(page, {
    incidents: near,
    selectedId: near[1]?.id ?? null,
    startView: { ...street, zoom: 14 },
  });
  await page.locator('.pin--selected').waitFor();
  await expect
    .poll(() => pinNames(page))
    .toEqual(['moderate: fire, open', expect.stringMatching(/^3 incidents.*, the worst: moderate/u)]);
});

test('[MA38] an alert that waits for the network is drawn by itself and is no incident', async () => {
  const page = await open();
  const waiting = [{ category: 'fire', severity: 'severe', position: { lat: 48.855, lng: 2.35 } } as const];
  await neighbourhood(page, { incidents: four, startView: street, waiting });
  await page.locator('.pin--waiting').waitFor();
  await expect.poll(() => page.locator('button.pin').count()).toBe(4);
  await neighbourhood(page, { incidents: four, startView: street, waiting: [] });
  await page.locator('.pin--waiting').waitFor({ state: 'detached' });
});

test('[MA37] a column beside the map leaves its middle where it was, and the selected incident in view', async () => {
  const page = await open({ reducedMotion: 'reduce', viewport: { width: 1000, height: 700 } });
  const edge = incident(1, 48.855, 2.3548);
  await neighbourhood(page, { incidents: [edge], startView: street });
  const middle = async () =>
    ((await calls(page, 'view')).at(-1) as [{ centre: { lng: number } }])[0].centre.lng;
  const beside = (pixels: number) =>
    page.locator('#app').evaluate((app, width) => (app.style.width = `calc(100% - ${width}px)`), pixels);
  const before = await middle();
  await beside(380);
  await expect.poll(async () => (await calls(page, 'view')).length).toBeGreaterThan(1);
  await expect.poll(middle).toBeCloseTo(before, 4);
  await beside(0);
  await neighbourhood(page, { incidents: [edge], startView: street, selectedId: edge.id });
  await beside(640);
  await expect.poll(async () => (await page.locator('.pin').boundingBox())?.x).toBeLessThan(360 - 48);
});

test('[MA24] a cluster opens by coming closer; one of a single place opens its incidents one after the other', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  const near = [incident(1, 48.855, 2.35), incident(2, 48.855, 2.3504)];
  await neighbourhood(page, { incidents: near, startView: { ...street, zoom: 13 } });
  await page.getByRole('button', { name: /2 incidents/u }).click();
  await expect.poll(() => page.locator('.pin--incident').count()).toBe(2);
  const same = [incident(5, 48.855, 2.35), incident(6, 48.855, 2.35)];
  await neighbourhood(page, { incidents: same, startView: street });
  const cluster = page.getByRole('button', { name: /2 incidents at one place/u });
  await cluster.click();
  await expect.poll(() => calls(page, 'select')).toHaveLength(1);
  await neighbourhood(page, { incidents: same, startView: street, selectedId: same[1]?.id ?? null });
  await cluster.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => calls(page, 'select')).toEqual([[same[1]?.id], [same[0]?.id]]);
});

test('[MA25] the view is reported without what is covered, and in one piece across the antimeridian', async () => {
  const page = await open();
  const island: BoundaryGeometry = {
    type: 'MultiPolygon',
    coordinates: [
      [[[179.9, -17], [180, -17], [180, -16.9], [179.9, -16.9], [179.9, -17]]],
      [[[-180, -17], [-179.9, -17], [-179.9, -16.9], [-180, -16.9], [-180, -17]]],
    ],
  }; // prettier-ignore
  const both = [incident(1, -16.95, 179.95), incident(2, -16.95, -179.95)];
  await neighbourhood(page, { boundary: island, incidents: both, padding });
  await expect.poll(() => page.locator('.pin--incident').count()).toBe(2);
  const views = await calls(page, 'view');
  const bbox = (views.at(-1)?.[0] as MapView | undefined)?.bbox ?? { west: 0, south: 0, east: 0, north: 0 };
  expect(bbox.west).toBeGreaterThan(179);
  expect(bbox.east).toBeLessThan(-179);
  expect(bbox.north - bbox.south).toBeGreaterThan(0.1);
  const line = await page.locator('.boundary-line').boundingBox();
  expect(line?.width).toBeLessThanOrEqual(390);
  expect(line?.y).toBeGreaterThanOrEqual(padding.top - 3);
  expect((line?.y ?? 0) + (line?.height ?? 0)).toBeLessThanOrEqual(844 - padding.bottom + 3);
});

test('[MA26] my position is asked for only on demand, shown with its accuracy, and put away again', async () => {
  const page = await open({
    geolocation: { latitude: 48.8552, longitude: 2.3512, accuracy: 80 },
    permissions: ['geolocation'],
  });
  await page.evaluate(() => {
    const watch = navigator.geolocation.watchPosition.bind(navigator.geolocation);
    navigator.geolocation.watchPosition = (...args) => {
      window.mapPage.calls.push({ name: 'watch', args: [] });
      return watch(...args);
    };
  });
  await neighbourhood(page, { startView: street });
  const button = page.getByRole('button', { name: 'My position' });
  await button.waitFor();
  await expect.poll(() => calls(page, 'watch')).toHaveLength(0);
  await button.click();
  await page.locator('.me-dot').waitFor();
  await expect.poll(() => page.locator('.me-accuracy').count()).toBe(1);
  await button.click();
  await expect.poll(() => page.locator('.me-dot').count()).toBe(0);
});

test('[MA26] a refused position says so in words', async () => {
  const page = await open({ permissions: [] });
  await page.evaluate(() => {
    navigator.geolocation.watchPosition = (_, failed) => {
      failed?.({ code: 1, message: '', PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 });
      return 1;
    };
  });
  await neighbourhood(page, { locale: 'fr', startView: street });
  await page.getByRole('button', { name: 'Ma position' }).click();
  await page.getByText('Cette page n’a pas accès à votre position.').waitFor();
});
