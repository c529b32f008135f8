import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { button, heading, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

async function scene(names: string[] = ['Bo']) {
  const at = await street(() => site.phone(), names);
  const { incident } = await at.founder.report(at.id);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('a neighbour is needed');
  return { ...at, bo, incident, address: `/n/${at.id}/incidents/${incident.id}` };
}

/** The stage that the bar says is now, and those that it says are behind it. */
async function stages(page: Page, label: string): Promise<{ now: string; done: number }> {
  const bar = page.getByRole('list', { name: label });
  const now = await bar.locator('[aria-current="step"]').innerText();
  return { now, done: await bar.locator('.stage--done').count() };
}

/** How the pin on the map is filled. */
const pin = (page: Page) => page.locator('.pin--incident .severity').first().getAttribute('class');

test('[RE13] [OC16] one phone answers; the other sees live who is coming, when, and how far it is', async () => {
  const { founder, bo, address } = await scene();
  const mine = await site.open({ as: bo.phone });
  const other = await site.open({ as: founder, locale: 'fr-FR' });
  await mine.page.goto(address);
  await other.page.goto(address);
  const bar = 'Où en est l’alerte';
  await other.page.getByText('Personne n’a encore répondu.').waitFor();
  await expect.poll(() => stages(other.page, bar)).toEqual({ now: 'Signalé', done: 0 });
  await expect.poll(() => pin(other.page)).toContain('severity--open');

  await button(mine.page, 'I will see to it').click();
  await mine.page.getByText('You said that you will see to it.').waitFor();
  const coming = other.page.getByRole('listitem').filter({ hasText: 'Bo' });
  await coming.getByText('Responsable').waitFor();
  await expect.poll(() => coming.innerText()).toContain('s’en occupe');
  await expect.poll(() => stages(other.page, bar)).toEqual({ now: 'Pris en charge', done: 1 });
  await expect.poll(() => pin(other.page)).toContain('severity--handled');
  await button(other.page, /^Modéré : Fait suspect, Pris en charge/u).waitFor();

  await button(mine.page, 'I am going').click();
  await mine.page.getByRole('group', { name: 'When will you be there?' }).waitFor();
  await button(mine.page, '5 min').click();
  await expect.poll(() => coming.innerText()).toContain('environ 5 min');
  await expect.poll(() => stages(other.page, bar)).toEqual({ now: 'En route', done: 2 });
  // The minutes run down by themselves.
  await other.page.clock.install({ time: Date.now() + 2 * 60_000 + 1000 });
  await other.page.reload();
  await expect.poll(() => coming.innerText()).toMatch(/environ [23] min/u);

  await button(mine.page, 'I am there').click();
  await expect.poll(() => coming.innerText()).toContain('sur place');
  await expect.poll(() => stages(other.page, bar)).toEqual({ now: 'Sur place', done: 3 });
  // Who is new here is not offered to end it, and reads why.
  await mine.page.getByText('You joined less than two days ago.').waitFor();
  await expect.poll(() => button(mine.page, 'Close this incident').count()).toBe(0);
  await button(mine.page, 'I cannot go on').click();
  await mine.page.getByText('You have stood down.').waitFor();
  await other.page.getByText(/^Personne ne s’en occupe/u).waitFor();
});

test('[RE14] an incident is handed over with the keyboard; whom it was given to sees it, and can give it up', async () => {
  const { bo, neighbours, address } = await scene(['Bo', 'Cy']);
  const [, cy] = neighbours;
  if (cy === undefined) throw new Error('a second neighbour is needed');
  const owner = await site.open({ as: bo.phone });
  const heir = await site.open({ as: cy.phone });
  await owner.page.goto(address);
  await heir.page.goto(address);
  await button(owner.page, 'I will see to it').focus();
  await owner.page.keyboard.press('Enter');
  await owner.page.getByText('You said that you will see to it.').waitFor();
  await expect
    .poll(() => owner.page.evaluate(() => document.activeElement?.textContent))
    .toBe('You said that you will see to it.');
  await heir.page.getByText('In charge').waitFor();
  // Not the heir's to hand over.
  await expect.poll(() => button(heir.page, 'Hand over').count()).toBe(0);

  await button(owner.page, 'Hand over').focus();
  await owner.page.keyboard.press('Enter');
  await heading(owner.page, 'Hand over').waitFor();
  await button(owner.page, 'Cy').focus();
  await owner.page.keyboard.press('Enter');
  await heading(owner.page, 'Hand over').waitFor({ state: 'detached' });
  const line = owner.page.getByRole('listitem').filter({ hasText: 'Cy' });
  await line.getByText('In charge').waitFor();
  await heir.page.getByText('was asked to take it over').waitFor();
  await button(heir.page, 'I cannot go on').click();
  await owner.page.getByRole('listitem').filter({ hasText: 'You' }).getByText('In charge').waitFor();
});

test('[RE15] an answer that finds no network is told as such, and sent again under the same key', async () => {
  const { bo, address } = await scene();
  const { page } = await site.open({ as: bo.phone, expected: [/net::ERR_FAILED/u] });
  const keys: (string | undefined)[] = [];
  let line: 'cut' | 'cut on the way back' | 'well' = 'cut';
  await page.route('**/responses', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (line === 'well') return await route.continue();
    if (line === 'cut on the way back') await route.fetch();
    return await route.abort();
  });
  await page.goto(address);
  const failure = page.getByRole('alert').filter({ hasText: 'No answer from the server.' });
  await button(page, 'I will see to it').click();
  await failure.waitFor();
  line = 'well';
  await button(page, 'I will see to it').click();
  await page.getByText('You said that you will see to it.').waitFor();
  await failure.waitFor({ state: 'detached' });
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  // What did arrive shows as it stands, whatever became of its answer.
  line = 'cut on the way back';
  await button(page, 'I am there').click();
  await page.getByText('You are on the scene.').waitFor();
  await failure.waitFor({ state: 'detached' });
});

test('[RE16] when nobody has taken it on, the page says so plainly with the number to call; its answers are large', async () => {
  const { bo, address } = await scene();
  const { page } = await site.open({ as: bo.phone });
  await page.goto(address);
  await button(page, 'I am there').click();
  await button(page, 'I cannot go on').click();
  // Nobody is left to be asked: the founder, who coordinates, is the reporter.
  const told = page.getByRole('alert').filter({ hasText: 'Nobody has taken this on.' });
  await told.waitFor();
  const call = told.getByRole('link', { name: /^Call \d+/u });
  await expect.poll(() => call.getAttribute('href')).toMatch(/^tel:\d+$/u);
  for (const name of ['I will see to it', 'I am there']) {
    const height = async () => (await button(page, name).boundingBox())?.height;
    await expect.poll(height).toBeGreaterThanOrEqual(48);
  }
});
