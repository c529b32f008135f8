import { signal } from '@preact/signals';

/** A newer version is installed and waits for this page to let it in. */
export const updateReady = signal(false);

let waiting: ServiceWorker | null = null;
let asked = false;

/** Lets the waiting version take over; the page reloads once it has. */
export function useNewVersion(): void {
  asked = true;
  waiting?.postMessage({ type: 'take-over' }, []);
}

/** There is a network: what was answered on the lock screen without one leaves now. */
export function sendWaitingAnswers(): void {
  navigator.serviceWorker?.controller?.postMessage({ type: 'send-waiting' }, []);
}

function watch(registration: ServiceWorkerRegistration): void {
  const ready = () => {
    // Without a controller this is the first installation, not an update.
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    waiting = registration.waiting;
    updateReady.value = true;
  };
  ready();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', ready);
  });
}

/**
 * Registers the service worker. `open` goes to an address of this client, as a notification's click asks for.
 * Only a built client has one.
 */
export async function startServiceWorker(open: (path: string) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'object' && data !== null && 'open' in data && typeof data.open === 'string') {
      open(data.open);
    }
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  try {
    const registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' });
    watch(registration);
    sendWaitingAnswers();
    addEventListener('online', sendWaitingAnswers);
    document.addEventListener('visibilitychange', () => {
      // A page that stays open for days would not ask by itself; a failed look is repeated at the next.
      if (!document.hidden) void registration.update().catch(() => undefined);
    });
  } catch {
    // A browser that forbids service workers still shows the live page; it only lacks the offline one.
  }
}
