import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { distance } from '../../shared/geo.ts';
import { asShipped, button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { inside, square } from '../support/phone.ts';

let site: Site;
let folder: string;

beforeAll(async () => {
  site = await sharedSite();
  folder = await mkdtemp(join(tmpdir(), 'vigie-browser-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('[BR1] a neighbourhood from a file, an invite by link, an alert in three taps, on the other phone at once', async () => {
  const here = { ...asShipped, ...standingAt(inside) };
  const founder = await site.open(here);
  const { page } = founder;
  await page.goto('/');
  await link(page, 'Found a neighbourhood').click();
  await page.getByLabel('Name of the neighbourhood').fill('Rue des Lilas');
  await page.getByLabel('Your name').fill('Ada');
  const file = join(folder, 'lilas.geojson');
  await writeFile(file, JSON.stringify({ type: 'Feature', properties: {}, geometry: square }));
  await page.getByLabel('Open a file').setInputFiles(file);
  await page.getByText('This is the boundary from your file.').waitFor();
  await button(page, 'Create the neighbourhood').click();
  await page.getByText('A new neighbourhood').waitFor();

  await link(page, 'Neighbours').click();
  await button(page, 'Make a link').click();
  const address = await page.getByText(/\/join\//u).innerText();
  await page.getByRole('img', { name: 'QR code of the invite link' }).waitFor();

  const neighbour = await site.open(here);
  const other = neighbour.page;
  await other.goto(address);
  await heading(other, 'Ada invites you to Rue des Lilas').waitFor();
  await other.getByLabel('Your name').fill('Bo');
  await button(other, 'Join').click();
  await other.getByText('A new neighbourhood').waitFor();
  // The founder's page learns of the neighbour without a reload.
  await page.getByText('2 members').waitFor();
  await link(page, 'Map').click();
  await page.getByText('Nothing open').waitFor();
  await other.evaluate(() => Object.assign(globalThis, { notReloaded: true }));

  await link(page, 'Alert').click();
  await page.getByText('Your position is known.').waitFor();
  await button(page, 'Fire or smoke').click();
  await button(page, 'I have called').click();
  await button(page, /^Send/u).click();

  const inList = other
    .getByRole('list', { name: 'Incidents' })
    .getByRole('link', { name: /^Fire or smoke Severe/u });
  const onMap = button(other, /^Severe: Fire or smoke, Open/u);
  await Promise.all([inList.waitFor(), onMap.waitFor()]);
  expect(await other.evaluate(() => 'notReloaded' in globalThis)).toBe(true);
  await other.getByText('New alert: Severe, Fire or smoke.').waitFor({ state: 'attached' });

  await heading(page, 'Fire or smoke').waitFor();
  await page.getByText(/^Sent · on [1-9]\d* maps?/u).waitFor();
  await expect.poll(() => new URL(page.url()).pathname).toMatch(/^\/n\/[\w-]+\/incidents\/[\w-]+$/u);

  await inList.click();
  await other.getByText('Reported by Ada').waitFor();
  // The number to call, and the way to an alert of one's own, are there too.
  await link(other, /^Call \d+/u).waitFor();
  await link(other, 'Alert').waitFor();
});

/** The place under the pin, from where the map began and how far it was dragged: its scale is the boundary's own. */
async function dragFromTheMiddle(page: Page, x: number, y: number): Promise<{ lat: number; lng: number }> {
  const [[west = 0, south = 0] = [], , [east = 0, north = 0] = []] = square.coordinates[0] ?? [];
  const line = await page.locator('.frame .boundary-line').boundingBox();
  const map = await page.locator('.frame .map__canvas').boundingBox();
  if (!line || !map) throw new Error('there is no map');
  const middle = { x: map.x + map.width / 2, y: map.y + map.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + x, middle.y + y, { steps: 8 });
  await page.mouse.up();
  return {
    lat: (south + north) / 2 + (y / line.height) * (north - south),
    lng: (west + east) / 2 - (x / line.width) * (east - west),
  };
}

test.each(['at once', 'after Back and Forward', 'after Back and Continue'])(
  '[BR10] an alert goes out from the place under the pin (%s)',
  async (way) => {
    const founder = site.phone();
    const { neighbourhood } = await founder.found();
    const { page } = await site.open({ as: founder });
    await page.goto(`/n/${neighbourhood.id}/alert`);
    await button(page, 'Fire or smoke').click();
    await button(page, 'I have called').click();
    await page.locator('.frame .map__canvas[data-ground]').waitFor();
    await link(page, /^Call \d+/u).waitFor();
    await page.getByText('Move the map to the place').waitFor();
    await expect.poll(() => button(page, 'Continue').isDisabled()).toBe(true);
    const place = await dragFromTheMiddle(page, 40, -30);
    await button(page, 'Continue').click();
    await heading(page, 'As your neighbours will see it').waitFor();
    if (way !== 'at once') {
      await page.goBack();
      await page.locator('.frame .map__canvas[data-ground]').waitFor();
      if (way === 'after Back and Forward') await page.goForward();
      else await button(page, 'Continue').click();
      await heading(page, 'As your neighbours will see it').waitFor();
    }
    const [request] = await Promise.all([
      page.waitForRequest((asked) => asked.method() === 'POST' && asked.url().endsWith('/incidents')),
      button(page, /^Send/u).click(),
    ]);
    const { position } = request.postDataJSON() as { position: typeof place };
    // A few metres: the line has a width, and pixels are whole.
    expect(distance(position, place)).toBeLessThan(40);
    await page.getByText(/^Sent/u).waitFor();
  },
);
