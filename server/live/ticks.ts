import type { PatrolPosition, PatrolPositions } from '../../shared/patrols.ts';
import { type Packet, encodeEvent } from './broadcast.ts';
import type { Duty } from './duty.ts';
import type { Link } from './link.ts';
import type { SharedWalker } from './positions.ts';
import { tellOn, type Trail, walkOn } from './trail.ts';

/** Milliseconds between two frames of a room, and between two looks at what residents may learn by now. */
export type TickTimes = { exact: number; coarse: number };
export const tickTimes: TickTimes = { exact: 1000, coarse: 15_000 };

export type Ticks = {
  /** @param began when this walker came along, or the round began to run if that was later */
  take(shared: SharedWalker, began: number): void;
  /** Whom a walker is not shown to, from now on. */
  hide(patrolId: string, memberId: string, hiddenFrom: readonly string[]): void;
  /** Somebody walks no more; the devices learn it from the log. */
  drop(patrolId: string, memberId: string): void;
  /** Of somebody who is no member any more. */
  dropOf(memberId: string): void;
  /** Drops whoever does not walk, without the log having told it here: the devices get all there is. */
  keep(walks: (patrolId: string, memberId: string) => boolean): void;
  /** This device must be told anew what there is. */
  renew(link: Link): void;
  leave(link: Link): void;
  /** All that a member may see at this moment. */
  seenBy(memberId: string): PatrolPositions;
  close(): void;
};

type Seen = { position: PatrolPosition; hiddenFrom: readonly string[] };

/**
 * Tells a room where walkers are: at most one frame a tick for each device, with all that is new, encoded once for those
 * on duty, who get it exactly, and once for the others. A device that has not taken what it was sent before is left out,
 * and gets all there is as soon as it has: nothing queues up for anybody, and only the newest counts.
 */
