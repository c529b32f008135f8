import { beforeAll, expect, test } from 'vitest';
import { button, heading, sharedSite, type Site } from '../support/browser.ts';
import { sizes, standingAt } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { focusOf, notLost, press, tabTo } from '../support/keyboard.ts';
import { inside } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

test.each(['phone', 'desktop'] as const)(
  '[BR4] founding, inviting, raising an alert, opening it from the list and going back: by keyboard alone (%s)',
  async (size) => {
    const { page } = await site.open({ viewport: sizes[size], ...standingAt(inside) });
    await page.goto('/');
    await press(page, 'Found a neighbourhood');
    await heading(page, 'Found a neighbourhood').waitFor();
    await notLost(page, 'on the page of founding');
    await tabTo(page, 'Name of the neighbourhood');
    await page.keyboard.type('Rue des Lilas');
    await tabTo(page, 'Your name');
    await page.keyboard.type('Ada');

    // My position moves the map there; then four corners around it.
    await press(page, 'My position');
    await page.locator('.me-dot').waitFor();
    const corner = async (...moves: string[]) => {
      await tabTo(page, 'Map', 'Shift+Tab');
      for (const move of moves) {
        await page.keyboard.press(move);
        // A map that is still on its way takes no further key.
        await page.locator('.leaflet-pan-anim').waitFor({ state: 'detached' });
      }
      await press(page, 'Set a corner in the middle', 'Space');
    };
    await corner('ArrowUp', 'ArrowLeft');
    await corner('ArrowRight', 'ArrowRight');
    await corner('ArrowDown', 'ArrowDown');
    await corner('ArrowLeft', 'ArrowLeft');
    await press(page, 'Close the line');
    await page.getByText(/^The boundary is closed/u).waitFor();
    await notLost(page, 'after closing the line');
    await press(page, 'Create the neighbourhood');
    await page.getByText('A new neighbourhood').waitFor();
    await notLost(page, 'after founding');

    await press(page, 'Neighbours');
    await heading(page, 'Neighbours').waitFor();
    await notLost(page, 'on the page of neighbours');
    await press(page, 'Make a link');
    await page.getByText(/\/join\//u).waitFor();
    await notLost(page, 'after the link was made');
    await tabTo(page, 'Copy');

    await page.keyboard.press('n');
    await heading(page, 'Raise an alert').waitFor();
    await notLost(page, 'on the first step');
    await page.getByText('Your position is known.').waitFor();
    await press(page, 'Break-in');
    await heading(page, 'Call first').waitFor();
    await notLost(page, 'on the step that says whom to call');
    await press(page, 'I have called');
    await button(page, /^Send/u).waitFor();
    await notLost(page, 'on the last step');
    await press(page, /^Send/u);
    await heading(page, 'Break-in').waitFor();
    await page.getByText(/^Sent/u).waitFor();
    await notLost(page, 'on the incident');

    await page.keyboard.press('Escape');
    await eventually(() => /^\/n\/[\w-]+$/u.test(new URL(page.url()).pathname));
    await eventually(async () => (await focusOf(page)).name.startsWith('Break-in Severe'), {
      what: 'the focus on the row of the incident',
    });
    await page.keyboard.press('Enter');
    await heading(page, 'Break-in').waitFor();
    await notLost(page, 'on the incident again');
    await press(page, 'Close');
    await eventually(async () => (await focusOf(page)).name.startsWith('Break-in Severe'), {
      what: 'the focus on the row again',
    });
  },
  180_000,
);

test('[BR4] the first Tab offers to skip to the content, and the question mark shows the keys', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const { page } = await site.open({ viewport: sizes.desktop, as: founder });
  await page.goto(`/n/${neighbourhood.id}`);
  await page.getByText('Nothing open').waitFor();
  await page.keyboard.press('Tab');
  await expect.poll(() => focusOf(page)).toEqual({ name: 'Skip to the content', lost: false, visible: true });
  await page.keyboard.press('Enter');
  await eventually(() => page.evaluate(() => document.activeElement?.tagName === 'H1'));
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await eventually(() => page.evaluate(() => document.activeElement?.tagName === 'H1'));
});
