import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, type Site, startSite } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

const upright = { width: 768, height: 1024 };
const flat = { width: 1024, height: 768 };

test.each([
  ['flat', upright, flat],
  ['upright', flat, upright],
])(
  '[BR13] a tablet turned %s in the middle of a dialog keeps what was written in it; once it is closed the page is laid out anew',
  async (_, before, after) => {
    const { id, founder } = await street(() => site.phone(), []);
    const { incident } = await founder.report(id, { title: 'At the corner' });
    const { page } = await site.open({ as: founder, viewport: before });
    await page.goto(`/n/${id}/incidents/${incident.id}`);
    await heading(page, 'At the corner').waitFor();
    const column = page.locator('.stage__detail');
    expect(await column.count()).toBe(before === flat ? 1 : 0);
    await button(page, 'All clear').click();
    await page.getByLabel('What became of it?').fill('It was the neighbour’s cat.');
    await page.setViewportSize(after);
    // The map has seen the new size.
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(after.width);
    expect(await page.getByLabel('What became of it?').inputValue()).toBe('It was the neighbour’s cat.');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => column.count()).toBe(after === flat ? 1 : 0);
    await heading(page, 'At the corner').waitFor();
  },
);