export function createTicks(options: {
  neighbourhoodId: string;
  duty: Pick<Duty, 'isOn'>;
  /** The devices of the room and whose they are. */
  readers: ReadonlyMap<Link, string>;
  now: () => number;
  times: TickTimes;
}): Ticks {
  const { neighbourhoodId, duty, readers, now, times } = options;
  const shared = new Map<string, SharedWalker>();
  const trails = new Map<string, Trail>();
  const fresh = { exact: new Set<string>(), coarse: new Set<string>() };
  const behind = new Set<Link>();
  let timer: NodeJS.Timeout | null = null;
  let coarseTimer: NodeJS.Timeout | null = null;
  let lastTick = Number.NEGATIVE_INFINITY;
  let closed = false;

  function exactOf(key: string): Seen | null {
    const one = shared.get(key);
    if (one === undefined) return null;
    const { patrolId, memberId, position, accuracy, heading, at } = one;
    return {
      position: {
        patrolId,
        memberId,
        position,
        ...(accuracy === undefined ? {} : { accuracy: Math.round(accuracy) }),
        ...(heading === undefined ? {} : { heading: Math.round(heading) }),
        at,
      },
      hiddenFrom: one.hiddenFrom,
    };
  }

  function coarseOf(key: string): Seen | null {
    const [one, told] = [shared.get(key), trails.get(key)?.told];
    if (one === undefined || !told) return null;
    const { patrolId, memberId } = one;
    return { position: { patrolId, memberId, position: told.cell, at: told.at }, hiddenFrom: one.hiddenFrom };
  }

  function frameOf(exact: boolean, whole: boolean, seen: readonly Seen[], reader: string): PatrolPositions {
    const positions = seen
      .filter(({ hiddenFrom }) => !hiddenFrom.includes(reader))
      .map(({ position }) => position);
    return { neighbourhoodId, exact, whole, positions };
  }

  const seenOf = (exact: boolean, keys: Iterable<string>): Seen[] =>
    [...keys].flatMap((key) => (exact ? exactOf(key) : coarseOf(key)) ?? []);

  /** One frame for an audience: encoded once for all from whom nothing of it is hidden. */
  function createFrame(exact: boolean, whole: boolean) {
    const seen = seenOf(exact, whole ? shared.keys() : fresh[exact ? 'exact' : 'coarse']);
    const special = new Set(seen.flatMap(({ hiddenFrom }) => hiddenFrom));
    const encode = (reader: string) =>
      encodeEvent('patrol:positions', JSON.stringify(frameOf(exact, whole, seen, reader)));
    let common: Packet | null = null;
    return (reader: string): Packet | null => {
      if (seen.length === 0 && !whole) return null;
      return special.has(reader) ? encode(reader) : (common ??= encode(''));
    };
  }

  function tick(): void {
    timer = null;
    lastTick = performance.now();
    const news = { exact: createFrame(true, false), coarse: createFrame(false, false) };
    let all: typeof news | null = null;
    for (const [link, memberId] of readers) {
      const how = duty.isOn(memberId) ? 'exact' : 'coarse';
      let packet: Packet | null;
      if (behind.has(link)) {
        all ??= { exact: createFrame(true, true), coarse: createFrame(false, true) };
        packet = all[how](memberId);
      } else packet = news[how](memberId);
      if (packet === null) continue;
      if (link.lane.sendNewest(packet) === 'skipped') behind.add(link);
      else behind.delete(link);
    }
    fresh.exact.clear();
    fresh.coarse.clear();
    if (behind.size > 0) schedule();
  }

  function schedule(): void {
    if (timer !== null || closed) return;
    timer = setTimeout(tick, Math.max(0, lastTick + times.exact - performance.now()));
  }

  function tellCoarse(): void {
    for (const [key, trail] of trails) {
      const next = tellOn(trail, now());
      if (next === trail) continue;
      trails.set(key, next);
      fresh.coarse.add(key);
    }
    if (fresh.coarse.size > 0) schedule();
  }

  function renew(link: Link): void {
    behind.add(link);
    schedule();
  }

  /** Whoever is blocked, or is so no more, since the last position. */
  function renewChanged(before: readonly string[], after: readonly string[]): void {
    const changed = new Set([...before, ...after].filter((id) => before.includes(id) !== after.includes(id)));
    if (changed.size === 0) return;
    for (const [link, memberId] of readers) if (changed.has(memberId)) renew(link);
  }

  function dropWhere(isGone: (one: SharedWalker) => boolean): void {
    for (const [key, one] of shared) {
      if (!isGone(one)) continue;
      shared.delete(key);
      trails.delete(key);
      fresh.exact.delete(key);
      fresh.coarse.delete(key);
    }
    if (shared.size > 0 || coarseTimer === null) return;
    clearInterval(coarseTimer);
    coarseTimer = null;
  }

  return {
    take(one, began) {
      const key = `${one.patrolId} ${one.memberId}`;
      renewChanged(shared.get(key)?.hiddenFrom ?? [], one.hiddenFrom);
      shared.set(key, one);
      trails.set(key, walkOn(trails.get(key) ?? null, one.position, one.at, began));
      fresh.exact.add(key);
      coarseTimer ??= setInterval(tellCoarse, times.coarse);
      schedule();
    },
    hide(patrolId, memberId, hiddenFrom) {
      const key = `${patrolId} ${memberId}`;
      const one = shared.get(key);
      if (one === undefined) return;
      shared.set(key, { ...one, hiddenFrom: [...hiddenFrom] });
      renewChanged(one.hiddenFrom, hiddenFrom);
    },
    drop: (patrolId, memberId) => dropWhere((one) => one.patrolId === patrolId && one.memberId === memberId),
    dropOf: (memberId) => dropWhere((one) => one.memberId === memberId),
    keep(walks) {
      const before = shared.size;
      dropWhere((one) => !walks(one.patrolId, one.memberId));
      if (shared.size < before) for (const link of readers.keys()) renew(link);
    },
    renew,
    leave: (link) => void behind.delete(link),
    seenBy(memberId) {
      const exact = duty.isOn(memberId);
      return frameOf(exact, true, seenOf(exact, shared.keys()), memberId);
    },
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      if (coarseTimer !== null) clearInterval(coarseTimer);
      shared.clear();
      trails.clear();
    },
  };
}
