import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { en } from '../../client/i18n/en.ts';
import { fr } from '../../client/i18n/fr.ts';
import { button, heading, type Screen, sharedSite, type Site } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { notLost, press, tabTo } from '../support/keyboard.ts';
import { inside, street } from '../support/phone.ts';

let site: Site;
const open: Device[] = [];

beforeAll(async () => {
  site = await sharedSite();
});
afterAll(async () => {
  for (const device of open) device.close();
});

const words = { en, fr };
type Locale = keyof typeof words;

/** Without no-break spaces, as the focus is named. */
const plain = (text: string) => text.replaceAll(/\s+/gu, ' ').trim();

/** How somebody uses a page. */
type Hand = {
  press(page: Page, name: string): Promise<void>;
  check(page: Page, name: string): Promise<void>;
  /** Takes the option after the one that is chosen. */
  choose(page: Page, chosen: string, next: string): Promise<void>;
  /** Opens the one incident of the list. */
  openListed(page: Page, title: string): Promise<void>;
  write(page: Page, label: string, text: string): Promise<void>;
};

const listed = (page: Page, title: string) =>
  page.getByRole('listitem').getByRole('link', { name: new RegExp(title, 'u') });

const finger: Hand = {
  press: (page, name) => button(page, name).tap(),
  check: (page, name) => page.getByRole('checkbox', { name, exact: true }).tap(),
  choose: (page, _, next) => page.getByRole('radio', { name: next, exact: true }).tap(),
  openListed: (page, title) => listed(page, title).tap(),
  write: (page, label, text) => page.getByLabel(label).fill(text),
};

const keys: Hand = {
  async press(page, name) {
    await button(page, name).waitFor();
    await press(page, plain(name));
  },
  async check(page, name) {
    await page.getByRole('checkbox', { name, exact: true }).waitFor({ state: 'attached' });
    await press(page, plain(name), 'Space');
  },
  async choose(page, chosen, next) {
    await page.getByRole('radio', { name: chosen, exact: true }).waitFor({ state: 'attached' });
    await press(page, plain(chosen), 'ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: next, exact: true }).isChecked()).toBe(true);
  },
  async openListed(page, title) {
    await listed(page, title).waitFor();
    await tabTo(page, new RegExp(title, 'u'));
    await page.keyboard.press('Enter');
  },
  async write(page, label, text) {
    await page.getByLabel(label).waitFor();
    await tabTo(page, plain(label));
    await page.keyboard.type(text);
  },
};

type Side = Screen & { locale: Locale; hand: Hand };

/** Resolves when the page has joined its room: what comes later comes live. */
const joined = (page: Page) =>
  new Promise<void>((resolve) => {
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"ok":true,"entries"')) resolve();
      }),
    );
  });

/**
 * What the reporter reads at the end. Two devices were told: one had it on the screen, the other, a map on a socket, says
 * nothing of itself. Of the end the map is told; whoever ended it knows.
 */
const figures: Record<Locale, string> = {
  en: 'Alert told 2 devices, 1 got it, 1 saw it Correction told 1 device',
  fr: 'Alerte 2 appareils prévenus, 1 l’a reçue, 1 l’a vue Rectification 1 appareil prévenu',
};
const triedDoors: Record<Locale, string> = {
  en: 'Tried doors, gates or cars',
  fr: 'Essayé des portes, portails ou voitures',
};

/** One raises it; a second goes there and ends it, while a third has a map open. */
async function wholeLife(raiser: Side, helper: Side, id: string): Promise<void> {
  const [mine, theirs] = [words[raiser.locale], words[helper.locale]];
  const live = joined(helper.page);
  await helper.page.goto(`/n/${id}`);
  await live;

  // What was done, then what the neighbours will see, then it is told.
  await raiser.page.goto(`/n/${id}/alert`);
  await raiser.page.getByText(mine['alert.located']).waitFor();
  await raiser.hand.press(raiser.page, mine['category.suspicious']);
  await raiser.hand.check(raiser.page, triedDoors[raiser.locale]);
  await raiser.hand.press(raiser.page, mine['alert.continue']);
  await heading(raiser.page, mine['alert.preview']).waitFor();
  const send = raiser.page.getByRole('button', { name: new RegExp(`^${mine['alert.send']}`, 'u') });
  await send.waitFor();
  const sendName = plain(await send.innerText());
  await raiser.hand.press(raiser.page, sendName);
  await raiser.page.getByText(new RegExp(`^${mine['delivery.sent']}`, 'u')).waitFor();

  // It comes to the other phone by itself, in its own language.
  await helper.hand.openListed(helper.page, theirs['category.suspicious']);
  await helper.page.getByText(triedDoors[helper.locale], { exact: true }).waitFor();
  await helper.hand.press(helper.page, theirs['answers.confirm']);
  await helper.hand.press(helper.page, theirs['answers.going']);
  const coming = raiser.page.getByRole('listitem').filter({ hasText: 'Bo' });
  await expect.poll(async () => plain(await coming.innerText())).toContain(mine['responds.en-route']);
  await helper.hand.press(helper.page, theirs['respond.on-scene']);
  await expect.poll(async () => plain(await coming.innerText())).toContain(mine['responds.on-scene']);

  // Whoever is there ends it.
  await helper.hand.press(helper.page, theirs['ending.close']);
  await heading(helper.page, theirs['ending.title']).waitFor();
  await helper.hand.choose(helper.page, theirs['ending.resolved'], theirs['ending.false-alarm']);
  await helper.hand.write(helper.page, theirs['ending.reason'], 'They had lost their own keys.');
  await helper.hand.press(helper.page, theirs['ending.do']);
  const ending = raiser.page.locator('.ending');
  await ending.getByText('They had lost their own keys.').waitFor();
  await expect.poll(async () => plain(await ending.innerText())).toContain(mine['outcome.false-alarm']);
  await expect
    .poll(async () => plain(await raiser.page.locator('.receipts').innerText()))
    .toBe(figures[raiser.locale]);
  await helper.page.locator('.ending').waitFor();
}

async function scene() {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody lives here');
  const map = openMap(site.server.url, cy.phone, id);
  open.push(map);
  await eventually(() => map.state === 'live');
  // Whoever joined a moment ago ends no neighbour's alert; whom a role was given may.
  const role = `/api/neighbourhoods/${id}/members/${bo.member.id}/role`;
  await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
  return { id, founder, bo: bo.phone };
}

const phone = { hasTouch: true, isMobile: true };

test('[JO9] by touch: raised in French, answered and ended in English, and back with its figures', async () => {
  const { id, founder, bo } = await scene();
  const raiser = await site.open({ as: founder, locale: 'fr-FR', ...phone, ...standingAt(inside) });
  const helper = await site.open({ as: bo, ...phone });
  await wholeLife({ ...raiser, locale: 'fr', hand: finger }, { ...helper, locale: 'en', hand: finger }, id);
});

test('[JO9] by keyboard: raised in English, answered and ended in French, and the focus is never lost', async () => {
  const { id, founder, bo } = await scene();
  const raiser = await site.open({ as: founder, ...standingAt(inside) });
  const helper = await site.open({ as: bo, locale: 'fr-FR' });
  await wholeLife({ ...raiser, locale: 'en', hand: keys }, { ...helper, locale: 'fr', hand: keys }, id);
  await notLost(helper.page, 'after the end');
  await notLost(raiser.page, 'on the alert');
});
