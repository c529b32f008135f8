import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import { mapWords } from '../../client/map/words.ts';
import type { Reported } from '../../shared/incidents.ts';
import type { Locale } from '../../shared/text.ts';
import type { Redis } from '../../server/redis/client.ts';
import type { Scene } from './neighbourhood.ts';
import { rotaScreens } from './rota-screens.ts';
import { roundScreens } from './rounds.ts';
import { tellingScreens } from './telling-screens.ts';

export type Visit = { page: Page; scene: Scene; locale: Locale; boundaryFile: string; redis: Redis };
/** Brings a page to one screen. `stranger`: it is seen by somebody who is not signed in. */
export type Screen = { name: string; stranger?: true; go: (visit: Visit) => Promise<void> };

const words = { en, fr };
const button = (page: Page, name: string, exact = false) => page.getByRole('button', { name, exact });
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
  const called = button(visit.page, words[visit.locale]['call.done']);
  const send = button(visit.page, words[visit.locale]['alert.send']);
  await called.or(send).waitFor();
  // Whoever has said so once is not asked again.
  if (await called.isVisible()) await called.click();
  await send.waitFor();
};

const suspicious = async (visit: Visit) => {
  await alert(visit);
  await button(visit.page, words[visit.locale]['category.suspicious'], true).click();
  await visit.page.locator('#question-done').getByRole('checkbox').first().waitFor({ state: 'attached' });
};

const living = async ({ page, scene }: Visit) => {
  await page.goto(`/n/${scene.id}/incidents/${scene.livingId}`);
  await page.locator('.stages').waitFor();
};

async function dialogOf(visit: Visit, name: 'handOver.title' | 'duplicate.merge' | 'ending.close') {
  await living(visit);
  await button(visit.page, words[visit.locale][name]).click();
  await visit.page.getByRole('dialog').waitFor();
}

