import type { Page } from 'playwright-core';
import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import { mapWords } from '../../client/map/words.ts';
import type { Locale } from '../../shared/text.ts';
import type { Scene } from './neighbourhood.ts';

export type Visit = { page: Page; scene: Scene; locale: Locale; boundaryFile: string };
/** Brings a page to one screen. `stranger`: it is seen by somebody who is not signed in. */
export type Screen = { name: string; stranger?: true; go: (visit: Visit) => Promise<void> };

const words = { en, fr };
const button = (page: Page, name: string) => page.getByRole('button', { name });
const tile = ({ page, locale }: Visit) =>
  page.getByRole('button', { name: words[locale]['category.fire'], exact: true });

/** Waits until the page has asked for all it needs and has drawn it; a map without a network never does. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const ground = () =>
    [...document.querySelectorAll('[data-ground="vector"]')].every((map) => {
      const tiles = [...map.querySelectorAll('.leaflet-tile')];
      return tiles.length > 0 && tiles.every(({ classList }) => classList.contains('leaflet-tile-loaded'));
    });
  await page.waitForFunction(ground, undefined, { timeout: 3000 }).catch(() => undefined);
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  });
}

const alert = async (visit: Visit) => {
  await visit.page.goto(`/n/${visit.scene.id}/alert`);
  await visit.page.getByText(words[visit.locale]['alert.located']).waitFor();
};

const preview = async (visit: Visit) => {
  await alert(visit);
  await tile(visit).click();
  await button(visit.page, words[visit.locale]['call.done']).click();
  await button(visit.page, words[visit.locale]['alert.send']).waitFor();
};

/** Every screen, in the order in which a person meets them. */
export const screens: Screen[] = [
  { name: 'welcome', stranger: true, go: async ({ page }) => void (await page.goto('/')) },
  {
    name: 'founding',
    stranger: true,
    go: async ({ page, locale, boundaryFile }) => {
      await page.goto('/found');
      await page.getByLabel(words[locale]['found.name']).fill('Monte-Carlo');
      await page.getByLabel(words[locale]['found.myName']).fill('Claire Rossi');
      await page.getByLabel(mapWords[locale].openFile).setInputFiles(boundaryFile);
      await page.getByText(mapWords[locale].drawImported).waitFor();
    },
  },
  {
    name: 'joining',
    stranger: true,
    go: async ({ page, scene }) => void (await page.goto(`/join/${scene.inviteCode}`)),
  },
  {
    name: 'linking',
    stranger: true,
    go: async ({ page, scene }) => void (await page.goto(`/link/${scene.linkCode}`)),
  },
  { name: 'nothing-here', stranger: true, go: async ({ page }) => void (await page.goto('/nowhere')) },
  { name: 'new-neighbourhood', go: async ({ page, scene }) => void (await page.goto(`/n/${scene.emptyId}`)) },
  {
    name: 'map',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}`);
      await page.locator('.pin').first().waitFor();
    },
  },
  {
    name: 'list',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}`);
      await page.locator('.pin').first().waitFor();
      const handle = button(page, words[locale]['sheet.more']);
      if (await handle.isVisible()) await handle.click();
    },
  },
  {
    name: 'map-alone',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}`);
      await page.locator('.pin').first().waitFor();
      const handle = button(page, words[locale]['sheet.more']);
      if (!(await handle.isVisible())) return;
      await handle.click();
      await button(page, words[locale]['sheet.less']).click();
    },
  },
  {
    name: 'incident',
    go: async ({ page, scene }) => void (await page.goto(`/n/${scene.id}/incidents/${scene.incidentId}`)),
  },
  { name: 'alert-what', go: alert },
  { name: 'alert-preview', go: preview },
  {
    name: 'alert-where',
    go: async (visit) => {
      await preview(visit);
      await visit.page.getByRole('link', { name: words[visit.locale]['alert.change'] }).click();
    },
  },
  {
    name: 'alert-waiting',
    go: async (visit) => {
      const { page, locale } = visit;
      await preview(visit);
      await page.context().setOffline(true);
      await button(page, words[locale]['alert.send']).click();
      await page.getByText(words[locale]['delivery.waiting']).waitFor();
    },
  },
  {
    name: 'offline',
    go: async ({ page, scene }) => {
      await page.getByRole('link', { name: /^(?:Map|Carte)$/u }).click();
      await page.waitForURL(`**/n/${scene.id}`);
      await page.locator('.status__line').waitFor();
    },
  },
  {
    name: 'neighbours',
    go: async ({ page, scene, locale }) => {
      await page.context().setOffline(false);
      await page.goto(`/n/${scene.id}/neighbours`);
      await button(page, words[locale]['invite.create']).click();
      await page.getByRole('img', { name: words[locale]['invite.qr'] }).waitFor();
    },
  },
  {
    name: 'me',
    go: async ({ page, locale }) => {
      await page.goto('/me');
      await page.getByText('iPad').waitFor();
      await button(page, words[locale]['me.link']).waitFor();
    },
  },
];
