import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { inside, street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

const located = {
  permissions: ['geolocation'],
  geolocation: { latitude: inside.lat, longitude: inside.lng, accuracy: 30 },
};
const codes = { cancel: '2468', duress: '1357' };

/** What is said aloud while the seconds run. */
const count = (page: Page) => page.locator('.sos-count');

test('[SO10] held and counted down, stopped, raised; seen at once, moving; ended under duress it only looks so', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo']);
  const [bo] = neighbours;
  if (bo === undefined) throw new Error('a neighbour is needed');
  await bo.phone.must(bo.phone.send('PUT', `/api/neighbourhoods/${id}/sos/codes`, codes));
  const mine = await site.open({
    as: bo.phone,
    ...located,
    hasTouch: true,
    // The wrong code.
    expected: [/status of 403 .*\/end$/u],
  });
  const other = await site.open({ as: founder, locale: 'fr-FR' });
  await mine.page.goto(`/n/${id}`);
  await other.page.goto(`/n/${id}`);
  const raise = button(mine.page, 'SOS: hold to call your neighbours');
  await raise.waitFor();

  // A tap only says what it wants.
  await raise.tap();
  await mine.page.getByText('Hold the button to raise an SOS.').waitFor();
  await expect.poll(() => count(mine.page).count()).toBe(0);
  const box = await raise.boundingBox();
  expect(box?.width).toBeGreaterThanOrEqual(64);

  await raise.dispatchEvent('pointerdown', { button: 0, pointerType: 'touch', pointerId: 1 });
  await expect.poll(() => count(mine.page).innerText()).toMatch(/in [45] seconds/u);
  await expect.poll(() => count(mine.page).getAttribute('aria-live')).toBe('assertive');
  // Whom to call stands there from the first moment.
  await expect.poll(() => mine.page.locator('dialog a[href^="tel:"]').first().innerText()).toContain('112');
  await button(mine.page, 'Stop, no SOS').tap();
  await count(mine.page).waitFor({ state: 'detached' });

  // Now by key, and until the end.
  await raise.focus();
  await mine.page.keyboard.down('Space');
  await count(mine.page).waitFor();
  // A key that is still held repeats itself upon whatever has the focus.
  await mine.page.keyboard.down('Space');
  await mine.page.keyboard.up('Space');
  await heading(mine.page, 'Your neighbours are called').waitFor();
  await expect.poll(() => mine.page.locator('a[href^="tel:"]').first().innerText()).toContain('112');
  await mine.page.getByText('Where you are is shown to: All neighbours.').waitFor();

  const pin = other.page.locator('.pin--incident');
  await expect.poll(() => pin.locator('.severity--extreme').count()).toBe(1);
  await expect.poll(() => other.page.locator('.sos-accuracy').count()).toBe(1);
  const place = async () => {
    const at = await pin.first().boundingBox();
    return `${Math.round(at?.x ?? 0)} ${Math.round(at?.y ?? 0)}`;
  };
  const before = await place();
  await mine.context.setGeolocation({ latitude: inside.lat + 0.0008, longitude: inside.lng, accuracy: 10 });
  await expect.poll(place, { timeout: 15_000 }).not.toBe(before);

  await button(other.page, /^Extrême\s: SOS/u).click();
  await heading(other.page, 'SOS\u00a0: Bo').waitFor();
  await other.page.getByText(/^La carte montre où la personne était/u).waitFor();
  await other.page.getByText('J’y vais').click();

  await mine.page.getByLabel('Your code').fill('0000');
  await button(mine.page, 'End the SOS').click();
  await mine.page.getByText('This code is not right.').waitFor();
  await mine.page.getByLabel('Your code').fill(codes.duress);
  await button(mine.page, 'End the SOS').click();
  await heading(mine.page, 'No SOS runs').waitFor();
  await other.page.getByText(/^Cette personne a été forcée/u).waitFor();
  // Also after a reload and in the list, and while the others go on.
  await mine.page.reload();
  await heading(mine.page, 'No SOS runs').waitFor();
  await other.page.getByRole('button', { name: 'J’y suis', exact: true }).click();
  await link(mine.page, 'To the map').click();
  await raise.waitFor();
  await expect.poll(() => mine.page.locator('.card__meta').first().innerText()).not.toContain('handled');
  await expect.poll(() => button(mine.page, 'Your SOS runs').count()).toBe(0);
});

test('[SO11] codes and who sees me are settled on Me; a walk is set out on, put off and ended by keyboard', async () => {
  const { id, neighbours } = await street(() => site.phone(), ['Bo', 'Cy']);
  const [bo] = neighbours;
  if (bo === undefined) throw new Error('a neighbour is needed');
  const { page } = await site.open({
    as: bo.phone,
    // A time that has passed.
    expected: [/status of 422 .*\/walk$/u],
  });
  await page.goto(`/n/${id}`);
  await link(page, 'Me').click();
  const press = async (name: string) => {
    await button(page, name).focus();
    await page.keyboard.press('Enter');
  };
  await page.getByLabel('Only those I choose').focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Cy', { exact: true }).focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Code that ends it (4 to 8 digits)').fill(codes.cancel);
  await page.getByLabel('Code for when you are forced').fill(codes.duress);
  await press('Set the codes');
  await page.getByText('Saved.').waitFor();
  const settings = () => bo.phone.get(`/api/neighbourhoods/${id}/sos/settings`);
  const [, cy] = neighbours;
  await expect
    .poll(async () => (await settings()).body)
    .toEqual({ sharing: [cy?.member.id], hasCodes: true });

  await link(page, 'I am walking home').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Your way, in a few words').fill('By the river');
  await press('I am leaving now');
  const until = page.getByText(/^Check in by/u);
  await until.waitFor();
  const first = await until.innerText();
  await page.getByLabel('Your code').fill(codes.cancel);
  await press('10 minutes more');
  await expect.poll(() => until.innerText()).not.toBe(first);
  await page.getByLabel('Your code').fill(codes.cancel);
  await press('I am home');
  await page.getByText('You said that you are home.').waitFor();

  // By a time on the clock: three hours from now, and not what has just passed.
  const clock = (hours: number) =>
    page.evaluate((ahead) => new Date(Date.now() + ahead * 3600_000).toTimeString().slice(0, 5), hours);
  await page.getByLabel('20 min').focus();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight');
  await page.getByLabel('I am home by').fill(await clock(-1));
  await press('I am leaving now');
  await page.getByText('It must be within the next twelve hours.').waitFor();
  const time = await clock(3);
  await page.getByLabel('I am home by').fill(time);
  await press('I am leaving now');
  await page.getByText(`Check in by ${time}`).waitFor();
});
