import { expect, test } from 'vitest';
import {
  boundary,
  calls,
  editorAt,
  effectsHaveRun,
  focusName,
  ground,
  lastBoundary,
  padding,
  pressArrow,
  useMapSite,
} from './map-test.ts';

const open = useMapSite();

test('[MA27] the picker reports what lies under its pin, and says when that is more than 500 m outside', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  const value = { lat: 48.8555, lng: 2.3555 };
  await page.evaluate((props) => window.mapPage.picker(props), { ...ground, boundary, value, padding });
  await expect.poll(async () => (await calls(page, 'change')).length).toBeGreaterThan(0);
  const last = async () => (await calls(page, 'change')).at(-1) as [{ lat: number; lng: number }, boolean];
  const [first, inside] = await last();
  expect(first.lat).toBeCloseTo(value.lat, 4);
  expect(first.lng).toBeCloseTo(value.lng, 4);
  expect(inside).toBe(true);
  const tip = await page.locator('.picker').boundingBox();
  expect(tip?.x).toBeCloseTo(195, 0);
  expect(tip?.y).toBeCloseTo(padding.top + (844 - padding.top - padding.bottom) / 2, 0);
  await pressArrow(page, 'ArrowRight');
  await expect.poll(async () => (await last())[0].lng).toBeGreaterThan(first.lng);
  expect((await last())[0].lng - first.lng).toBeLessThan(0.001);
  for (let i = 0; i < 4; i += 1) {
    await page.mouse.move(350, 400);
    await page.mouse.down();
    await page.mouse.move(20, 400, { steps: 6 });
    await page.mouse.up();
  }
  await page.getByText('This is more than 500 m outside the neighbourhood.').waitFor();
  await expect.poll(async () => (await last())[1]).toBe(false);
});

test('[MA27] a tap brings what was touched under the pin, and a second one comes closer there', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  const under = { lat: 48.8555, lng: 2.3555 };
  await page.evaluate((props) => window.mapPage.picker(props), { ...ground, boundary, value: under });
  const last = async () => (await calls(page, 'change')).at(-1) as [{ lat: number; lng: number }, boolean];
  await expect.poll(async () => (await calls(page, 'change')).length).toBeGreaterThan(0);
  const { x = 0, y = 0 } = (await page.locator('.picker').boundingBox()) ?? {};
  await page.mouse.click(x + 60, y - 40);
  await expect.poll(async () => (await last())[0].lat).toBeGreaterThan(under.lat);
  expect((await last())[0].lng).toBeGreaterThan(under.lng);
  await page.mouse.click(x - 60, y + 40);
  await expect.poll(async () => (await last())[0].lng).toBeCloseTo(under.lng, 4);
  expect((await last())[0].lat).toBeCloseTo(under.lat, 4);
  await page.mouse.dblclick(x + 60, y - 40);
  await expect.poll(async () => (await last())[0].lng).toBeGreaterThan(under.lng);
  const [chosen] = await last();
  await page.mouse.click(x - 60, y + 40);
  await expect.poll(async () => (await last())[0].lng).toBeLessThan(chosen.lng);
  // Half of what it was before coming closer.
  expect((await last())[0].lng).toBeGreaterThan((chosen.lng + 2 * under.lng) / 3);
});

test('[MA35] a place is reported as it was given, and not when the picker leaves the page', async () => {
  const page = await open();
  const value = { lat: 48.8555123, lng: 2.3555123 };
  await page.evaluate((props) => window.mapPage.picker(props), { ...ground, boundary, value });
  await expect.poll(() => calls(page, 'change')).toEqual([[value, true]]);
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.mapPage.leave();
        // Sizes are observed before the frame is drawn.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
      }),
  );
  await expect.poll(() => calls(page, 'change')).toEqual([[value, true]]);
});

test('[MA35] the middle of the neighbourhood is no place until the map is moved, and a new size leaves it there', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  await page.evaluate((props) => window.mapPage.picker(props), { ...ground, boundary, value: null });
  await page.locator('.map__canvas[data-ground]').waitFor();
  await page.getByRole('button', { name: 'Closer' }).click();
  await page.setViewportSize({ width: 700, height: 500 });
  await expect.poll(async () => (await page.locator('.map__canvas').boundingBox())?.width).toBe(700);
  await effectsHaveRun(page);
  await expect.poll(() => calls(page, 'change')).toEqual([]);
  await pressArrow(page, 'ArrowRight');
  await expect.poll(async () => (await calls(page, 'change')).length).toBeGreaterThan(0);
  const [place] = (await calls(page, 'change')).at(-1) as [{ lat: number; lng: number }];
  expect(place.lat).toBeCloseTo(48.855, 4);
  expect(place.lng).toBeGreaterThan(2.35);
  expect(place.lng).toBeLessThan(2.3525);
});

