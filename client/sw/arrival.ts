import type { ArrivedCommand } from '../../shared/push.ts';
import type { Storage } from '../state/storage.ts';
import type { Kept } from './notification.ts';
import { sendReceipt } from './receipts.ts';

const lastKey = 'arrival';
/** The server wants to know the day, not each push. */
const oftenMs = 20 * 3600 * 1000;

/**
 * Tells the server that a push got to this device: of each test, else about once a day. Never rejects: what gets lost is
 * told with the next push.
 */
async function tellArrival(
  storage: Pick<Storage, 'get' | 'set'>,
  test: string | undefined,
  now: number,
): Promise<void> {
  try {
    const last = await storage.get(lastKey);
    if (test === undefined && typeof last === 'number' && Math.abs(now - last) < oftenMs) return;
    const { ok } = await fetch('/api/push/arrival', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...(test === undefined ? {} : { test }) } satisfies ArrivedCommand),
      credentials: 'same-origin',
      keepalive: true,
    });
    if (ok) await storage.set(lastKey, now);
  } catch {
    // No network.
  }
}

/**
 * Says that a push came. A browser that shows nothing, because the person took the permission back, has still got an
 * alert; of a drill and of a test it is asked whether it was shown. Never rejects.
 */
export async function acknowledge(
  storage: Pick<Storage, 'get' | 'set'>,
  shown: Promise<void>,
  { about, test }: Pick<Kept, 'about' | 'test'>,
  now: number,
): Promise<void> {
  const isShown = shown.then(
    () => true,
    () => false,
  );
  const giveReceipt = async () => {
    if (about !== null && (about.of !== 'drill' || (await isShown))) await sendReceipt(about, 'got');
  };
  const sayArrived = async () =>
    await tellArrival(storage, test !== undefined && (await isShown) ? test : undefined, now);
  await Promise.all([giveReceipt(), sayArrived()]);
}
