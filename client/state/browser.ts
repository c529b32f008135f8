import { signal } from '@preact/signals';

/** The reader's clock in epoch milliseconds, moving every 15 s: what shows ages reads this. */
export const now = signal(Date.now());

/** How far this device's clock runs ahead of the server's, in milliseconds, as the last answer told. */
export const clockAhead = signal(0);

/** What the browser believes: `false` is certain, `true` only means that there is some network. */
export const online = signal(true);

/** Wide enough for the list beside the map. */
export const wide = signal(false);

let layout: MediaQueryList | null = null;
let dialogs = 0;

function look(): void {
  if (layout !== null && dialogs === 0) wide.value = layout.matches;
}

/**
 * For as long as a dialog is open: a tablet is turned in the middle of it, and what it belongs to would be made anew,
 * without the dialog and what was written in it. @returns its end
 */
export function keepLayout(): () => void {
  dialogs += 1;
  return () => {
    dialogs -= 1;
    look();
  };
}

/** Runs `back` whenever the person or the network returns, with how long the page was out of sight (milliseconds). */
export function startBrowserSignals(back: (hiddenFor: number) => void): void {
  let hiddenAt: number | null = null;
  online.value = navigator.onLine;
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 15_000);
  addEventListener('online', () => {
    online.value = true;
    back(0);
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  document.addEventListener('visibilitychange', () => {
    now.value = Date.now();
    if (document.hidden) hiddenAt = Date.now();
    else back(hiddenAt === null ? 0 : Date.now() - hiddenAt);
  });
  layout = matchMedia('(min-width: 56rem)');
  layout.addEventListener('change', look);
  look();
}

/** Runs once after `ms`, unless the returned function is called before. */
export function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
