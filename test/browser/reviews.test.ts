import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { MyReviews } from '../../shared/reviews.ts';
import { button, link, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

const words = 'The blue house keeps its key under the pot.';

/** Flags what is open on the page, by the dialog. */
async function flag(page: Page, what = 'Flag this'): Promise<void> {
  await button(page, what).click();
  await page.getByRole('radio', { name: 'Shows somebody’s private data' }).check();
  await button(page, 'Flag it').click();
  // The page may say so of something else already: with this dialog's end it says it of this.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('Flagged. Nobody learns that it was you.').last().waitFor();
}

test('[FL13] [FL14] flagged on two phones, hidden on the third at once, decided by keyboard, read by everybody', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Author', 'Bo', 'Cy']);
  const [author, bo, cy] = neighbours;
  if (author === undefined || bo === undefined || cy === undefined) throw new Error('neighbours are missing');
  const { incident } = await author.phone.report(id, { description: words });
  const address = `/n/${id}/incidents/${incident.id}`;

  const reader = await site.open({ as: author.phone, locale: 'fr-FR' });
  await reader.page.goto(address);
  await reader.page.getByText(words).waitFor();
  const juror = await site.open({ as: cy.phone });
  await juror.page.goto(`/n/${id}`);
  await juror.page.getByText(words).waitFor();

  // Accounts of today count near nothing, but the founder does.
  await bo.phone.must(
    bo.phone.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/flags`, { agreement: 'private' }),
  );
  const ada = await site.open({ as: founder });
  await ada.page.goto(address);
  await ada.page.getByText('1 neighbour flagged this.').waitFor();
  const seen = { kind: 'observation', text: 'The key is still there.' };
  await bo.phone.must(bo.phone.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/updates`, seen));
  await flag(ada.page, 'Flag what Bo wrote');
  await reader.page.locator('.update').getByText('1 voisin l’a signalé.').waitFor();
  await flag(ada.page);
  await ada.page.getByText('Hidden while neighbours review it').first().waitFor();
  await reader.page.getByText('Masqué pendant que des voisins l’examinent').first().waitFor();
  await expect.poll(() => reader.page.getByText(words).count()).toBe(0);

  // Cy alone has no part in it. What she is shown nobody else is.
  const asked = await cy.phone.get<MyReviews>(`/api/neighbourhoods/${id}/reviews/mine`);
  expect(asked.body.duties).toHaveLength(1);
  await link(juror.page, /Something suspicious: decide/u).click();
  await juror.page.getByText(words).waitFor();
  await button(juror.page, 'Remove it').focus();
  await juror.page.keyboard.press('Enter');
  await juror.page.getByText('Thank you. Your answer counts.').waitFor();
  await expect.poll(() => juror.page.getByText(words).count()).toBe(0);

  await reader.page
    .getByText(/^Retiré par des voisins/u)
    .first()
    .waitFor();
  await button(reader.page, 'Faire appel').waitFor();
  await ada.page.goto(`/n/${id}/neighbours`);
  await link(ada.page, 'Decisions of neighbours').click();
  await ada.page.getByText('Removed by a jury, 1 to 0.').waitFor();
});
