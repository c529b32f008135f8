import { signal } from '@preact/signals';
import * as v from 'valibot';
import { Me } from '../../shared/auth.ts';
import { type Api, type FailureCode, failureCode } from '../api.ts';
import type { Storage } from './storage.ts';

/**
 * `starting` nothing known yet; `signed-in` as far as this device knows; `signed-out` never was or wanted to leave;
 * `lost` the server ended it; `unreachable` nothing kept and nobody to ask.
 */
export type SessionStatus = 'starting' | 'signed-in' | 'signed-out' | 'lost' | 'unreachable';

const storageKey = 'session';

/** Who uses this device. `kept` holds what was known, so that a start without a network still knows. */
export function createSession(ports: { api: Pick<Api, 'me' | 'signOut'>; kept: Storage }) {
  const me = signal<Me | null>(null);
  const status = signal<SessionStatus>('starting');

  async function signedIn(next: Me): Promise<void> {
    // Another person on this device must not see what the one before had kept.
    if (me.value && me.value.person.id !== next.person.id) await ports.kept.clear();
    me.value = next;
    status.value = 'signed-in';
    await ports.kept.set(storageKey, next);
  }

  /** The server does not know this device any more: what it kept is not its own any more. */
  async function lost(): Promise<void> {
    if (status.value === 'lost' || status.value === 'signed-out') return;
    status.value = me.value ? 'lost' : 'signed-out';
    me.value = null;
    await ports.kept.clear();
  }

  /** Asks the server who this is. @returns why it did not say, or null */
  async function refresh(): Promise<FailureCode | null> {
    try {
      await signedIn(await ports.api.me());
      return null;
    } catch (error) {
      const code = failureCode(error);
      if (code === 'NOT_SIGNED_IN') await lost();
      else if (status.value === 'starting') status.value = 'unreachable';
      return code;
    }
  }

  return {
    me,
    status,
    lost,
    refresh,

    /** From what was kept first, so that the first picture needs no network; then from the server. */
    async start(): Promise<void> {
      const stored = v.safeParse(Me, await ports.kept.get(storageKey));
      if (stored.success) {
        me.value = stored.output;
        status.value = 'signed-in';
      }
      await refresh();
    },

    /** Ends the session on the server. Rejects where it cannot be reached: then this device is still signed in. */
    async signOut(): Promise<void> {
      await ports.api.signOut();
      me.value = null;
      status.value = 'signed-out';
    },
  };
}
