import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { Following } from '../../shared/following.ts';
import type { IncidentDetail } from '../../shared/incidents.ts';
import { button, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

async function scene() {
  const at = await street(() => site.phone(), ['Bo', 'Cyrille']);
  const [bo, cy] = at.neighbours;
  if (bo === undefined || cy === undefined) throw new Error('two neighbours are needed');
  const { incident } = await at.founder.report(at.id);
  const address = `/n/${at.id}/incidents/${incident.id}`;
  return { ...at, bo, cy, incident, address, path: `/api/neighbourhoods/${at.id}/incidents/${incident.id}` };
}

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

test('[UP14] what one phone sees is live on the other; talk is apart and closed; what was begun is kept', async () => {
  const { founder, bo, address } = await scene();
  const mine = await site.open({ as: bo.phone });
  const other = await site.open({ as: founder, locale: 'fr-FR' });
  await mine.page.goto(address);
  await other.page.goto(address);
  await field(mine.page, 'Your words').fill('They ran north.\n<b>Two</b> of them: https://example.org');
  await button(mine.page, 'Add').click();
  const seen = other.page.getByRole('log', { name: 'Ce que voient les voisins' });
  await seen.getByText('<b>Two</b> of them: https://example.org').waitFor();
  await seen.getByText(/^Bo, /u).waitFor();
  await expect.poll(() => seen.getByRole('link').count()).toBe(0);
  await expect.poll(() => field(mine.page, 'Your words').inputValue()).toBe('');

  const talk = other.page.getByText('Discussion : 1 commentaire');
  await mine.page.getByRole('radio', { name: 'Talk' }).check({ force: true });
  await field(mine.page, 'Your words').fill('Thank you all.');
  await button(mine.page, 'Add').click();
  await talk.waitFor();
  const comment = other.page.getByText('Thank you all.');
  await expect.poll(() => comment.isVisible()).toBe(false);
  await talk.focus();
  await other.page.keyboard.press('Enter');
  await comment.waitFor();
  await expect.poll(() => seen.getByText('Thank you all.').count()).toBe(0);
  // Whoever wrote it sees it.
  await mine.page.getByText('Thank you all.').waitFor();

  await field(mine.page, 'Your words').fill('Has anybody');
  // It is written when the next one is.
  await expect
    .poll(() =>
      mine.page.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open('vigie');
            opening.addEventListener('success', () => {
              const got = opening.result.transaction('kept').objectStore('kept').get('update-drafts');
              got.addEventListener('success', () => resolve(JSON.stringify(got.result)));
            });
          }),
      ),
    )
    .toContain('Has anybody');
  await mine.page.close();
  const again = await mine.context.newPage();
  await again.goto(address);
  await expect.poll(() => field(again, 'Your words').inputValue()).toBe('Has anybody');
  await expect.poll(() => again.getByRole('radio', { name: 'Talk' }).isChecked()).toBe(true);
});

test('[UP15] [UP16] a neighbour is asked for by keys alone, who sees it; the incident is muted, and stays so', async () => {
  const { bo, cy, address, path } = await scene();
  const mine = await site.open({ as: bo.phone });
  const asked = await site.open({ as: cy.phone });
  await mine.page.goto(address);
  await asked.page.goto(address);
  const words = field(mine.page, 'Your words');
  await words.focus();
  await mine.page.keyboard.type('Can you look, @');
  const list = mine.page.getByRole('listbox', { name: 'Neighbours' });
  await expect.poll(() => list.getByRole('option').allInnerTexts()).toEqual(['Ada', 'Cyrille']);
  await mine.page.keyboard.press('ArrowDown');
  const chosen = list.getByRole('option', { name: 'Cyrille', selected: true });
  await chosen.waitFor();
  await expect.poll(() => words.getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'));
  // Escape closes the list and not the incident.
  await mine.page.keyboard.press('Escape');
  await list.waitFor({ state: 'hidden' });
  await mine.page.keyboard.type('cy');
  await list.waitFor();
  await mine.page.keyboard.press('Enter');
  await expect.poll(() => words.inputValue()).toBe('Can you look, @Cyrille ');
  await mine.page.keyboard.type('please?');
  await mine.page.keyboard.press('Tab');
  await mine.page.keyboard.press('Enter');
  await asked.page.getByText('Asks for you').waitFor();
  await asked.page.getByText('Can you look, @Cyrille please?').waitFor();
  await mine.page.getByText('Asks for: Cyrille').waitFor();
  const { body } = await bo.phone.get<IncidentDetail>(path);
  expect(body.updates.map(({ mentions }) => mentions)).toEqual([[cy.member.id]]);

  const choice = (name: string) => asked.page.getByRole('radio', { name, exact: true });
  await expect.poll(() => choice('The alert and its end').isChecked()).toBe(true);
  await choice('The alert and its end').focus();
  await asked.page.keyboard.press('ArrowRight');
  await asked.page.getByText('You still learn how it ends, if the alert had reached you.').waitFor();
  await expect
    .poll(async () => (await cy.phone.get<Following>(`${path}/following`)).body)
    .toEqual({ mode: 'muted', chosen: true });
  await asked.page.reload();
  await expect.poll(() => choice('Mute').isChecked()).toBe(true);
});
