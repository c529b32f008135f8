import { aboutIn, inPlaceOf, notificationOf, openPathOf, type ShownNotification } from './sw/notification.ts';
import { accept, offerIn } from './sw/offers.ts';
import { sendReceipt } from './sw/receipts.ts';
import { renewSubscription, type SubscriptionChange } from './sw/renewal.ts';
import { cachedFor, createShell, type Precached } from './sw/shell.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build: every file of this version. */
// oxlint-disable-next-line no-underscore-dangle -- unmistakable on purpose: the build replaces it as text
declare const __PRECACHE__: readonly Precached[];

// oxlint-disable-next-line no-underscore-dangle -- see above
const precached = __PRECACHE__;
const shell = createShell(precached);
const files: ReadonlySet<string> = new Set(precached.map(({ url }) => url));

self.addEventListener('install', (event) => {
  event.waitUntil(shell.install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(shell.clean().then(() => self.clients.claim()));
});

// A new version waits until the person says so: two versions must not share one open page.
self.addEventListener('message', ({ data }: ExtendableMessageEvent) => {
  if (data !== null && typeof data === 'object' && 'type' in data && data.type === 'take-over') {
    void self.skipWaiting();
  }
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
  const { about } = next.options.data;
  const shown = put(next);
  // A browser that shows nothing, because the person took the permission back, has still got it.
  event.waitUntil(Promise.all([shown, about && sendReceipt(about, 'got')]));
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

self.addEventListener('notificationclick', (event) => {
  const { data, tag, body, lang } = event.notification;
  event.notification.close();
  const open = () => show(openPathOf(data));
  const offer = offerIn(data, event.action);
  if (offer) {
    const said = { tag, body, lang, silent: true, data };
    event.waitUntil(
      accept(offer).then((done) =>
        done ? self.registration.showNotification(`✓ ${offer.title}`, said) : open(),
      ),
    );
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