test('[MA28] a boundary is drawn by tapping, closed, and its corners moved, added, removed and brought back', async () => {
  const page = await open();
  await editorAt(page);
  await page.getByText('Tap the corners of the neighbourhood').waitFor();
  for (const [x, y] of [[100, 200], [300, 200], [300, 400], [100, 400]] as const) await page.mouse.click(x, y); // prettier-ignore
  await page.getByRole('button', { name: 'Corner 1 of 4' }).click();
  await page.getByText(/^The boundary is closed: [\d.]+ ha/u).waitFor();
  await expect.poll(async () => (await lastBoundary(page))?.coordinates[0]).toHaveLength(5);
  await page.mouse.move(300, 400);
  await page.mouse.down();
  await page.mouse.move(340, 440, { steps: 5 });
  await page.mouse.up();
  const moved = page.getByRole('button', { name: 'Corner 3 of 4' });
  await expect.poll(async () => Math.round(((await moved.boundingBox())?.x ?? 0) + 22)).toBe(340);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => Math.round(((await moved.boundingBox())?.x ?? 0) + 22)).toBe(300);
  await page.getByRole('button', { name: 'Add a corner after corner 1' }).click();
  await page.getByRole('button', { name: 'Corner 2 of 5' }).waitFor();
  await page.getByRole('button', { name: 'Remove corner' }).click();
  await page.getByRole('button', { name: 'Corner 4 of 4' }).waitFor();
});

test('[MA28] a line that crosses itself is said at once and is no boundary', async () => {
  const page = await open();
  await editorAt(page);
  for (const [x, y] of [[100, 200], [300, 400], [300, 200], [100, 400]] as const) await page.mouse.click(x, y); // prettier-ignore
  await page.getByRole('button', { name: 'Close the line' }).click();
  await page.getByText('The line crosses itself.').waitFor();
  await effectsHaveRun(page);
  await expect.poll(() => lastBoundary(page)).toBeNull();
});

test('[MA29] a boundary can be drawn, moved and mended by keys alone', async () => {
  const page = await open({ reducedMotion: 'reduce' });
  await editorAt(page);
  await page.keyboard.press('Tab');
  for (const key of ['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft']) {
    await pressArrow(page, key);
    const here = page.getByRole('button', { name: 'Set a corner in the middle' });
    await here.focus();
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: 'Close the line' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText(/^The boundary is closed/u).waitFor();
  await expect.poll(() => lastBoundary(page)).not.toBeNull();
  const before = await lastBoundary(page);
  await page.getByRole('button', { name: 'Corner 2 of 4' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect
    .poll(async () => (await lastBoundary(page))?.coordinates[0]?.[1])
    .not.toEqual(before?.coordinates[0]?.[1]);
  await page.getByRole('button', { name: 'Add a corner after corner 2' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => focusName(page)).toMatch(/^Corner 3 of 5/u);
  await page.keyboard.press('Delete');
  await expect.poll(() => focusName(page)).toMatch(/^Corner 2 of 4/u);
});

test('[MA30] a file shows its boundary, fits it and hands it over; of several places one is chosen by its name', async () => {
  const page = await open();
  await editorAt(page);
  const feature = (name: string, west: number) => ({
    type: 'Feature',
    properties: { name },
    geometry: { type: 'Polygon', coordinates: [[[west, 10], [west + 1, 10], [west + 1, 11], [west, 11], [west, 10]]] }, // prettier-ignore
  });
  const file = (json: unknown) => ({
    name: 'a.geojson',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(json)),
  });
  const input = page.locator('input[type=file]');
  await input.setInputFiles(
    file({ type: 'FeatureCollection', features: [feature('<b>Est</b>', 50), feature('West', 20)] }),
  );
  const chooser = page.getByRole('combobox', { name: 'The file holds 2 places. Which one?' });
  await chooser.waitFor();
  await expect.poll(() => chooser.locator('option').allTextContents()).toEqual(['', '<b>Est</b>', 'West']);
  await chooser.selectOption('West');
  await page.getByText('This is the boundary from your file.').waitFor();
  const line = () => page.locator('.boundary-line').boundingBox();
  await expect.poll(async () => (await line())?.width).toBeGreaterThan(150);
  await expect.poll(async () => (await line())?.x).toBeGreaterThanOrEqual(0);
  await expect.poll(async () => (await lastBoundary(page))?.coordinates[0]).toContainEqual([20, 10]);
  await input.setInputFiles(file({ type: 'Point', coordinates: [1, 2] }));
  await page.getByText('This file holds no boundary that can be used.').waitFor();
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByText('Tap the corners').waitFor();
  await expect.poll(() => lastBoundary(page)).toBeNull();
});

test('[MA34] drawing begins where the basemap is', async () => {
  const page = await open();
  const bounds = { west: 7.41, south: 43.72, east: 7.45, north: 43.75 };
  const basemap = {
    kind: 'raster',
    url: '/none/{z}/{x}/{y}',
    attribution: '©',
    minZoom: 19,
    maxZoom: 19,
    bounds,
  } as const;
  await page.evaluate((props) => window.mapPage.editor(props), { ...ground, basemap, value: null });
  await page.locator('.map__canvas[data-ground]').waitFor();
  for (const [x, y] of [[100, 200], [300, 200], [300, 400]] as const) await page.mouse.click(x, y); // prettier-ignore
  await page.getByRole('button', { name: 'Close the line' }).click();
  await expect.poll(() => lastBoundary(page)).not.toBeNull();
  const lngs = (await lastBoundary(page))?.coordinates[0]?.map((position) => Number(position[0])) ?? [];
  expect(Math.min(...lngs)).toBeGreaterThan(7.38);
  expect(Math.max(...lngs)).toBeLessThan(7.48);
});
