import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshFor } from '../../shared/freshness.ts';
import type { IncidentDetail } from '../../shared/incidents.ts';
import { button, heading, type Site, startSite } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { click, deliverer, notifications, subscribeAt } from '../support/lock-screen.ts';
import { street } from '../support/phone.ts';
import { type PushService, startPushService } from '../support/push-service.ts';

let site: Site;
let service: PushService;

beforeAll(async () => {
  service = await startPushService();
  site = await startSite({ PUSH_EXTRA_ORIGINS: service.origin }, { whole: true });
});
afterAll(async () => {
  await site.stop();
  await service.close();
});

/** Resolves when the page has joined its room: what comes later comes live. */
const joined = (page: Page) =>
  new Promise<void>((resolve) => {
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"ok":true,"entries"')) resolve();
      }),
    );
  });

/** "Alert" and "Correction" with what is said of each. */
const figures = (page: Page) => page.locator('.receipts').innerText();
const words = (text: string) => text.replaceAll(/\s+/gu, ' ').trim();

test('[OC14] alert, push, all-clear: the correction takes the alert’s place, and the figures are those of the receipts', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Béa', 'Cy']);
  const [bea, cy] = neighbours;
  if (bea === undefined || cy === undefined) throw new Error('nobody lives here');
  const phone = await site.open({ as: bea.phone, locale: 'fr-FR', permissions: ['notifications'] });
  await subscribeAt(phone, service.newSubscription());
  await phone.page.goto('/me');
  const [worker = await phone.context.waitForEvent('serviceworker')] = phone.context.serviceWorkers();
  const deliver = await deliverer(phone, site.server.url);
  await button(phone.page, 'Activer').click();
  await phone.page.getByText('Les notifications sont activées sur cet appareil').waitFor();
  // Another neighbour has the map open, the reporter the incident.
  const map = await site.open({ as: cy.phone });
  const live = joined(map.page);
  await map.page.goto(`/n/${id}`);
  await live;
  const reporter = await site.open({ as: founder });

  const { incident } = await founder.report(id, { severity: 'severe', title: 'At the corner' });
  const address = `/n/${id}/incidents/${incident.id}`;
  await reporter.page.goto(address);
  await service.waitFor((received) => received.length === 1);
  await deliver(service.received[0]?.payload ?? '');
  await eventually(async () => (await notifications(worker)).length === 1);
  // Béa's phone by push, Cy's by the open map: the worker and the page say so themselves.
  await expect.poll(async () => words(await figures(reporter.page))).toBe('Alert told 2 devices, 2 got it');
  expect((await click(worker)).focused).toEqual(['/me']);
  await heading(phone.page, 'At the corner').waitFor();
  // A browser that is still closing it would close what comes in its place.
  await expect.poll(() => notifications(worker)).toEqual([]);
  await expect
    .poll(async () => words(await figures(reporter.page)))
    .toBe('Alert told 2 devices, 2 got it, 1 saw it');
  await deliver(service.received[0]?.payload ?? '');
  await eventually(async () => (await notifications(worker)).length === 1);

  await button(reporter.page, 'All clear').focus();
  await reporter.page.keyboard.press('Enter');
  await heading(reporter.page, 'How did it end?').waitFor();
  await reporter.page.getByRole('radio', { name: 'False alarm' }).check();
  await reporter.page.getByLabel('What became of it?').fill('The neighbours were moving out.');
  await button(reporter.page, 'Close and tell').click();

  // The page that has it open says first how it ended.
  const ending = phone.page.locator('.ending');
  await ending.getByText('The neighbours were moving out.').waitFor();
  await expect.poll(async () => words(await ending.innerText())).toContain('Fausse alerte');
  await service.waitFor((received) => received.length === 2);
  await deliver(service.received[1]?.payload ?? '');
  await eventually(async () =>
    (await notifications(worker)).some(({ title }) => title === 'Fausse alerte · Fait suspect'),
  );
  expect(await notifications(worker)).toHaveLength(1);
  await expect
    .poll(async () => words(await figures(reporter.page)))
    .toBe('Alert told 2 devices, 2 got it, 1 saw it Correction told 2 devices, 2 got it, 1 saw it');
  const { reach } = await founder.must(
    founder.get<IncidentDetail>(`/api/neighbourhoods/${id}/incidents/${incident.id}`),
  );
  expect(reach).toMatchObject({
    phones: service.received.length / 2,
    alert: { told: 2, got: 2, saw: 1 },
    correction: { told: 2, got: 2, saw: 1 },
  });
  expect(service.faults).toEqual([]);
});