/** A street with a number plate, drawn: nobody's face. */
async function streetPhoto() {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="720"><rect width="960" height="720" fill="#9db4c0"/><rect y="470" width="960" height="250" fill="#5c5f66"/><rect x="60" y="90" width="260" height="380" fill="#c9a27a"/><rect x="350" y="150" width="220" height="320" fill="#b5534b"/><rect x="250" y="400" width="470" height="170" rx="50" fill="#2f5d8a"/><circle cx="350" cy="570" r="55" fill="#222"/><circle cx="620" cy="570" r="55" fill="#222"/><rect x="400" y="500" width="180" height="46" fill="#fff"/><text x="412" y="537" font-size="29" font-family="monospace">AB-123-CD</text></svg>`;
  const buffer = await sharp(Buffer.from(drawing)).jpeg().toBuffer();
  return { name: 'street.jpg', mimeType: 'image/jpeg', buffer };
}

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
  {
    name: 'incident-others',
    go: async (visit) => {
      await living(visit);
      await visit.page.getByRole('heading', { name: words[visit.locale]['answers.title'] }).waitFor();
    },
  },
  {
    name: 'incident-my-part',
    go: async (visit) => {
      await living(visit);
      const going = button(visit.page, words[visit.locale]['answers.going']).first();
      if ((await going.getAttribute('aria-pressed')) !== 'true') await going.click();
      const when = visit.page.getByRole('group', { name: words[visit.locale]['respond.when'] });
      await when.waitFor();
      await when.scrollIntoViewIfNeeded();
    },
  },
  { name: 'hand-over', go: (visit) => dialogOf(visit, 'handOver.title') },
  { name: 'merge', go: (visit) => dialogOf(visit, 'duplicate.merge') },
  { name: 'close', go: (visit) => dialogOf(visit, 'ending.close') },
  {
    name: 'ended',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/incidents/${scene.endedId}`);
      await page.locator('.ending').waitFor();
    },
  },
  {
    name: 'reopen',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['reopen.do']).click();
      await page.getByRole('dialog').waitFor();
    },
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
  {
    name: 'updates',
    go: async (visit) => {
      await living(visit);
      const talk = visit.page.locator('.talk summary');
      await talk.click();
      await talk.scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'flag',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['flag.update'].replace('{name}', 'Inès Bensaïd')).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'flagged',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/incidents/${scene.flaggedId}`);
      await page.locator('.review').first().waitFor();
    },
  },
  {
    name: 'decisions',
    go: async ({ page, scene }) => {
      await page.goto(`/n/${scene.id}/decisions`);
      await page.locator('.rows .row').first().waitFor();
    },
  },
  {
    name: 'walk',
    go: async ({ page, scene, locale }) => {
      await page.goto(`/n/${scene.id}/walk`);
      await button(page, words[locale]['walk.go']).waitFor();
    },
  },
  {
    name: 'walk-under-way',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['walk.go']).click();
      await button(page, words[locale]['walk.home']).waitFor();
    },
  },
  {
    name: 'sos-mine',
    go: async ({ page, scene, locale }) => {
      await button(page, words[locale]['walk.home']).click();
      await page.getByText(words[locale]['walk.ended']).waitFor();
      await scene.me.must(scene.me.post(`/api/neighbourhoods/${scene.id}/sos`));
      await page.goto(`/n/${scene.id}/sos`);
      await button(page, words[locale]['sos.end']).waitFor();
    },
  },
  {
    name: 'sos-over',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['sos.end']).click();
      await page.getByRole('heading', { name: words[locale]['sos.over'] }).waitFor();
    },
  },
  {
    name: 'sos-of-a-neighbour',
    go: async ({ page, scene }) => {
      const raised = scene.other.post<Reported>(`/api/neighbourhoods/${scene.id}/sos`);
      const { incident } = await scene.other.must(raised);
      await page.goto(`/n/${scene.id}/incidents/${incident.id}`);
      await page.getByRole('heading', { name: /^SOS/u }).waitFor();
    },
  },
  // A draft that stays: last.
  {
    name: 'alert-call-first',
    go: async (visit) => {
      await alert(visit);
      await button(visit.page, words[visit.locale]['category.medical'], true).click();
      await visit.page.getByRole('heading', { name: words[visit.locale]['call.title'] }).waitFor();
    },
  },
  {
    name: 'alert-questions',
    go: async (visit) => {
      await suspicious(visit);
      await visit.page.locator('#question-done').getByRole('checkbox').first().check();
      await visit.page.getByText(words[visit.locale]['person.title']).click();
      await visit.page.locator('#question-done').getByRole('checkbox').first().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'alert-person',
    go: async ({ page, locale }) => {
      await page.getByText(words[locale]['person.title']).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'alert-held',
    go: async (visit) => {
      const { page, locale } = visit;
      const label = new RegExp(locale === 'fr' ? '^Quelques mots' : '^A few words', 'u');
      await page.getByLabel(label).fill(locale === 'fr' ? 'Deux Roumains' : 'Two Romanians');
      await button(page, words[locale]['alert.continue']).click();
      await page.getByRole('heading', { name: words[locale]['held.title'] }).waitFor();
      await page.getByRole('heading', { name: words[locale]['held.title'] }).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'photos',
    go: async ({ page, locale }) => {
      await page.getByLabel(locale === 'fr' ? /^Quelques mots/u : /^A few words/u).fill('');
      await page.locator('input[type=file][multiple]').setInputFiles(await streetPhoto());
      await page.getByRole('img', { name: words[locale]['photo.own'].replace('{number}', '1') }).waitFor();
      await button(page, words[locale]['photo.pick']).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'photo-blur',
    go: async ({ page, locale }) => {
      await button(page, words[locale]['photo.blur'].replace('{number}', '1')).click();
      await page.getByRole('application', { name: words[locale]['blur.canvas'] }).waitFor();
    },
  },
  ...rotaScreens,
  ...roundScreens,
  ...tellingScreens,
];
