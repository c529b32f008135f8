import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, type Site, startSite } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import {
  click,
  deliverer,
  endSubscription,
  notifications,
  openWindows,
  subscribeAt,
} from '../support/lock-screen.ts';
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

const path = (page: Page) => new URL(page.url()).pathname;

test('[BR2] an alert reaches the lock screen once, in few words of the reader’s language, and its click opens it', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const reader = site.phone();
  await reader.accept((await founder.invite(neighbourhood.id)).code, 'Béa');

  const screen = await site.open({ as: reader, locale: 'fr-FR', permissions: ['notifications'] });
  const { context, page } = screen;
  await subscribeAt(screen, service.newSubscription());
  await page.goto('/me');
  const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
  const deliver = await deliverer(screen, site.server.url);
  await button(page, 'Activer').click();
  await page.getByText('Les notifications sont activées sur cet appareil').waitFor();

  const words = { title: 'Chez Madame Duroy', description: 'La porte du 12 est forcée.' };
  const { incident } = await founder.report(neighbourhood.id, {
    category: 'break-in',
    severity: 'severe',
    ...words,
  });
  await service.waitFor((received) => received.length === 1);
  const payload = service.received[0]?.payload ?? '';
  expect(JSON.parse(payload)).toEqual({
    kind: 'alert',
    neighbourhoodId: neighbourhood.id,
    neighbourhoodName: 'Rue des Lilas',
    incidentId: incident.id,
    category: 'break-in',
    severity: 'severe',
    locale: 'fr',
  });
  expect(service.faults).toEqual([]);

  await deliver(payload);
  const [first] = await eventually(async () => {
    const shown = await notifications(worker);
    return shown.length > 0 && shown;
  });
  expect(first).toMatchObject({
    title: 'Cambriolage',
    body: 'Rue des Lilas',
    tag: incident.id,
    lang: 'fr',
  });
  // A push service may deliver twice: the later one takes the place of the first.
  await deliver(payload);
  await eventually(async () =>
    (await notifications(worker)).some(({ timestamp }) => timestamp > (first?.timestamp ?? 0)),
  );
  expect(await notifications(worker)).toHaveLength(1);

  const address = `/n/${neighbourhood.id}/incidents/${incident.id}`;
  expect(await click(worker)).toEqual({ focused: ['/me'], opened: [] });
  await heading(page, words.title).waitFor();
  await expect.poll(() => path(page)).toBe(address);
  expect(context.pages()).toHaveLength(1);
  await expect.poll(() => notifications(worker)).toEqual([]);

  // Nobody has the map open when the next one comes.
  const next = await founder.report(neighbourhood.id, {
    category: 'fire',
    severity: 'severe',
    title: 'Au 14',
  });
  await service.waitFor((received) => received.length === 2);
  await deliver(service.received[1]?.payload ?? '');
  await eventually(async () => (await notifications(worker)).length === 1);
  await page.close();
  await eventually(async () => (await openWindows(worker)) === 0);
  const nextAddress = `/n/${neighbourhood.id}/incidents/${next.incident.id}`;
  expect(await click(worker)).toEqual({ focused: [], opened: [nextAddress] });
  const opened = await context.newPage();
  await opened.goto(nextAddress);
  await heading(opened, 'Au 14').waitFor();
  const onMap = opened.locator('button[aria-current="true"]');
  await onMap.waitFor();
  await expect.poll(() => onMap.getAttribute('aria-label')).toContain('Au 14');
});

test('[PE11] a subscription that the browser’s push service ends is renewed without anybody looking, in the same language', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const reader = site.phone();
  await reader.accept((await founder.invite(neighbourhood.id)).code, 'Béa');
  const screen = await site.open({ as: reader, locale: 'fr-FR', permissions: ['notifications'] });
  const { context, page } = screen;
  const [first, second, third] = Array.from({ length: 3 }, () => service.newSubscription());
  if (!first || !second || !third) throw new Error('no subscriptions');
  await subscribeAt(screen, first);
  await page.goto('/me');
  const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
  await button(page, 'Activer').click();
  await page.getByText('Les notifications sont activées sur cet appareil').waitFor();
  await page.close();

  const to = ({ id }: { id: string }) =>
    service.received.filter(({ subscriptionId }) => subscriptionId === id).map(({ payload }) => payload);
  // Once the event names what ended, and the browser still gives it; once it names nothing.
  for (const [next, held] of [
    [second, { endpoint: first.endpoint }],
    [third, null],
  ] as const) {
    await endSubscription(worker, next, held);
    await founder.report(neighbourhood.id, { category: 'fire', severity: 'severe' });
    await eventually(() => to(next).length === 1);
    expect(JSON.parse(to(next)[0] ?? '')).toMatchObject({ kind: 'alert', locale: 'fr' });
  }
  expect([to(first), to(second)].map(({ length }) => length)).toEqual([0, 1]);
});
