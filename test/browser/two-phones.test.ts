import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { inside, square } from '../support/phone.ts';

let site: Site;
let folder: string;

beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), 'vigie-browser-'));
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

test('[BR1] a neighbourhood from a file, an invite by link, an alert in three taps, on the other phone at once', async () => {
  const here = standingAt(inside);
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
  await button(page, 'Found it').click();
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
  await page.getByText('All quiet').waitFor();
  await other.evaluate(() => Object.assign(globalThis, { notReloaded: true }));

  await link(page, 'Alert').click();
  await page.getByText('Your position is known.').waitFor();
  await button(page, 'Fire').click();
  await button(page, /^Send/u).click();

  const inList = other.getByRole('list', { name: 'Incidents' }).getByRole('link', { name: /^Fire Severe/u });
  const onMap = button(other, /^Severe: Fire, Open/u);
  await Promise.all([inList.waitFor(), onMap.waitFor()]);
  expect(await other.evaluate(() => 'notReloaded' in globalThis)).toBe(true);
  await other.getByText('New alert: Severe, Fire.').waitFor({ state: 'attached' });

  await heading(page, 'Fire').waitFor();
  await page.getByText(/^Sent · on [1-9]\d* maps?/u).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/^\/n\/[\w-]+\/incidents\/[\w-]+$/u);

  await inList.click();
  await other.getByText('Reported by Ada').waitFor();
});
