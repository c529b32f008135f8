import type { Session } from '../auth/session.ts';
import type { Admission } from './handshake.ts';
import type { Link } from './link.ts';

/** How long an ended session is remembered: longer than any handshake takes. */
const rememberMs = 60_000;

const keyOf = ({ personId, deviceId }: Session) => `${personId}.${deviceId}`;

/** The connections of this process, found by session. */
export function createConnections() {
  const links = new Map<Link['engine'], Link>();
  const bySession = new Map<string, Set<Link>>();
  const byAddress = new Map<string, number>();
  /** When each session ended, oldest first: a handshake may have looked it up just before. */
  const ended = new Map<string, number>();

  return {
    get size() {
      return links.size;
    },
    all: () => [...links.values()],
    of: (engine: Link['engine']) => links.get(engine) ?? null,
    bySession: (session: Session) => bySession.get(keyOf(session))?.size ?? 0,
    byAddress: (address: string) => byAddress.get(address) ?? 0,
    add(link: Link, address: string): void {
      links.set(link.engine, link);
      const key = keyOf(link.session);
      bySession.set(key, (bySession.get(key) ?? new Set()).add(link));
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    },
    remove(link: Link, address: string): void {
      links.delete(link.engine);
      const key = keyOf(link.session);
      const own = bySession.get(key);
      own?.delete(link);
      if (own?.size === 0) bySession.delete(key);
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    },
    /** Notes that a session ended. @returns its connections */
    end(session: Session): Link[] {
      const now = performance.now();
      for (const [key, at] of ended) {
        if (now - at < rememberMs) break;
        ended.delete(key);
      }
      const key = keyOf(session);
      ended.delete(key);
      ended.set(key, now);
      return [...(bySession.get(key) ?? [])];
    },
    /** Whether the session ended after its handshake had begun. */
    endedSince: ({ session, startedAt }: Admission) => (ended.get(keyOf(session)) ?? -1) >= startedAt,
  };
}
