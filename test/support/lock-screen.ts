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

/** Hands a message to the page's service worker, as the browser's push service would, until it is shown. */
export async function deliverer(
  { context, page }: Screen,
  origin: string,
): Promise<(data: string) => Promise<void>> {
  const protocol = await context.newCDPSession(page);
  let registrationId: string | undefined;
  // What is delivered before it is active gets lost.
  protocol.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    const active = versions.findLast(({ status }) => status === 'activated');
    registrationId = active?.registrationId ?? registrationId;
  });
  await protocol.send('ServiceWorker.enable');
  return async (data) => {
    const id = await eventually(() => registrationId, { what: 'the registration' });
    const worker = await eventually(() => context.serviceWorkers()[0], { what: 'the worker' });
    const newest = async () =>
      Math.max(0, ...(await notifications(worker)).map(({ timestamp }) => timestamp));
    const before = await newest();
    const isShown = async () => (await newest()) > before;
    // The protocol does not wait for the worker, and at times loses what comes on the heels of a click: it is sent
    // again, as a push service would that got no answer.
    await eventually(
      async () => {
        await protocol.send('ServiceWorker.deliverPushMessage', { origin, registrationId: id, data });
        return await eventually(isShown, { within: 5000 }).catch(() => false);
      },
      { what: 'a notification' },
    );
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

/**
 * Lets the browser's push service end the subscription: the worker is told so, and what it then subscribes to is this.
 * @param held what the event still names as the subscription that ended
 */
export const endSubscription = (
  worker: Worker,
  { endpoint, keys }: TestSubscription,
  held: { endpoint: string } | null,
): Promise<void> =>
  worker.evaluate(
    async (given) => {
      type Key = BufferSource | string | null | undefined;
      const scope = globalThis as unknown as EventTarget & {
        ExtendableEvent: new (type: string) => Event;
        PushManager: {
          prototype: {
            getSubscription(): Promise<unknown>;
            subscribe(options: { userVisibleOnly: boolean; applicationServerKey: Key }): Promise<unknown>;
          };
        };
      };
      const ended = given.held === null ? null : { ...given.held, options: { applicationServerKey: null } };
      const { prototype } = scope.PushManager;
      prototype.getSubscription = async () => ended;
      prototype.subscribe = async ({ userVisibleOnly, applicationServerKey: key }) => {
        // A browser takes the key as text too; without one it has nobody to ask for.
        if (!userVisibleOnly || typeof key !== 'string' || key.length !== 87) {
          throw new DOMException('Registration failed', 'AbortError');
        }
        return { endpoint: given.endpoint, toJSON: () => ({ endpoint: given.endpoint, keys: given.keys }) };
      };
      const work: Promise<unknown>[] = [];
      const event = new scope.ExtendableEvent('pushsubscriptionchange');
      Object.defineProperty(event, 'oldSubscription', { value: ended });
      Object.defineProperty(event, 'waitUntil', { value: (promise: Promise<unknown>) => work.push(promise) });
      scope.dispatchEvent(event);
      if (work.length === 0) throw new Error('nobody renews it');
      await Promise.all(work);
    },
    { endpoint, keys, held },
  );
