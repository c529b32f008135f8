import { beforeAll, expect, test } from 'vitest';
import { heading, link, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

test('[BR7] the browser’s language comes first, the reader’s choice stays, and the page says which it is', async () => {
  const { id, founder } = await street(() => site.phone());
  const { page } = await site.open({ locale: 'fr-CH', as: founder });
  const lang = () => page.locator('html').getAttribute('lang');
  await page.goto(`/n/${id}`);
  await page.getByText('Rien en cours').waitFor();
  await expect.poll(lang).toBe('fr');

  await link(page, 'Moi').click();
  await heading(page, 'Moi').waitFor();
  await page.getByRole('radio', { name: 'English' }).check();
  await heading(page, 'Me').waitFor();
  await expect.poll(lang).toBe('en');
  await expect.poll(() => page.title()).toBe('Me · Vigie');

  await page.reload();
  await heading(page, 'Me').waitFor();
  await expect.poll(lang).toBe('en');
  await link(page, 'Map').click();
  await page.getByText('Nothing open').waitFor();
});

test('[BR7] a language that Vigie does not speak is English', async () => {
  const { page } = await site.open({ locale: 'de-DE' });
  await page.goto('/');
  await link(page, 'Found a neighbourhood').waitFor();
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en');
});
