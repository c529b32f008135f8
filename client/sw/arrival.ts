import type { ArrivedCommand } from '../../shared/push.ts';
import type { Storage } from '../state/storage.ts';

const lastKey = 'arrival';
/** The server wants to know the day, not each push. */
const oftenMs = 20 * 3600 * 1000;

/**
 * Tells the server that a push got to this device: of each test, else about once a day. Never rejects: what gets lost is
 * told with the next push.
 */
export async function tellArrival(
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
