import { beforeAll, expect, test } from 'vitest';
import { button, heading, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

const notKnown = 'This neighbourhood is not known here.';
const refused = [/ (?:403|404) /u];

test('[BR12] a neighbourhood of others is not known here, signed in or not, and nobody is said to have been removed', async () => {
  const { id } = await street(() => site.phone());
  const stranger = site.phone();
  await stranger.found();
  const { page } = await site.open({ as: stranger, expected: refused });
  await page.goto(`/n/${id}`);
  await heading(page, notKnown).waitFor();
  await page.getByText('Ask for an invite.').waitFor();
  await expect.poll(() => page.getByText('no longer a member').count()).toBe(0);

  const nobody = await site.open();
  await nobody.page.goto(`/n/${id}`);
  await nobody.page.getByText(notKnown).waitFor();
  await button(nobody.page, 'I have a link').waitFor();
  await nobody.page.goto('/');
  await button(nobody.page, 'I have a link').waitFor();
  await expect.poll(() => nobody.page.getByText(notKnown).count()).toBe(0);
});

test('[BR12] whoever is removed is told so, without a word about the connection and without tabs', async () => {
  const { id, founder, neighbours } = await street(() => site.phone());
  const [removed] = neighbours;
  if (!removed) throw new Error('nobody to remove');
  const { page } = await site.open({ as: removed.phone, expected: refused });
  await page.clock.install();
  await page.goto(`/n/${id}`);
  await page.getByText('Nothing open').waitFor();
  await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${removed.member.id}`));
  await heading(page, 'You are no longer a member of this neighbourhood.').waitFor();
  await expect.poll(() => page.getByRole('navigation').count()).toBe(0);
  // Longer than the page has patience with a connection.
  await page.clock.fastForward(10_000);
  // What its patience would have said is on the page by now.
  await page.clock.runFor(1000);
  await expect.poll(() => page.getByText('No connection').count()).toBe(0);
});

test('[BR12] an invite from somebody without a name is an invite all the same', async () => {
  const { page } = await site.open();
  await page.route('**/api/invites/**', (route) =>
    route.fulfill({ json: { neighbourhoodName: 'Rue des Lilas', invitedByName: '' } }),
  );
  await page.goto(`/join/${'a'.repeat(16)}.${'b'.repeat(22)}`);
  await heading(page, 'You are invited to Rue des Lilas').waitFor();
});
