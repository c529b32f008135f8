import { beforeAll, expect, test } from 'vitest';
import type { IncidentPage } from '../../shared/incidents.ts';
import { button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { focusOf, notLost, press, tabTo } from '../support/keyboard.ts';
import { inside } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

const paris = { timeZone: 'Europe/Paris', locale: 'fr' };
const touch = {
  locale: 'fr-FR',
  timezoneId: 'America/New_York',
  hasTouch: true,
  isMobile: true,
  ...standingAt(inside),
};

test('[RA10] [RA4] [RA9] a suspicious alert in French on a phone: what was done, not who somebody seems to be', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found(paris);
  const { page } = await site.open({ as: founder, ...touch });
  await page.goto(`/n/${neighbourhood.id}/alert`);
  await page.getByText('Votre position est connue.').waitFor();
  await button(page, 'Fait suspect').tap();

  // Nothing leaves without what was done, and the question is where the eye is.
  await page.getByRole('group', { name: 'Qu’est-ce qui a été fait' }).waitFor();
  await button(page, 'Continuer').tap();
  await page.getByText('Répondez ici, s’il vous plaît.').waitFor();
  await page.getByRole('checkbox', { name: 'Essayé des portes, portails ou voitures' }).tap();

  const words = page.getByLabel('Quelques mots (facultatif)');
  await words.fill('Deux Roumains dans une voiture');
  await button(page, 'Continuer').tap();
  await heading(page, 'Dites ce qui a été fait').waitFor();
  expect(new URL(page.url()).search).toBe('?step=where');

  // The draft is as it was, also after a reload; the way on leads to the words.
  await page.reload();
  await expect.poll(() => words.inputValue()).toBe('Deux Roumains dans une voiture');
  await button(page, 'Continuer').tap();
  await button(page, 'Dire ce qui a été fait').tap();
  await expect.poll(() => words.evaluate((field) => field === document.activeElement)).toBe(true);
  await words.fill('Ils essaient les portières, vers la gare');
  await page.getByText('À quoi ressemblait la personne').tap();
  await page.getByLabel('Haut des vêtements (facultatif)').fill('Capuche grise');
  await button(page, 'Continuer').tap();
  await page.getByText('Ajoutez un autre détail').waitFor();
  await page.getByRole('radio', { name: 'De 1,60 à 1,80 m' }).tap();
  await button(page, 'Continuer').tap();

  await heading(page, /^(?:Ce que|Comme|Tel)/u).waitFor();
  await page.getByText('Essayé des portes, portails ou voitures').waitFor();
  await link(page, 'Retour').tap();
  await expect.poll(() => words.inputValue()).toBe('Ils essaient les portières, vers la gare');
  await button(page, 'Continuer').tap();
  await button(page, /^Envoyer/u).tap();
  await page.getByText(/^Envoyée/u).waitFor();
  await page.getByText('Essayé des portes, portails ou voitures').waitFor();

  const { incidents } = await founder.must(
    founder.get<IncidentPage>(`/api/neighbourhoods/${neighbourhood.id}/incidents`),
  );
  expect(incidents.map(({ answers }) => answers)).toEqual([
    { done: ['tried-doors'], top: 'Capuche grise', height: 'middle' },
  ]);

  // Ids were stored: a neighbour who reads English reads English.
  const { page: other } = await site.open({ as: founder });
  await other.goto(`/n/${neighbourhood.id}/incidents/${incidents[0]?.id}`);
  await other.getByText('Tried doors, gates or cars').waitFor();
});

