import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, type Site, startSite } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import {
  buttonsOn,
  click,
  deliverer,
  endSubscription,
  notifications,
  openWindows,
  subscribeAt,
} from '../support/lock-screen.ts';
import type { Drill, DrillChanged, DrillDetail } from '../../shared/drills.ts';
import type { IncidentDetail } from '../../shared/incidents.ts';
import type { Digest } from '../../shared/preferences.ts';
import type { Redis } from '../../server/redis/client.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { asStrings } from '../../server/redis/reply.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: Redis;
let site: Site;
let service: PushService;

beforeAll(async () => {
  service = await startPushService();
  server = await startRedis();
  redis = await server.connect();
  if (server.target.kind !== 'socket') throw new TypeError('no socket');
  const env = { PUSH_EXTRA_ORIGINS: service.origin, REDIS_URL: `unix://${server.target.path}` };
  site = await startSite(env, { whole: true });
});
afterAll(async () => {
  await site.stop();
  await service.close();
  await redis.close();
  await server.stop();
});

const path = (page: Page) => new URL(page.url()).pathname;

test('[BR2] [WI8] an alert reaches the lock screen once, in few words of the reader’s language, and its click opens it, as what was held back is opened', async () => {
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

  // Two that a snooze keeps away come together in the morning, which the test brings on.
  const n = `/api/neighbourhoods/${neighbourhood.id}`;
  const snooze = (how: 'hour' | 'nothing') =>
    reader.must(reader.send('PUT', `${n}/preferences/snooze`, { for: how }));
  await snooze('hour');
  for (const category of ['noise', 'damage'])
    await founder.report(neighbourhood.id, { category, answers: {}, severity: 'minor' });
  const held = async () => (await reader.must(reader.get<Digest>(`${n}/digest`))).waiting.length;
  await expect.poll(held).toBe(2);
  await snooze('nothing');
  const { digestsDue, timers } = neighbourhoodKeys(neighbourhood.id);
  const [member] = asStrings(await redis.send(digestsDue, 'ZRANGE', digestsDue, '0', '-1'));
  await redis.send(digestsDue, 'ZADD', digestsDue, String(Date.now()), member ?? '');
  await redis.send(timers, 'ZADD', timers, '0', `digest:${neighbourhood.id}`);
  await service.waitFor((received) => received.length === 2);
  const morning = service.received[1]?.payload ?? '';
  expect(JSON.parse(morning)).toEqual({
    ...{ kind: 'digest', count: 2, locale: 'fr' },
    ...{ neighbourhoodId: neighbourhood.id, neighbourhoodName: 'Rue des Lilas' },
  });
  await deliver(morning);
  const titles = async () => (await notifications(worker)).map(({ title }) => title);
  await expect.poll(titles).toEqual(['2 événements pendant le calme']);
  expect(await click(worker)).toEqual({ focused: ['/me'], opened: [] });
  await expect.poll(() => path(page)).toBe(`/n/${neighbourhood.id}/digest`);
  await expect.poll(titles).toEqual([]);

  // Nobody has the map open when the next one comes.
  const next = await founder.report(neighbourhood.id, {
    category: 'fire',
    severity: 'severe',
    title: 'Au 14',
  });
  await service.waitFor((received) => received.length === 3);
  await deliver(service.received[2]?.payload ?? '');
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

test('[AK2] [AK3] [TP1] [DR1] the test’s tick, an answer from the lock screen without a network, and a drill', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const n = `/api/neighbourhoods/${neighbourhood.id}`;
  const reader = site.phone();
  await reader.accept((await founder.invite(neighbourhood.id)).code, 'Béa');
  const screen = await site.open({
    ...{ as: reader, locale: 'fr-FR', permissions: ['notifications'] },
    // The line that the test itself cuts.
    expected: [/ERR_INTERNET_DISCONNECTED/u],
  });
  const { context, page } = screen;
  const subscription = service.newSubscription();
  await subscribeAt(screen, subscription);
  await page.goto('/me');
  const [worker = await context.waitForEvent('serviceworker')] = context.serviceWorkers();
  const deliver = await deliverer(screen, site.server.url);
  let seen = 0;
  const nextPush = async () => {
    const mine = () => service.received.filter(({ subscriptionId }) => subscriptionId === subscription.id);
    await service.waitFor(() => mine().length > seen);
    seen += 1;
    await deliver(mine()[seen - 1]?.payload ?? '');
  };
  const titles = async () => (await notifications(worker)).map(({ title }) => title);
  await button(page, 'Activer').click();

  await button(page, 'Tester les notifications').click();
  await page.getByText('On attend qu’elle arrive').waitFor();
  await nextPush();
  await page.getByText('Elle est arrivée.').waitFor();
  await expect.poll(titles).toEqual(['Le test est arrivé']);
  await page.getByRole('radio', { name: 'Sa première ligne' }).check();
  await expect
    .poll(async () => (await reader.get<{ lockScreen: string }>('/api/push/device')).body.lockScreen)
    .toBe('full');
  await click(worker);

  const { incident } = await founder.report(neighbourhood.id, {
    ...{ category: 'fire', severity: 'severe', title: 'Fumée au 14' },
  });
  await nextPush();
  await expect.poll(titles).toEqual(['Feu ou fumée']);
  expect((await notifications(worker))[0]?.body).toBe('Fumée au 14\nRue des Lilas');
  // Chromium shows the first two of the three.
  expect(await buttonsOn(worker)).toEqual(['Vu', 'J’y vais']);
  await context.setOffline(true);
  expect(await click(worker, 'going')).toEqual({ focused: [], opened: [] });
  await expect.poll(titles).toEqual(['… J’y vais']);
  const responses = async () => {
    const { life } = await founder.must(founder.get<IncidentDetail>(`${n}/incidents/${incident.id}`));
    return life.responses.map(({ kind, version }) => [kind, version]);
  };
  expect(await responses()).toEqual([]);
  await context.setOffline(false);
  await page.goto(`/n/${neighbourhood.id}`);
  await expect.poll(titles).toEqual(['✓ J’y vais']);
  expect(await responses()).toEqual([['en-route', 1]]);

  const { drill } = await founder.must(founder.post<DrillChanged>(`${n}/drills`));
  await page.getByText('Ce n’est qu’un exercice. Il ne s’est rien passé.').waitFor();
  await page.locator('.map__drill').waitFor();
  await nextPush();
  await expect.poll(titles).toContain('Exercice\u00a0: ce n’est qu’un exercice');
  const figures = async ({ id }: Drill) =>
    (await founder.must(founder.get<DrillDetail>(`${n}/drills/${id}`))).figures;
  await expect.poll(() => figures(drill)).toMatchObject({ shown: 1, none: 1 });
  await page.getByRole('link', { name: 'Ouvrir l’exercice' }).click();
  await page.getByText('0 sur 2 ont répondu').waitFor();
  await button(page, 'Je l’ai vu').click();
  await page.getByText('1 sur 2 ont répondu').waitFor();
  expect(service.faults).toEqual([]);
});

test('[DR5] [DR8] where there was never a drill one is due after a month; who was not told of it is not asked whether they saw it', async () => {
  const founder = site.phone();
  const { neighbourhood } = await founder.found();
  const drills = `/n/${neighbourhood.id}/drills`;
  const { page } = await site.open({ as: founder, locale: 'fr-FR' });
  const due = page.getByText('Aucun exercice n’est consigné ici.');
  await page.goto(drills);
  await button(page, 'Lancer un exercice').waitFor();
  expect(await due.count()).toBe(0);
  await page.clock.install({ time: Date.now() + 31 * 24 * 3600 * 1000 });
  await page.goto(drills);
  await due.waitFor();
  await button(page, 'Lancer un exercice').click();
  await page.getByText('sauf chez qui est en heures calmes').waitFor();
  const { drill } = await founder.must(founder.post<DrillChanged>(`/api/neighbourhoods${drills.slice(2)}`));
  await page.goto(`${drills}/${drill.id}`);
  await page.getByText('Aucun de vos appareils ne reçoit de notifications.').waitFor();
  expect(await button(page, 'Je l’ai vu').count()).toBe(0);
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
