import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { button, heading, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

async function scene() {
  const at = await street(() => site.phone(), ['Bo']);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('a neighbour is needed');
  const { incident } = await bo.phone.report(at.id, { title: 'Car doors' });
  return { ...at, bo, incident };
}

test('[HI12] the panel leads to the history in words, and a coordinator changes how long incidents are kept', async () => {
  const { id, founder, bo, incident } = await scene();
  const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  await founder.must(founder.post(`${about}/responses`, { kind: 'acknowledged' }));
  await founder.must(founder.post(`${about}/resolution`, { kind: 'resolved', reason: 'They left.' }));

  const reader = await site.open({ as: bo.phone, locale: 'fr-FR' });
  await reader.page.goto(`/n/${id}/incidents/${incident.id}`);
  await button(reader.page, 'Historique').click();
  const history = reader.page.getByRole('dialog');
  await history.getByText('État : En cours, désormais Terminé').waitFor();
  await history.getByText('Raison : They left.').waitFor();
  await expect.poll(() => history.getByRole('listitem').count()).toBe(3);
  await expect.poll(() => history.getByRole('listitem').first().innerText()).toContain('vous,');
  await expect.poll(() => history.getByRole('listitem').nth(1).innerText()).toContain('Ada,');
  await reader.page.keyboard.press('Escape');
  await history.waitFor({ state: 'detached' });

  const ada = await site.open({ as: founder });
  await ada.page.goto(`/n/${id}/neighbours`);
  await reader.page.goto(`/n/${id}/neighbours`);
  await reader.page.getByText(/^90 jours après son signalement/u).waitFor();
  await expect.poll(() => reader.page.getByLabel('Oublier les incidents après').count()).toBe(0);
  await ada.page.getByLabel('Forget incidents after').selectOption('30');
  await button(ada.page, 'Change').click();
  await ada.page.getByRole('dialog').getByText('What is older goes at once').waitFor();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Change', exact: true }).click();
  await ada.page.getByText(/^30 days after it was reported/u).waitFor();
  await reader.page.getByText(/^30 jours après son signalement/u).waitFor();
});

test('[HI13] downloads what is mine and, after the word was typed, erases me; by keyboard', async () => {
  const { id, founder, bo, incident } = await scene();
  const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  const { page } = await site.open({
    as: bo.phone,
    expected: [/409 \(Conflict\)/u, /401 \(Unauthorized\)/u],
  });
  await page.clock.install();
  const connects = page.waitForEvent('websocket');
  await page.goto('/me');
  const closed = (await connects).waitForEvent('close', { timeout: 0 });
  // The server closes the socket before it answers: on a slow line the page has time to want it back, and must not.
  await page.route(/\/api\/me\?confirm=erase/u, async (route) => {
    const response = await route.fetch();
    if (response.ok()) {
      await closed;
      await page.clock.fastForward(5000);
    }
    await route.fulfill({ response });
  });
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe('vigie-export.json');
  const file = JSON.parse(await readFile(await download.path(), 'utf8')) as {
    neighbourhoods: { incidents: { title: string }[] }[];
  };
  expect(file.neighbourhoods[0]?.incidents[0]?.title).toBe('Car doors');

  await button(page, 'Erase me').focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const doIt = dialog.getByRole('button', { name: 'Erase me for good' });
  await doIt.waitFor();
  await expect.poll(() => doIt.isDisabled()).toBe(true);
  await dialog.getByLabel('Type “erase” to confirm').focus();
  await page.keyboard.type('erase');
  await expect.poll(() => doIt.isEnabled()).toBe(true);
  await page.keyboard.press('Enter');
  await dialog.getByText('You have open alerts.').waitFor();
  await bo.phone.must(bo.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'They left.' }));
  await expect.poll(() => doIt.isEnabled()).toBe(true);
  await doIt.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Found a neighbourhood' }).waitFor();
  expect((await bo.phone.get('/api/me')).status).toBe(401);

  const ada = await site.open({ as: founder });
  await ada.page.goto(`/n/${id}/neighbours`);
  await heading(ada.page, '1 member').waitFor();
  expect((await founder.get(about)).status).toBe(404);
});
