import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, link, type Site, startSite } from '../support/browser.ts';

let site: Site;
// What Chromium says of headers that count at secure addresses only.
const withoutHttps = /Cross-Origin-Opener-Policy|Origin-Agent-Cluster/u;

beforeAll(async () => {
  site = await startSite({}, { host: 'vigie.test' });
});
afterAll(() => site.stop());

test('[BR11] without https an alert leaves, a link can be copied by hand, and what needs https says so', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const { page } = await site.open({ as: founder, expected: [withoutHttps] });
  await page.goto(`/n/${neighbourhood.id}/neighbours`);
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await button(page, 'Make a link').click();
  await button(page, 'Copy').click();
  const field = page.getByRole('textbox', { name: 'Copy' });
  await field.waitFor();
  await expect.poll(() => page.evaluate(() => String(getSelection()))).toMatch(/\/join\//u);

  const secure = 'This needs a secure address (https). Ask whoever runs this server.';
  await link(page, 'Me').click();
  await page.getByText(secure).waitFor();

  await page.goto(`/n/${neighbourhood.id}/alert`);
  await button(page, 'Fire').click();
  await button(page, 'I have called').click();
  await page.locator('.frame .map__canvas[data-ground]').waitFor();
  await page.locator('.frame').getByRole('button', { name: 'My position' }).click();
  await page.getByText(secure).waitFor();
  await page.locator('.frame .map__canvas').focus();
  await page.keyboard.press('ArrowUp');
  await button(page, 'Continue').click();
  await button(page, /^Send/u).click();
  await heading(page, 'Fire').waitFor();
  await page.getByText(/^Sent/u).waitFor();
});
