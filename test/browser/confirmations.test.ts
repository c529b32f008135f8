import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { button, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

/** Bo, who came today, reports; Ada founded the neighbourhood. */
async function scene(over: Record<string, unknown> = {}) {
  const at = await street(() => site.phone(), ['Bo']);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('a neighbour is needed');
  const { incident } = await bo.phone.report(at.id, over);
  return { ...at, bo, incident, address: `/n/${at.id}/incidents/${incident.id}` };
}

const pressed = (page: Page, name: string | RegExp) => button(page, name).getAttribute('aria-pressed');

test('[CF12] three big answers: one tap each, seen on the other phone at once', async () => {
  const { founder, bo, address } = await scene();
  const ada = await site.open({ as: founder });
  const reporter = await site.open({ as: bo.phone, locale: 'fr-FR' });
  await ada.page.goto(address);
  await reporter.page.goto(address);
  const seen = button(ada.page, 'Seen it');
  await seen.waitFor();
  for (const name of ['Seen it', 'I am going', 'Not so']) {
    const box = await button(ada.page, name).boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(64);
    await expect.poll(() => pressed(ada.page, name)).toBe('false');
  }
  await seen.click();
  await reporter.page.getByText('1 voisin l’a vu aussi.').waitFor();
  await expect.poll(() => pressed(ada.page, 'Seen it')).toBe('true');

  await button(ada.page, 'I am going').click();
  await expect.poll(() => pressed(ada.page, 'I am going')).toBe('true');
  await reporter.page.getByRole('listitem').filter({ hasText: 'Ada' }).getByText('en route').waitFor();
  // What she saw and what she does are two things.
  await expect.poll(() => pressed(ada.page, 'Seen it')).toBe('true');
  // Nobody is a witness of their own report.
  await expect.poll(() => button(reporter.page, 'Je l’ai vu').count()).toBe(0);
});

test('[CF13] what is disputed stays, and says so in the panel, in the list and on the map; by keyboard', async () => {
  const { id, founder, bo, address } = await scene({ title: 'Car doors' });
  const ada = await site.open({ as: founder });
  const reporter = await site.open({ as: bo.phone });
  await ada.page.goto(address);
  await reporter.page.goto(address);
  const notSo = button(ada.page, 'Not so');
  await notSo.focus();
  await ada.page.keyboard.press('Enter');
  await expect.poll(() => pressed(ada.page, 'Not so')).toBe('true');
  // The key that gave the answer has not lost its place.
  await expect.poll(() => notSo.evaluate((element) => element === document.activeElement)).toBe(true);
  await reporter.page.getByText('Disputed: 1 neighbour says it is not so.').waitFor();
  await button(reporter.page, /Car doors, Open, Disputed/u).waitFor();

  await reporter.page.goto(`/n/${id}`);
  await reporter.page.getByRole('link', { name: /Car doors.*Disputed/u }).waitFor();

  await ada.page.keyboard.press('Shift+Tab');
  await ada.page.keyboard.press('Shift+Tab');
  await ada.page.keyboard.press('Space');
  await expect.poll(() => pressed(ada.page, 'Seen it')).toBe('true');
  await expect.poll(() => pressed(ada.page, 'Not so')).toBe('false');
  await ada.page.getByText('1 neighbour has seen it too.').waitFor();
  await expect
    .poll(() => reporter.page.getByRole('link', { name: /Car doors/u }).innerText())
    .not.toContain('Disputed');
});

test('[CF14] who is new learns that volunteers were told first, why, and when everyone is', async () => {
  const { founder, bo, address } = await scene({ severity: 'severe' });
  const ada = await site.open({ as: founder });
  const reporter = await site.open({ as: bo.phone, locale: 'fr-FR' });
  await ada.page.goto(address);
  await reporter.page.goto(address);
  await reporter.page
    .getByText(/^Les volontaires sont prévenus d’abord, car vous venez d’arriver/u)
    .waitFor();
  await reporter.page.getByText(/tout le monde est prévenu dans environ 5 min/u).waitFor();
  await ada.page.getByText(/^Told to volunteers first; everyone is told/u).waitFor();
  await button(ada.page, 'Seen it').click();
  await expect.poll(() => reporter.page.getByText(/^Les volontaires sont prévenus/u).count()).toBe(0);
  await expect.poll(() => ada.page.getByText(/^Told to volunteers first/u).count()).toBe(0);
});

test('[CF2] whoever reported without a name is told, alone, that they are no witness', async () => {
  const { bo, address } = await scene({ anonymous: true });
  const reporter = await site.open({ as: bo.phone, expected: [/403.*\/confirmations$/u] });
  await reporter.page.goto(address);
  await button(reporter.page, 'Seen it').click();
  await reporter.page.getByText('You raised this yourself: a witness is somebody else.').waitFor();
  await expect.poll(() => pressed(reporter.page, 'Seen it')).toBe('false');
});
