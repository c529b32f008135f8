import { sharingMs, type Sharing, type SosPosition, type SosPositionTold } from '../../shared/sos.ts';
import type { SharedPosition } from '../eventlog/eventlog.ts';

/** An SOS that runs: whose, since when, and who sees where they are. */
export type RunningSos = { memberId: string; sharing: Sharing; since: number };
/** Null where there is none that runs. @throws AppError UNAVAILABLE */
export type FindSos = (neighbourhoodId: string, incidentId: string) => Promise<RunningSos | null>;

/** Clocks of phones differ by minutes. */
const clockMs = 5 * 60 * 1000;
const everyMs = 1000;
/** Nobody walks, rides or drives from one place to the next as fast as this, in metres a second. */
const fastest = 100;

/** Whether a member may know it; whoever it is of knows it already. */
export const maySee = ({ sharing, memberId }: SharedPosition, reader: string): boolean =>
  reader !== memberId && (sharing === 'all' || sharing.includes(reader));

/** Without who may know it, which is its member's business. */
export function positionFor(shared: SharedPosition): SosPosition {
  const { neighbourhoodId, incidentId, memberId, position, accuracy, heading, at } = shared;
  return { neighbourhoodId, incidentId, memberId, position, accuracy, heading, at };
}

/** Metres between two places that are near each other. */
function apart(a: SosPositionTold['position'], b: SosPositionTold['position']): number {
  const metres = 111_320;
  const east = (a.lng - b.lng) * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, east) * metres;
}

export type Positions = ReturnType<typeof createPositions>;

/**
 * Where people are whose SOS run, as this process heard of it: in memory only, the newest of each, for as long as they
 * share it.
 */
export function createPositions(now: () => number) {
  const known = new Map<string, SharedPosition>();
  const told = new Map<string, number>();
  const keyOf = (neighbourhoodId: string, incidentId: string) => `${neighbourhoodId} ${incidentId}`;

  function forget(key: string): void {
    known.delete(key);
    told.delete(key);
  }

  return {
    /** Takes what a process published. @returns whether it is newer than what was known */
    take(shared: SharedPosition): boolean {
      const key = keyOf(shared.neighbourhoodId, shared.incidentId);
      if (shared.at <= (known.get(key)?.at ?? 0)) return false;
      known.set(key, shared);
      return true;
    },
    drop: (neighbourhoodId: string, incidentId: string) => forget(keyOf(neighbourhoodId, incidentId)),
    /** A member has left. */
    dropOf(neighbourhoodId: string, memberId: string): void {
      for (const [key, shared] of known) {
        if (shared.neighbourhoodId === neighbourhoodId && shared.memberId === memberId) forget(key);
      }
    },

    /** What a member who joins may know; asks of each whether its SOS still runs. */
    async seenBy(neighbourhoodId: string, reader: string, find: FindSos): Promise<SosPosition[]> {
      const seen: SosPosition[] = [];
      for (const [key, shared] of known) {
        if (shared.neighbourhoodId !== neighbourhoodId || !maySee(shared, reader)) continue;
        const running = await find(neighbourhoodId, shared.incidentId);
        if (running === null || now() - running.since > sharingMs) forget(key);
        else seen.push(positionFor(shared));
      }
      return seen;
    },

    /**
     * Decides on what a phone told: its own running SOS only, at most once a second, and no place where nobody can be.
     * @returns what to tell every process; null where it is dropped without a word, as volatile messages are
     */
    async accept(message: SosPositionTold, memberId: string, find: FindSos): Promise<SharedPosition | null> {
      const key = keyOf(message.neighbourhoodId, message.incidentId);
      const at = now();
      if (Math.abs(message.at - at) > clockMs || at - (told.get(key) ?? 0) < everyMs) return null;
      const running = await find(message.neighbourhoodId, message.incidentId);
      if (running === null || running.memberId !== memberId || at - running.since > sharingMs) return null;
      const before = known.get(key);
      if (before !== undefined) {
        const metres = apart(before.position, message.position) - (before.accuracy ?? 0);
        if (metres > (fastest * Math.max(1000, at - before.at)) / 1000 + (message.accuracy ?? 0)) return null;
      }
      told.set(key, at);
      // The server's time: ages must not depend on a phone's clock.
      return { ...message, at, memberId, sharing: running.sharing };
    },
  };
}