test('[RA10] the same by keyboard alone', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found(paris);
  const { page } = await site.open({ as: founder, locale: 'fr-FR', ...standingAt(inside) });
  await page.goto(`/n/${neighbourhood.id}/alert`);
  await page.getByText('Votre position est connue.').waitFor();
  await press(page, 'Fait suspect');
  await heading(page, 'Fait suspect').waitFor();
  await notLost(page, 'on the form');
  await press(page, 'Continuer');
  // The focus is on the question that wants an answer.
  await eventually(async () => (await focusOf(page)).name === 'Essayé des portes, portails ou voitures');
  await tabTo(page, 'Suivi quelqu’un');
  await page.keyboard.press('Space');
  await tabTo(page, /^Quelques mots/u);
  await page.keyboard.type('Un Noir');
  await press(page, 'Continuer');
  await heading(page, 'Dites ce qui a été fait').waitFor();
  await press(page, 'Dire ce qui a été fait');
  await eventually(async () => (await focusOf(page)).name.startsWith('Quelques mots'));
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Il suit une femme depuis la gare');
  await press(page, 'Continuer');
  await press(page, /^Envoyer/u);
  await page.getByText(/^Envoyée/u).waitFor();
  await notLost(page, 'on the incident');
});

test('[RA1] [RA2] the number is the neighbourhood’s, fits the category, and one tap goes on', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found(paris);
  const { page } = await site.open({ as: founder, ...touch });
  await page.goto(`/n/${neighbourhood.id}/alert`);
  const number = (name: RegExp) => page.getByRole('link', { name }).getAttribute('href');
  await expect.poll(() => number(/^Appeler le 112/u)).toBe('tel:112');
  await expect.poll(() => number(/^Police : 17/u)).toBe('tel:17');
  await expect.poll(() => number(/^Pompiers : 18/u)).toBe('tel:18');
  await expect.poll(() => number(/^Ambulance : 15/u)).toBe('tel:15');
  await page.getByText('Votre position est connue.').waitFor();

  for (const [category, dialled, on] of [
    ['Urgence médicale', '15', 'Je ne peux pas appeler, ou c’est inutile'],
    ['Feu ou fumée', '18', 'J’ai appelé'],
  ] as const) {
    await button(page, category).tap();
    await heading(page, 'Appelez d’abord').waitFor();
    await expect.poll(() => number(new RegExp(`^Appeler le ${dialled}`, 'u'))).toBe(`tel:${dialled}`);
    await expect.poll(() => number(/^Tous les secours : 112/u)).toBe('tel:112');
    await button(page, on).tap();
    await button(page, /^Envoyer/u).waitFor();
    await expect.poll(() => number(new RegExp(`^Appeler le ${dialled}`, 'u'))).toBe(`tel:${dialled}`);
    await page.goto(`/n/${neighbourhood.id}/alert`);
  }
  // Whoever has said so once is not asked again.
  await button(page, 'Feu ou fumée').tap();
  await button(page, /^Envoyer/u).waitFor();
});

test('[RA8] [RA3] answers wait with their alert without a network; the neighbours’ page tells how alerts ended', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const { page, context } = await site.open({
    as: founder,
    expected: [/ERR_INTERNET_DISCONNECTED/u],
    ...standingAt(inside),
  });
  await page.goto(`/n/${neighbourhood.id}/alert?step=what`);
  await page.getByText('Your position is known.').waitFor();
  await button(page, 'Theft').click();
  await link(page, 'Change place or words').click();
  await page.getByRole('checkbox', { name: 'Parcel' }).click();
  await button(page, 'Continue').click();
  await heading(page, 'As your neighbours will see it').waitFor();
  await context.setOffline(true);
  await button(page, /^Send/u).click();
  await page.getByText('Waiting on this device').waitFor();
  await context.setOffline(false);
  await page.getByText(/^Sent/u).waitFor();
  await page.getByText('Parcel', { exact: true }).waitFor();
  await link(page, 'Neighbours').click();
  await heading(page, 'How alerts ended').waitFor();
  const row = page.getByRole('listitem').filter({ hasText: 'Theft' });
  await expect.poll(() => row.innerText()).toContain('reported 1 · closed 0 · unfounded 0 · false alarms 0');
});
