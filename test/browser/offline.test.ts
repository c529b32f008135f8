import type { IncidentPage } from '../../shared/incidents.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asShipped, button, heading, link, type Site, startSite } from '../support/browser.ts';
import { standingAt } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { inside, type Phone, street } from '../support/phone.ts';

let site: Site;

beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.stop());

// What the browser itself writes when the test cuts the line.
const cut = [
  /net::ERR_(?:INTERNET_DISCONNECTED|NETWORK_CHANGED|SOCKET_NOT_CONNECTED|CONNECTION_\w+|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/u,
  /^WebSocket connection to .* failed/u,
];

/** The shell is kept and serves the page: from now on it needs no network. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
    });
  });

const incidentsOf = async (phone: Phone, id: string) =>
  (await phone.must(phone.get<IncidentPage>(`/api/neighbourhoods/${id}/incidents`))).incidents;

test('[BR5] without a network the shell shows what was known, marked as old, and an alert waits and leaves by itself, once', async () => {
  const { id, founder } = await street(() => site.phone());
  await founder.report(id, { category: 'theft', severity: 'moderate' });
  const { context, page } = await site.open({
    ...asShipped,
    as: founder,
    ...standingAt(inside),
    expected: cut,
  });
  const row = (name: RegExp) => page.getByRole('list', { name: 'Incidents' }).getByRole('link', { name });
  await page.goto(`/n/${id}`);
  await row(/^Theft Moderate/u).waitFor();
  await kept(page);

  await context.setOffline(true);
  await page.reload();
  await row(/^Theft Moderate/u).waitFor();
  await button(page, /^Moderate: Theft/u).waitFor();
  await page.getByText(/No connection. Showing what was known (?:at|on) \d/u).waitFor();

  await link(page, 'Alert').click();
  await page.getByText('Your position is known.').waitFor();
  await button(page, 'Fire or smoke').click();
  await button(page, 'I have called').click();
  await button(page, /^Send/u).click();
  // The list may say so a moment before the alert's own page is there.
  await page.waitForURL(/\/sending\//u);
  await page.getByText('Waiting on this device').waitFor();
  await page.reload();
  await page.getByText('Waiting on this device').waitFor();
  await heading(page, 'Fire or smoke').waitFor();
  await link(page, 'Map').click();
  await link(page, /Fire or smoke.*Waiting on this device/u).waitFor();
  expect(await incidentsOf(founder, id)).toHaveLength(1);

  const answers: number[] = [];
  page.on('response', (response) => {
    const sent = response.request().method() === 'POST' && response.url().endsWith('/incidents');
    if (sent) answers.push(response.status());
  });
  await context.setOffline(false);
  await row(/^Fire or smoke Severe/u).waitFor();
  await page.getByText('Waiting on this device').waitFor({ state: 'detached' });
  await page.getByText(/No connection/u).waitFor({ state: 'detached' });
  await page.reload();
  await row(/^Fire or smoke Severe/u).waitFor();
  await page.waitForLoadState('networkidle');
  expect(answers).toEqual([201]);
  const all = await incidentsOf(founder, id);
  expect(all.map(({ category }) => category).toSorted()).toEqual(['fire', 'theft']);
});

test('[BR5] the server goes and comes back: the page says so, and heals without a reload', async () => {
  const { id, founder } = await street(() => site.phone());
  await founder.report(id, { category: 'theft', severity: 'moderate' });
  const { page } = await site.open({ ...asShipped, as: founder, expected: cut });
  await page.goto(`/n/${id}`);
  const list = page.getByRole('list', { name: 'Incidents' });
  await list.getByRole('link', { name: /^Theft Moderate/u }).waitFor();
  await kept(page);
  await site.server.kill();
  await page.getByText(/No connection. Showing what was known (?:at|on) \d/u).waitFor();
  await page.reload();
  await list.getByRole('link', { name: /^Theft Moderate/u }).waitFor();
  await page.getByText(/No connection. Showing what was known (?:at|on) \d/u).waitFor();
  await site.server.start();
  await founder.report(id, { category: 'fire', severity: 'severe' });
  await list.getByRole('link', { name: /^Fire or smoke Severe/u }).waitFor({ timeout: 60_000 });
  await page.getByText(/No connection/u).waitFor({ state: 'detached' });
  await eventually(async () => (await list.getByRole('link').count()) === 2);
});
