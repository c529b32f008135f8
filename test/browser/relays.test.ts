import { beforeAll, expect, test } from 'vitest';
import { button, heading, link, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;
beforeAll(async () => {
  site = await sharedSite();
});

test('[BU11] a neighbour adds somebody without a phone, is asked to tell them of an alert, and says that they did', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo']);
  const [bo] = neighbours;
  if (bo === undefined) throw new Error('nobody lives here');
  const { page } = await site.open({ as: bo.phone });
  await page.goto('/me');
  await link(page, 'Neighbours without a phone').click();
  await heading(page, 'Neighbours without a phone').waitFor();
  await page.getByText('You tell nobody yet.').waitFor();
  await page.getByLabel('Their name, as you call them').fill('Mme Durand');
  await button(page, 'They have agreed').click();
  await heading(page, 'Mme Durand').waitFor();
  await page.getByText('Told by you.').waitFor();

  const { incident } = await founder.report(id, { category: 'fire', severity: 'severe' });
  await page.goto(`/n/${id}/incidents/${incident.id}`);
  const told = button(page, 'I told Mme Durand');
  await told.waitFor();
  await told.click();
  await page.getByText('You told Mme Durand.').waitFor();
  await founder.must(
    founder.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/resolution`, {
      ...{ kind: 'resolved', reason: 'It is out.' },
    }),
  );
  await page.getByText('Mme Durand was told of this. Now tell them that it is over.').waitFor();
  await told.click();
  await page.getByText('Mme Durand knows that it is over.').waitFor();
  expect(await told.count()).toBe(0);

  await page.goto(`/n/${id}/pairings`);
  await button(page, 'End it for Mme Durand').click();
  await button(page, 'End it').click();
  await page.getByText('You tell nobody yet.').waitFor();
});
