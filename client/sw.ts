import { createStorage, withMemory } from './state/storage.ts';
import { acknowledge } from './sw/arrival.ts';
import {
  aboutIn,
  answeredOf,
  inPlaceOf,
  notificationOf,
  openPathOf,
  type ShownNotification,
} from './sw/notification.ts';
import { type Offer, offerIn, send } from './sw/offers.ts';
import { sendReceipt } from './sw/receipts.ts';
import { renewSubscription, type SubscriptionChange } from './sw/renewal.ts';
import { cachedFor, createShell, type Precached } from './sw/shell.ts';
import { createWaiting } from './sw/waiting.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: every file of this version. */
// oxlint-disable-next-line no-underscore-dangle -- unmistakable on purpose: the build replaces it as text
declare const __PRECACHE__: readonly Precached[];

// oxlint-disable-next-line no-underscore-dangle -- see above
const precached = __PRECACHE__;
const shell = createShell(precached);
const files: ReadonlySet<string> = new Set(precached.map(({ url }) => url));
const waiting = createWaiting({
  storage: withMemory(createStorage('vigie-answers')),
  send,
  now: Date.now,
});
const arrivals = withMemory(createStorage('vigie-arrivals'));

/** Not in every browser: https://wicg.github.io/background-sync/spec/ */
type WithSync = { readonly sync?: { register: (tag: string) => Promise<void> } };
type SyncEvent = Event & Partial<Pick<ExtendableEvent, 'waitUntil'>>;

/**
 * Sends the answers that wait for a network, and says what became of each where it was given.
 * @param pressed the key of the one that was given just now
 */
async function sendWaiting(pressed?: string): Promise<void> {
  for (const [letter, fate] of await waiting.flush()) {
    const isNow = letter.offer.key === pressed;
    if (fate === 'waits' && !isNow) continue;
    // What is refused has to be looked at.
    if (fate === 'refused' && isNow) {
      await show(letter.open);
      continue;
    }
    const { title, options } = answeredOf(letter, fate);
    await self.registration.showNotification(title, options);
  }
}

self.addEventListener('install', (event) => {
  event.waitUntil(shell.install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(shell.clean().then(() => self.clients.claim()));
});

// A new version waits until the person says so: two versions must not share one open page.
self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const data: unknown = event.data;
  if (data === null || typeof data !== 'object' || !('type' in data)) return;
  if (data.type === 'take-over') void self.skipWaiting();
  // The page has a network, or was opened.
  if (data.type === 'send-waiting') event.waitUntil(sendWaiting());
});

self.addEventListener('sync', (event) => {
  const sync: SyncEvent = event;
  sync.waitUntil?.(sendWaiting());
});

self.addEventListener('fetch', (event) => {
  const path = cachedFor(event.request, self.location.origin, files);
  if (path !== null) event.respondWith(shell.answer(path, event.request));
});

function payloadOf(event: PushEvent): unknown {
  try {
    return event.data?.json();
  } catch {
    return null;
  }
}

async function put(next: ShownNotification): Promise<void> {
  const [before] = next.options.silent
    ? await self.registration.getNotifications({ tag: next.options.tag ?? '' })
    : [];
  const { title, options } = inPlaceOf(next, before);
  await self.registration.showNotification(title, options);
}

self.addEventListener('push', (event) => {
  const next = notificationOf(payloadOf(event), self.navigator.language);
  const shown = put(next);
  event.waitUntil(
    Promise.all([
      shown,
      acknowledge(arrivals, shown, next.options.data, Date.now()),
      // A push came, so there is a network.
      shown.then(() => sendWaiting()),
    ]),
  );
});

/** Brings an open window to the front and to the address, or opens one. */
async function show(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const window = windows.find(({ focused }) => focused) ?? windows[0];
  try {
    if (window) {
      const front = await window.focus();
      front.postMessage({ open: path }, []);
      return;
    }
  } catch {
    // A window that is just being closed cannot come to the front.
  }
  await self.clients.openWindow(path);
}

/** Does what a notification offers, without opening the page where it can: it may wait for a network. */
async function accept(offer: Offer, { data, tag, body, lang }: Notification): Promise<void> {
  const until = Date.now() + offer.lifeMs;
  await waiting.keep({ offer, until, tag, body, lang, open: openPathOf(data) });
  await sendWaiting(offer.key);
  // Once there is a network; where a browser has no such thing, the next push or the next visit sends it.
  const { sync } = self.registration as ServiceWorkerRegistration & WithSync;
  await sync?.register('send-waiting').catch(() => undefined);
}

self.addEventListener('notificationclick', (event) => {
  const { data } = event.notification;
  event.notification.close();
  const open = () => show(openPathOf(data));
  const offer = offerIn(data, event.action);
  if (offer) {
    event.waitUntil(accept(offer, event.notification));
    return;
  }
  const about = aboutIn(data);
  event.waitUntil(Promise.all([open(), about && sendReceipt(about, 'saw')]));
});

type ChangeEvent = Event & Partial<Pick<ExtendableEvent, 'waitUntil'>> & SubscriptionChange;

self.addEventListener('pushsubscriptionchange', (event) => {
  const change: ChangeEvent = event;
  change.waitUntil?.(renewSubscription(self.registration.pushManager, change));
});
