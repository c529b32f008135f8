import { signal } from '@preact/signals';
import * as v from 'valibot';
import { SubscribeCommand } from '../../shared/push.ts';
import type { Locale } from '../../shared/text.ts';
import type { Api } from '../api.ts';
import { platformOf } from './platform.ts';

/**
 * `insecure`: an address without https, where no browser offers push. `install`: iPhones and iPads receive push only in an app
 * on the Home Screen. `denied`: the browser's settings say no.
 */
export type PushStatus = 'unknown' | 'insecure' | 'unsupported' | 'install' | 'denied' | 'off' | 'on';

export const pushStatus = signal<PushStatus>('unknown');

type PushApi = Pick<Api, 'pushKey' | 'subscribe' | 'unsubscribe'>;

const bytesOf = (base64url: string) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

const sameBytes = (a: ArrayBuffer | null, b: Uint8Array) =>
  a !== null && a.byteLength === b.length && new Uint8Array(a).every((byte, index) => byte === b[index]);

function support(): 'insecure' | 'unsupported' | 'install' | 'denied' | null {
  if (!isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) {
    return platformOf(navigator) === 'ios' ? 'install' : 'unsupported';
  }
  return Notification.permission === 'denied' ? 'denied' : null;
}

async function registered(): Promise<ServiceWorkerRegistration | null> {
  return (await navigator.serviceWorker.getRegistration()) ?? null;
}

async function tell(api: PushApi, subscription: PushSubscription, locale: Locale): Promise<void> {
  await api.subscribe(v.parse(SubscribeCommand, { ...subscription.toJSON(), locale }));
}

/** A subscription under the server's present key; one under another key is of no use any more. */
async function subscribed(api: PushApi, registration: ServiceWorkerRegistration): Promise<PushSubscription> {
  const key = bytesOf((await api.pushKey()).publicKey);
  const existing = await registration.pushManager.getSubscription();
  if (existing && sameBytes(existing.options.applicationServerKey, key)) return existing;
  await existing?.unsubscribe();
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/**
 * Looks at what the browser holds and, where it is subscribed, tells the server again: the session, the key or the
 * language may be other ones than last time.
 */
export async function refreshPush(api: PushApi, locale: Locale): Promise<void> {
  const reason = support();
  if (reason) {
    pushStatus.value = reason;
    return;
  }
  const registration = await registered();
  const existing = await registration?.pushManager.getSubscription();
  pushStatus.value = existing && Notification.permission === 'granted' ? 'on' : 'off';
  if (registration && pushStatus.value === 'on') {
    await tell(api, await subscribed(api, registration), locale);
  }
}

/** Asks the person, then the browser's push service, then tells the server. Rejects where one of the latter two fails. */
export async function turnPushOn(api: PushApi, locale: Locale): Promise<void> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') {
    pushStatus.value = permission === 'denied' ? 'denied' : 'off';
    return;
  }
  const registration = await navigator.serviceWorker.ready;
  await tell(api, await subscribed(api, registration), locale);
  pushStatus.value = 'on';
}

/** The server first: a subscription that it still knows would be pushed to in vain. */
export async function turnPushOff(api: PushApi): Promise<void> {
  await api.unsubscribe();
  const registration = await registered();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  pushStatus.value = 'off';
}
