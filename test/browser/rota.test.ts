import { beforeAll, expect, test } from 'vitest';
import { button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { inside, street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

test('[RO19] a shift is planned, joined on a second phone, seen at once on the first, and left', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('neighbours are needed');
  for (const phone of [founder, cy.phone])
    await phone.must(phone.send('PUT', `/api/neighbourhoods/${id}/patrol-word`, { word: 'agree' }));
  const mine = await site.open({
    as: founder,
    timezoneId: 'UTC',
    permissions: ['geolocation'],
    geolocation: { latitude: inside.lat, longitude: inside.lng, accuracy: 30 },
  });
  const other = await site.open({ as: bo.phone, timezoneId: 'UTC' });
  await mine.page.goto(`/n/${id}/patrols`);
  await other.page.goto(`/n/${id}/patrols`);

  // Two are not enough; the third is, and both phones see it.
  await heading(mine.page, 'Patrols are not switched on here').waitFor();
  await link(other.page, 'What do you say?').click();
  await other.page.getByText('Observe, record, report. Never confront.').waitFor();
  await other.page.getByText(/is not known here\. Ask your town hall/u).waitFor();
  await other.page.getByRole('radio', { name: 'I agree, by this rule' }).check();
  await other.page.getByText('3 agree', { exact: true }).waitFor();

  await link(mine.page, 'Plan a shift').click();
  await heading(mine.page, 'Plan a shift').waitFor();
  const save = button(mine.page, 'Plan it');
  expect(await save.isDisabled()).toBe(true);
  await mine.page.locator('#plan').getByRole('button', { name: 'My position' }).click();
  await mine.page.getByLabel('The place in a few words').fill('At the bakery');
  await expect.poll(() => save.isEnabled()).toBe(true);
  await save.click();
  await mine.page.getByText('At the bakery').waitFor();

  await link(other.page, 'Back').click();
  await other.page.getByRole('radio', { name: 'List' }).check();
  const row = other.page.locator('.shift');
  await row.getByText('2 more needed').waitFor();
  await row.getByRole('button', { name: /^Join: / }).click();
  await row.getByText('You are coming').first().waitFor();
  await heading(other.page, 'My shifts').waitFor();

  // The page of the one who planned it did nothing for that.
  await mine.page.getByText('Bo (new)', { exact: true }).waitFor();
  await mine.page.getByText('One more needed').waitFor();

  await row.first().getByRole('link').click();
  await button(other.page, 'Take my sign-up back').click();
  await other.page.getByRole('dialog').getByRole('button', { name: 'Take my sign-up back' }).click();
  await button(other.page, 'I am coming').waitFor();
  await mine.page.getByText('Nobody yet').waitFor();
});
