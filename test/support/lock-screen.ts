import type { Worker } from 'playwright-core';
import type { Screen } from './browser.ts';
import { eventually } from './eventually.ts';
import type { TestSubscription } from './push-service.ts';

/**
 * A headless browser has no push service of its own: its subscriptions are the test's. Everything else is real: the
 * permission, the server's encryption and sending, the service worker, the notification.
 */
export async function subscribeAt(screen: Screen, { endpoint, keys }: TestSubscription): Promise<void> {
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
export async function deliverer(
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
type WithActions = LockScreenItem & { actions?: readonly { action: string; title: string }[] };

/** What the test uses of the service worker's global scope. */
type WorkerScope = EventTarget & {
  registration: { getNotifications(): Promise<WithActions[]> };
  clients: {
    openWindow(address: string): Promise<null>;
    matchAll(options: { type: 'window'; includeUncontrolled: true }): Promise<unknown[]>;
  };
  WindowClient: { prototype: { focus(this: { url: string }): Promise<unknown> } };
  NotificationEvent: new (type: string, init: { notification: LockScreenItem; action: string }) => Event;
};

/** What lies on the lock screen. */
export const notifications = (worker: Worker): Promise<LockScreenItem[]> =>
  worker.evaluate(async () => {
    const { registration } = globalThis as unknown as WorkerScope;
    const shown = await registration.getNotifications();
    return shown.map(({ title, body, tag, lang, timestamp }) => ({ title, body, tag, lang, timestamp }));
  });

/** The buttons of the one notification. */
export const buttonsOn = (worker: Worker): Promise<string[]> =>
  worker.evaluate(async () => {
    const { registration } = globalThis as unknown as WorkerScope;
    const [notification] = await registration.getNotifications();
    return (notification?.actions ?? []).map(({ title }) => title);
  });

export const openWindows = (worker: Worker): Promise<number> =>
  worker.evaluate(async () => {
    const { clients } = globalThis as unknown as WorkerScope;
    return (await clients.matchAll({ type: 'window', includeUncontrolled: true })).length;
  });

/**
 * Clicks on the one notification, or on one of its buttons. Only the person's own click may bring windows forward, so what the worker asks of the
 * browser is noted instead of done: the windows that it focuses, the addresses that it opens.
 */
export const click = (worker: Worker, action = ''): Promise<{ focused: string[]; opened: string[] }> =>
  worker.evaluate(async (action) => {
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
    const event = new scope.NotificationEvent('notificationclick', { notification, action });
    Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => work.push(promise) });
    scope.dispatchEvent(event);
    await Promise.all(work);
    return asked;
  }, action);