test('[OC13] who may end it sees the way, the anonymous reporter too; what is closed can be opened again', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody lives here');
  const { incident } = await bo.phone.report(id, { anonymous: true, title: 'At number 4' });
  const address = `/n/${id}/incidents/${incident.id}`;
  const [mine, other, coordinator] = [
    await site.open({ as: bo.phone, locale: 'fr-FR' }),
    await site.open({ as: cy.phone }),
    await site.open({ as: founder }),
  ];
  for (const { page } of [mine, other, coordinator]) await page.goto(address);
  await heading(other.page, 'At number 4').waitFor();
  await button(coordinator.page, 'Close this incident').waitFor();
  await button(mine.page, 'Fin d’alerte').click();
  // Nothing is sent without a reason.
  await expect.poll(() => button(mine.page, 'Clore et prévenir').isDisabled()).toBe(true);
  await mine.page.getByLabel('Qu’en est-il ?').fill('C’était le facteur.');
  await button(mine.page, 'Clore et prévenir').click();
  await mine.page.locator('.ending').getByText('C’était le facteur.').waitFor();
  const ending = other.page.locator('.ending');
  await ending.waitFor();
  await expect
    .poll(async () => words(await ending.innerText()))
    .toMatch(/^All clear C’était le facteur\. Whoever reported it/u);
  await expect.poll(() => button(other.page, 'Open again').count()).toBe(0);
  await expect.poll(() => button(other.page, 'Close this incident').count()).toBe(0);

  await button(coordinator.page, 'Open again').click();
  await coordinator.page.getByLabel('Why is it not over?').fill('The bell rang again.');
  await button(coordinator.page, 'Open again').last().click();
  await other.page.getByText(/^Opened again just now: The bell rang again\./u).waitFor();
  await expect.poll(() => other.page.locator('.ending').count()).toBe(0);
});

test('[OC15] "Still so?" is asked of whoever looks and of its reporter, and yes takes it away everywhere', async () => {
  const { id, founder, neighbours } = await street(() => site.phone(), ['Bo']);
  const [bo] = neighbours;
  if (bo === undefined) throw new Error('nobody lives here');
  // Time is the server's: what was asked about is shown as the server would tell it.
  const { incident } = await bo.phone.report(id, { title: 'Loud music' });
  const asked = { ...incident, askedAt: Date.now(), freshAt: Date.now() - freshFor.suspicious };
  const address = `/n/${id}/incidents/${incident.id}`;
  const reporter = await site.open({ as: bo.phone });
  for (const { page } of [reporter]) {
    await page.route('**/snapshot', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { incidents: object[] };
      await route.fulfill({ response, json: { ...body, incidents: [asked] } });
    });
  }
  await reporter.page.goto(`/n/${id}`);
  const question = reporter.page.getByRole('region', { name: 'Still so? Please answer:' });
  await question.getByRole('link').waitFor({ state: 'attached' });
  await reporter.page.goto(address);
  await heading(reporter.page, 'Still so?').waitFor();
  await button(reporter.page, 'It is over').waitFor();
  await button(reporter.page, 'Yes, still so').click();
  await heading(reporter.page, 'Still so?').waitFor({ state: 'detached' });
  const { incident: after } = await founder.must(
    founder.get<IncidentDetail>(`/api/neighbourhoods/${id}/incidents/${incident.id}`),
  );
  expect(after).toMatchObject({ version: 2, askedAt: null });
});
