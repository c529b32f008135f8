import { beforeAll, expect, test } from 'vitest';
import { asShipped, button, sharedSite, type Site } from '../support/browser.ts';
import { street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await sharedSite();
});

test('[BR8] a device that is signed out from another one says so in words and offers the way back', async () => {
  const { id, founder } = await street(() => site.phone());
  const lost = await site.open({ as: founder, expected: [/ 401 |HTTP Authentication failed/u] });
  await lost.page.goto(`/n/${id}`);
  await lost.page.getByText('Nothing open').waitFor();
  const { body: made } = await founder.post<{ code: string }>('/api/device-links');
  const other = site.phone();
  await other.must(other.post(`/api/device-links/${made.code}/use`, { deviceName: 'Tablet' }));
  const kept = await site.open({ ...asShipped, as: other });
  await kept.page.goto('/me');
  const signOut = button(kept.page, /^Sign out \S/u);
  await signOut.click();
  await kept.page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await lost.page.getByText('This device is no longer signed in.').waitFor();
  await lost.page.getByText(/open Me on another device of yours/u).waitFor();
  await signOut.waitFor({ state: 'detached' });

  // Nothing of the neighbourhood is left on it, after a reload neither.
  await lost.page.reload();
  await button(lost.page, 'I have a link').waitFor();
  await expect.poll(() => lost.page.getByText('Rue des Lilas').count()).toBe(0);

  // The way back: a link from the other device.
  await button(kept.page, 'Link another device').click();
  const address = await kept.page.getByText(/\/link\//u).innerText();
  await lost.page.goto(address);
  await button(lost.page, 'Link this device').click();
  await kept.page.getByText(/^Linked: \S/u).waitFor();
  await kept.page.getByText(/\/link\//u).waitFor({ state: 'detached' });
  await lost.page.getByText('Nothing open').waitFor();
});
