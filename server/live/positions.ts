import type { Patrol, PatrolPositionTold } from '../../shared/patrols.ts';
import { sharingMs, type Sharing, type SosPosition, type SosPositionTold } from '../../shared/sos.ts';
import type { SharedPosition } from '../eventlog/eventlog.ts';
import { everyMs, isInTime, isReachable, type Reach } from './plausible.ts';

/** An SOS that runs: whose, since when, and who sees where they are. */
export type RunningSos = { memberId: string; sharing: Sharing; since: number };
/** Null where there is none that runs. @throws AppError UNAVAILABLE */
export type FindSos = (neighbourhoodId: string, incidentId: string) => Promise<RunningSos | null>;
/** Whom each of these members is not shown to. @throws AppError UNAVAILABLE */
export type FindBlocked = (
  neighbourhoodId: string,
  memberIds: readonly string[],
) => Promise<ReadonlyMap<string, readonly string[]>>;

type SharedSos = Extract<SharedPosition, { of: 'sos' }>;
export type SharedWalker = Extract<SharedPosition, { of: 'patrol' }>;
export type Told = ({ of: 'sos' } & SosPositionTold) | ({ of: 'patrol' } & PatrolPositionTold);

/**
 * Nobody walks, rides or drives from one place to the next as fast as this. Of a walker's word on how sure a place is
 * only so much counts, else a phone that claims to know nothing could be anywhere; an SOS is taken as it comes.
 */
const reach: Record<Told['of'], Reach> = {
  sos: { fastest: 100, mostAccuracy: Infinity },
  patrol: { fastest: 30, mostAccuracy: 100 },
};

/** Whether a member may know it; whoever it is of knows it already. */
export const maySee = ({ sharing, memberId }: SharedSos, reader: string): boolean =>
  reader !== memberId && (sharing === 'all' || sharing.includes(reader));

/** Without who may know it, which is its member's business. */
export function positionFor(shared: SharedSos): SosPosition {
  const { neighbourhoodId, incidentId, memberId, position, accuracy, heading, at } = shared;
  return { neighbourhoodId, incidentId, memberId, position, accuracy, heading, at };
}

/**
 * Whom a walker is not shown to: whom they block, and whom one of their partners blocks, since who walks beside them is
 * where they are. Partners who are blocked by another one still see the rest of those beside them.
 */
export function hiddenFrom(
  memberId: string,
  walkerIds: readonly string[],
  blocked: ReadonlyMap<string, readonly string[]>,
): string[] {
  const byPartners = walkerIds.flatMap((id) => blocked.get(id) ?? []).filter((id) => !walkerIds.includes(id));
  return [...new Set([...(blocked.get(memberId) ?? []), ...byPartners])];
}

export type Positions = ReturnType<typeof createPositions>;

/**
 * Where people are whose SOS run, and who walk patrols, as this process heard of it: in memory only, the newest of each,
 * for as long as they share it.
 */
export function createPositions(now: () => number) {
  const known = new Map<string, SharedPosition>();
  const told = new Map<string, number>();
  const keyOf = (neighbourhoodId: string, subject: string, memberId: string) =>
    `${neighbourhoodId} ${subject} ${memberId}`;
  const subjectOf = (one: Told | SharedPosition) => (one.of === 'sos' ? one.incidentId : one.patrolId);

  function forgetWhere(isGone: (shared: SharedPosition) => boolean): void {
    for (const [key, shared] of known) {
      if (!isGone(shared)) continue;
      known.delete(key);
      told.delete(key);
    }
  }

  type Running = { since: number; share: (at: number) => SharedPosition };
  async function running(message: Told, memberId: string, find: Find): Promise<Running | null> {
    if (message.of === 'patrol') {
      const { neighbourhoodId } = message;
      const patrol = find.patrol(message.patrolId, memberId);
      if (patrol === null) return null;
      const walkerIds = patrol.walkers.filter(({ leftAt }) => leftAt === null).map((one) => one.memberId);
      const hidden = hiddenFrom(memberId, walkerIds, await find.blocked(neighbourhoodId, walkerIds));
      const since = patrol.startedAt;
      return { since, share: (at) => ({ ...message, at, memberId, hiddenFrom: hidden }) };
    }
    const sos = await find.sos(message.neighbourhoodId, message.incidentId);
    if (sos === null || sos.memberId !== memberId) return null;
    return { since: sos.since, share: (at) => ({ ...message, at, memberId, sharing: sos.sharing }) };
  }

  return {
    /** Takes what a process published. @returns whether it is newer than what was known */
    take(shared: SharedPosition): boolean {
      const key = keyOf(shared.neighbourhoodId, subjectOf(shared), shared.memberId);
      if (shared.at <= (known.get(key)?.at ?? 0)) return false;
      known.set(key, shared);
      return true;
    },
    /** An SOS or a patrol has ended, or one walker has left it. */
    drop: (neighbourhoodId: string, subject: string, memberId?: string) =>
      forgetWhere(
        (shared) =>
          shared.neighbourhoodId === neighbourhoodId &&
          subjectOf(shared) === subject &&
          (memberId === undefined || shared.memberId === memberId),
      ),
    /** A member has left. */
    dropOf: (neighbourhoodId: string, memberId: string) =>
      forgetWhere((shared) => shared.neighbourhoodId === neighbourhoodId && shared.memberId === memberId),
    /** Of rounds that are over, and of all where this process hears no more of the neighbourhood. */
    dropWalkers: (neighbourhoodId: string, walks: (patrolId: string, memberId: string) => boolean) =>
      forgetWhere(
        (shared) =>
          shared.neighbourhoodId === neighbourhoodId &&
          shared.of === 'patrol' &&
          !walks(shared.patrolId, shared.memberId),
      ),

    /** What a member who joins may know of SOS; asks of each whether it still runs. */
    async seenBy(neighbourhoodId: string, reader: string, find: FindSos): Promise<SosPosition[]> {
      const seen: SosPosition[] = [];
      for (const shared of [...known.values()]) {
        if (shared.of !== 'sos' || shared.neighbourhoodId !== neighbourhoodId || !maySee(shared, reader))
          continue;
        const running = await find(neighbourhoodId, shared.incidentId);
        if (running === null || now() - running.since > sharingMs)
          forgetWhere((one) => one.of === 'sos' && one.incidentId === shared.incidentId);
        else seen.push(positionFor(shared));
      }
      return seen;
    },

    /**
     * Decides on what a phone told: its own running SOS or patrol only, at most once a second, and no place where nobody
     * can be.
     * @returns what to tell every process; null where it is dropped without a word, as volatile messages are
     */
    async accept(message: Told, memberId: string, find: Find): Promise<SharedPosition | null> {
      const key = keyOf(message.neighbourhoodId, subjectOf(message), memberId);
      const at = now();
      const last = told.get(key);
      if (!isInTime(message.at, at) || at - (last ?? 0) < everyMs) return null;
      // At once, so that what comes in the same moment finds it.
      told.set(key, at);
      const found = await running(message, memberId, find);
      const before = known.get(key);
      if (
        found === null ||
        at - found.since > sharingMs ||
        (before !== undefined && !isReachable(before, { ...message, at }, reach[message.of]))
      ) {
        if (last === undefined) told.delete(key);
        else told.set(key, last);
        return null;
      }
      // The server's time: ages must not depend on a phone's clock.
      return found.share(at);
    },
  };
}

export type Find = {
  sos: FindSos;
  /** The running patrol, where this member walks it. */
  patrol: (patrolId: string, memberId: string) => Patrol | null;
  blocked: FindBlocked;
};
