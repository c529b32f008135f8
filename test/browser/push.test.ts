import type { Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { button, heading, type Screen, type Site, startSite } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type PushService, startPushService, type TestSubscription } from '../support/push-service.ts';

let site: Site;
let service: PushService;

beforeAll(async () => {
  service = await startPushService();
  site = await startSite({ PUSH_EXTRA_ORIGINS: service.origin });
});
afterAll(async () => {
  await site.stop();
  await service.close();
});

/**
 * A headless browser has no push service of its own: its subscriptions are the test's. Everything else is real: the
 * permission, the server's encryption and sending, the service worker, the notification.
 */
async function subscribeAt(screen: Screen, { endpoint, keys }: TestSubscription): Promise<void> {
  await screen.context.addInitScript(
    (given) => {
      let current: PushSubscription | null = null;
      PushManager.prototype.getSubscription = async () => current;
      PushManager.prototype.subscribe = async (options) => {
        const key = options?.applicationServerKey;
        if (options?.userVisibleOnly !== true || !(key instanceof Uint8Array) || key.length !== 65) {
          throw new DOMException('Registration failed', 'AbortError');
        }
        const made = {
          endpoint: given.endpoint,
          expirationTime: null,
          options: { applicationServerKey: Uint8Array.from(key).buffer, userVisibleOnly: true },
          toJSON: () => given,
          getKey: () => null,
          unsubscribe: async () => {
            current = null;
            return true;
          },
        };
        current = made;
        return made;
      };
    },
    { endpoint, keys },
  );
}

/** Hands a message to the page's service worker, as the browser's push service would. */
async function deliverer(
  { context, page }: Screen,
  origin: string,
): Promise<(data: string) => Promise<void>> {
  const protocol = await context.newCDPSession(page);
  let registrationId: string | undefined;
  protocol.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.at(-1)?.registrationId ?? registrationId;
  });
  await protocol.send('ServiceWorker.enable');
  return async (data) => {
    const id = await eventually(() => registrationId, { what: 'the registration' });
    await protocol.send('ServiceWorker.deliverPushMessage', { origin, registrationId: id, data });
  };
}

type LockScreenItem = { title: string; body: string; tag: string; lang: string; timestamp: number };

/** What the test uses of the service worker's global scope. */
type WorkerScope = EventTarget & {
  registration: { getNotifications(): Promise<LockScreenItem[]> };
  clients: {
    openWindow(address: string): Promise<null>;
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<unknown[]>;
  };
  WindowClient: { prototype: { focus(this: { url: string }): Promise<unknown> } };
  NotificationEvent: new (type: string, init: { notification: LockScreenItem }) => Event;
};

/** What lies on the lock screen. */
const notifications = (worker: Worker): Promise<LockScreenItem[]> =>
  worker.evaluate(async () => {
    const { registration } = globalThis as unknown as WorkerScope;
    const shown = await registration.getNotifications();
    return shown.map(({ title, body, tag, lang, timestamp }) => ({ title, body, tag, lang, timestamp }));
  });

const openWindows = (worker: Worker): Promise<number> =>
  worker.evaluate(async () => {
    const { clients } = globalThis as unknown as WorkerScope;
    return (await clients.matchAll({ type: 'window', includeUncontrolled: true })).length;
  });

/**
 * Clicks on the one notification. Only the person's own click may bring windows forward, so what the worker asks of the
 * browser is noted instead of done: the windows that it focuses, the addresses that it opens.
 */
const click = (worker: Worker): Promise<{ focused: string[]; opened: string[] }> =>
  worker.evaluate(async () => {
    const scope = globalThis as unknown as WorkerScope;
    const asked = { focused: [] as string[], opened: [] as string[] };
    scope.WindowClient.prototype.focus = async function focus() {
      asked.focused.push(new URL(this.url).pathname);
      return this;
    };
    scope.clients.openWindow = async (address) => {
      asked.opened.push(address);
      return null;
    };
    const [notification] = await scope.registration.getNotifications();
    if (notification === undefined) throw new Error('there is no notification');
    const work: Promise<unknown>[] = [];
    const event = new scope.NotificationEvent('notificationclick', { notification });
    Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => work.push(promise) });
    scope.dispatchEvent(event);
    await Promise.all(work);
    return asked;
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
