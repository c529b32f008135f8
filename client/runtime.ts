import { signal } from '@preact/signals';
import * as v from 'valibot';
import type { PatrolPositionTold } from '../shared/patrols.ts';
import type { SosPositionTold } from '../shared/sos.ts';
import type { Id } from '../shared/text.ts';
import { Config } from '../shared/config.ts';
import { createApi, failureCode } from './api.ts';
import { createOutbox } from './outbox.ts';
import { leftOf, photoIdsOf, settlePhotos } from './photos/letter-photos.ts';
import { createPhotoKeeper } from './photos/photo-keeper.ts';
import { clockAhead, later, startBrowserSignals } from './state/browser.ts';
import { createRoomKeeper } from './state/room.ts';
import { createSession } from './state/session.ts';
import { createStorage, withMemory } from './state/storage.ts';
import { sendWaitingAnswers } from './push/service-worker.ts';
import { createReceipts } from './receipts.ts';
import { newKey } from './state/new-key.ts';
import { createLiveSocket } from './socket.ts';

/** This page's parts, wired together once. */
export const api = createApi({
  fetch: (...args) => fetch(...args),
  heardTime: (at) => (clockAhead.value = Date.now() - at),
});

/** What this device keeps: who it is, what it knew, drafts. Emptied when the session ends. */
export const kept = withMemory(createStorage('vigie'));
const letters = withMemory(createStorage('vigie-outbox'));
/** Answers given on the lock screen that wait for a network: the service worker's; here only emptied. */
const answers = withMemory(createStorage('vigie-answers'));

/** Photos that have not left this device. */
export const photos = createPhotoKeeper(withMemory(createStorage('vigie-photos')), Date.now);

export const session = createSession({ api, kept });

/** What the server says of itself; null until it answered. */
export const config = signal<Config | null>(null);

/** Commands of this visit that have arrived: their key → the incident that they became. */
export const arrived = signal<ReadonlyMap<string, Id>>(new Map());

/** Incidents raised in this visit whose photos stayed behind: how many. */
export const photosLeft = signal<ReadonlyMap<Id, number>>(new Map());

export const rooms = createRoomKeeper({
  api,
  kept,
  socket: () => socket,
  later,
  now: Date.now,
  signedOut: () => void session.lost(),
});

let doubting = false;

/** A refused socket says nothing of why: the session may be gone, or the server cannot reach its memory. */
async function doubt(): Promise<void> {
  if (doubting || session.status.value !== 'signed-in') return;
  doubting = true;
  const failure = await session.refresh();
  if (failure !== null) rooms.away(failure === 'UNAVAILABLE' ? 'unavailable' : 'offline');
  doubting = false;
}

/** This device's word of what came and what was on its screen. */
export const receipts = createReceipts({
  send: (neighbourhoodId, incidentId, receipt) => api.seen(neighbourhoodId, incidentId, receipt, newKey()),
  later,
  others: (neighbourhoodId) =>
    rooms.current.value?.id === neighbourhoodId ? rooms.current.value.state.members.value.size : 0,
  random: Math.random,
  now: Date.now,
});

const socket = createLiveSocket({
  connected: () => {
    rooms.connected();
    sendWaitingAnswers();
    void outbox.flush();
  },
  disconnected: rooms.disconnected,
  doubted: () => void doubt(),
  entries: (message) => {
    rooms.entries(message);
    receipts.heard(message);
  },
  head: rooms.head,
  reach: rooms.reach,
  position: rooms.position,
  walkers: rooms.walkers,
  visited: rooms.visited,
});

/** Tells where I am to those whom I share my SOS with. */
export const tellPosition = (told: SosPositionTold) => socket.tellPosition(told);

/** Tells where I am while I walk a round. */
export const tellWalkerPosition = (told: PatrolPositionTold) => socket.tellWalkerPosition(told);

export const outbox = createOutbox({
  storage: letters,
  sendPhotos: (letter, told) =>
    settlePhotos(letter.photos, letter.neighbourhoodId, told, {
      bytesOf: photos.get,
      upload: api.uploadPhoto,
      isReachable: () =>
        api.me().then(
          () => true,
          () => false,
        ),
      pause: (ms) => new Promise((resolve) => void later(ms, () => resolve())),
      now: Date.now,
    }),
  send: ({ neighbourhoodId, command, photos, key }) => {
    const photoIds = photoIdsOf(photos);
    return api.report(neighbourhoodId, photoIds.length === 0 ? command : { ...command, photoIds }, key);
  },
  personId: () => session.me.value?.person.id ?? null,
  sent: ({ key, neighbourhoodId, photos: sent }, { incident }) => {
    const left = leftOf(sent);
    if (left > 0) photosLeft.value = new Map(photosLeft.value).set(incident.id, left);
    void photos.forget(sent.map((photo) => photo.key));
    arrived.value = new Map(arrived.value).set(key, incident.id);
    if (rooms.current.value?.id === neighbourhoodId) rooms.current.value.state.addToArchive([incident]);
  },
  signedOut: () => void session.lost(),
  later,
  alone: async (run) => {
    if ('locks' in navigator) await navigator.locks.request('vigie-outbox', run);
    else await run();
  },
});

/** The server's word, or what it said last time: a map without a network needs to know its ground. */
async function loadConfig(): Promise<void> {
  try {
    config.value = await api.config();
    await kept.set('config', config.value);
  } catch (error) {
    failureCode(error);
    const stored = v.safeParse(Config, await kept.get('config'));
    if (stored.success) config.value = stored.output;
  }
}

/** Starts everything; resolves once it is known who uses this device. */
export async function start(): Promise<void> {
  startBrowserSignals((hiddenFor) => {
    socket.hint();
    if (hiddenFor > 10_000) rooms.refresh();
    void outbox.flush();
    if (config.value === null) void loadConfig();
  });
  addEventListener('pagehide', () => void rooms.save());
  session.status.subscribe((status) => {
    if (status === 'signed-in') {
      socket.open();
      void outbox.flush();
    } else if (status !== 'starting') {
      socket.close();
      rooms.close();
    }
  });
  void loadConfig();
  await session.start();
}

/** Ends the session; the server closes its sockets before it answers, and one that came back would be refused. */
async function endSession(end: () => Promise<void>): Promise<void> {
  socket.letEnd();
  try {
    await end();
  } catch (error) {
    socket.open();
    throw error;
  }
}

/** Erases this person on the server, then everything on this device. */
export async function eraseMe(): Promise<void> {
  await endSession(() => api.erase());
  await signOut();
}

/** Signs this device out and forgets everything that it kept. Rejects where the server cannot be reached. */
export async function signOut(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await endSession(() => session.signOut());
  await subscription?.unsubscribe().catch(() => false);
  await Promise.all([kept.clear(), letters.clear(), photos.clear(), answers.clear()]);
  // At an address that is not secure there is no cache either.
  if ('caches' in globalThis) for (const name of await caches.keys()) await caches.delete(name);
  // A new page: nothing of the old one stays in memory either.
  location.assign('/');
}
