import type { Logger } from 'pino';
import type { LogEntry } from '../../shared/events.ts';
import { kindOfError } from '../errors.ts';
import { type LogMessage, type RawEntry, type SharedPosition, cursorOf } from '../eventlog/eventlog.ts';
import { type Packet, encodeEvent } from './broadcast.ts';
import {
  type CheckpointVisited,
  type Patrol,
  type PatrolPositions,
  walkersOf,
} from '../../shared/patrols.ts';
import { type Counted, incidentOf, patrolOf, removedBy } from './meaning.ts';
import { beganAt, createDuty, type Duty } from './duty.ts';
import type { Feed, FeedListener } from './feed.ts';
import type { Link } from './link.ts';
import type { Veil } from '../eventlog/veil.ts';
import { type FindBlocked, type Positions, hiddenFrom, maySee, positionFor } from './positions.ts';
import { createTicks, type TickTimes } from './ticks.ts';

/** An alert, or what ends it, has been handed to maps of this process, its author's own not counted. */
export type Delivered = {
  neighbourhoodId: string;
  incidentId: string;
  of: 'alert' | 'correction';
  maps: number;
  /** The devices of these maps; one with two of them is named twice. */
  deviceIds: readonly string[];
};
export type OnDelivered = (delivered: Delivered) => void;

export type Room = FeedListener & {
  beat(): void;
  readonly size: number;
  readonly duty: Pick<Duty, 'walkedBy' | 'known'>;
  /** Where walkers are, as far as this member may know. */
  walkersSeenBy(memberId: string): PatrolPositions;
  /** The patrols that gather or run, by the store. @param before `duty.known` as the reading began */
  takePatrols(found: readonly Patrol[], before: ReadonlySet<string>): void;
  /**
   * From now on this socket gets what the feed delivers.
   * @param needsVeil whether its member ever raised an SOS or walked a round here
   * @returns whether what it is told is to be veiled
   */
  enter(link: Link, memberId: string, needsVeil: boolean): boolean;
  leave(link: Link): void;
  /** The member whose socket this is; null where it is not in the room. */
  memberOf(link: Link): string | null;
  /** Ends a member's presence: their sockets are closed, after what they were sent before. */
  evict(memberId: string): void;
  /** Whether the log said that this member was removed after `seq`. */
  removedAfter(memberId: string, seq: number): boolean;
  close(): void;
};

/** UTF-16 units of entries in one frame: a long gap must not look like a slow reader. */
const frameLength = 128 * 1024;
const reachEveryMs = 1000;

/** The sockets of this process that follow one neighbourhood. */
export function createRoom(options: {
  neighbourhoodId: string;
  /** Up to where the feed has delivered. */
  place: () => Pick<Feed, 'epoch' | 'position'> | null;
  logger: Logger;
  onDelivered: OnDelivered;
  positions: Positions;
  findBlocked: FindBlocked;
  now: () => number;
  tickTimes: TickTimes;
  /** The log went on in another life, or further than was heard: who is on duty must be read anew. */
  onRestarted: () => void;
  /** The log was compared. */
  onBeat: () => void;
  veil: Veil;
  onEmptied: () => void;
  /** Called for a socket that does not read what it is sent; it has left the room already. */
  onSlow: (link: Link) => void;
}): Room {
  const { neighbourhoodId, place, logger, onDelivered, positions, findBlocked, veil, onEmptied, onSlow } =
    options;
  const { now, tickTimes, onRestarted, onBeat } = options;
  const links = new Map<Link, string>();
  const byMember = new Map<string, Set<Link>>();
  const removed = new Map<string, number>();
  /** Who raised an SOS or walked a round: what their devices are told is made for them, and goes out in its own order. */
  const veiled = new Set<string>();
  const veiledTurns = new Map<string, Promise<void>>();
  const reaches = new Map<string, { timer: NodeJS.Timeout; latest: string | null }>();
  const idJson = JSON.stringify(neighbourhoodId);
  const duty = createDuty();
  const ticks = createTicks({ neighbourhoodId, duty, readers: links, now, times: tickTimes });

  function remove(link: Link): void {
    const memberId = links.get(link);
    if (memberId === undefined) return;
    links.delete(link);
    ticks.leave(link);
    const own = byMember.get(memberId);
    own?.delete(link);
    if (own?.size === 0) byMember.delete(memberId);
  }

  function leave(link: Link): void {
    remove(link);
    if (links.size === 0) onEmptied();
  }

  /** @returns whether the socket takes what it is sent */
  function give(link: Link, packet: Packet, taken: Link[] | null): boolean {
    const outcome = link.lane.send(packet);
    if (taken !== null && (outcome === 'direct' || outcome === 'queued')) taken.push(link);
    return outcome !== 'slow';
  }

  function cut(slow: readonly Link[]): void {
    for (const link of slow) {
      link.left(neighbourhoodId);
      leave(link);
      onSlow(link);
    }
  }

  /**
   * @param taken gathers the sockets that took it
   * @param meant whose sockets get it
   */
  function broadcast(
    packet: Packet,
    taken: Link[] | null = null,
    meant: ((memberId: string) => boolean) | null = null,
  ): void {
    const slow: Link[] = [];
    // The keys of one map and nothing else: a loop over whatever can be looped over makes an object for each socket.
    for (const link of links.keys()) {
      if (meant !== null && !meant(links.get(link) ?? '')) continue;
      if (!give(link, packet, taken)) slow.push(link);
    }
    cut(slow);
  }

  function tellDelivered({ id, by, of }: Counted, taken: readonly Link[]): void {
    const own = by === null ? undefined : byMember.get(by);
    const others = own === undefined ? taken : taken.filter((link) => !own.has(link));
    if (others.length === 0) return;
    const deviceIds = others.map(({ session }) => session.deviceId);
    onDelivered({ neighbourhoodId, incidentId: id, of, maps: others.length, deviceIds });
  }

  /** Who came on duty sees exactly from now on, who went off does not. */
  function renew(memberIds: readonly string[]): void {
    for (const memberId of memberIds) for (const link of byMember.get(memberId) ?? []) ticks.renew(link);
  }

  function takePatrol(patrol: Patrol): void {
    const changed = duty.take([patrol]);
    for (const { memberId } of patrol.walkers) veiled.add(memberId);
    const walking = patrol.state === 'running' ? walkersOf(patrol) : [];
    for (const { memberId } of patrol.walkers) {
      if (walking.includes(memberId)) continue;
      positions.drop(neighbourhoodId, patrol.id, memberId);
      ticks.drop(patrol.id, memberId);
    }
    renew(changed);
  }

  /** Of the veiled who are here: their devices hear of everything else as everybody does. */
  const isVeiled = (memberId: string) => veiled.has(memberId);
  const veiledHere = () => [...veiled].filter((memberId) => byMember.has(memberId));

  /** Sends to one veiled member's devices, after all that was sent to them before. */
  function sendVeiled(memberId: string, make: () => Packet | Promise<Packet>, of: readonly Counted[]): void {
    const before = veiledTurns.get(memberId);
    const take = async () => {
      await before;
      try {
        const packet = await make();
        const taken: Link[] = [];
        cut([...(byMember.get(memberId) ?? [])].filter((link) => !give(link, packet, taken)));
        for (const incident of of) tellDelivered(incident, taken);
      } catch (error) {
        // What they may see cannot be asked now: they lack a seq then, and come back for it.
        logger.debug({ err: error, neighbourhoodId }, 'not told');
      }
      if (veiledTurns.get(memberId) === turn) veiledTurns.delete(memberId);
    };
    const turn = take();
    veiledTurns.set(memberId, turn);
  }

  const entriesPacket = (json: string) =>
    encodeEvent('log:entries', `{"neighbourhoodId":${idJson},"entries":[${json}]}`);

  /** Hands one frame to everybody, and to the veiled what they may see of it. */
  function sendFrame(json: string, incidents: readonly Counted[]): void {
    const apart = veiled.size === 0 ? [] : veiledHere();
    const taken: Link[] | null = incidents.length > 0 ? [] : null;
    const common = entriesPacket(json);
    broadcast(common, taken, apart.length === 0 ? null : (reader) => !isVeiled(reader));
    for (const incident of incidents) tellDelivered(incident, taken ?? []);
    if (apart.length === 0) return;
    const entries = JSON.parse(`[${json}]`) as LogEntry[];
    // Asked once for all of them, as soon as the first turn comes to it.
    let looking: ReturnType<Veil['over']> | null = null;
    for (const memberId of apart) {
      const make = async () => {
        const told = (await (looking ??= veil.over(neighbourhoodId, entries)))(memberId);
        if (told === entries) return common;
        return entriesPacket(told.map((entry) => JSON.stringify(entry)).join(','));
      };
      sendVeiled(memberId, make, incidents);
    }
  }

  /** Does what an entry means for this room. @returns what is to be counted */
  const takeMeaning = safely((entry: RawEntry): Counted | null => {
    const patrol = patrolOf(entry);
    if (patrol !== null) takePatrol(patrol);
    const told = incidentOf(entry);
    if (told === null) return null;
    const { of, incident, by } = told;
    if (of === 'correction') positions.drop(neighbourhoodId, incident.id);
    if (of === 'alert' && incident.sos && incident.reportedBy) veiled.add(incident.reportedBy);
    // What time alone ended takes nothing back.
    return incident.outcome?.kind === 'expired' ? null : { id: incident.id, by, of };
  });
  const removalOf = safely(removedBy);

  function sendEntries(entries: RawEntry[]): void {
    let json = '';
    let incidents: Counted[] = [];
    const send = () => {
      if (json === '') return;
      sendFrame(json, incidents);
      json = '';
      incidents = [];
    };
    for (const entry of entries) {
      if (json.length + entry.json.length > frameLength) send();
      json += json === '' ? entry.json : `,${entry.json}`;
      // Told all the same where what it means here cannot be read.
      const incident = takeMeaning(entry);
      if (incident) incidents.push(incident);
    }
    send();
  }

  function evict(memberId: string): void {
    for (const link of byMember.get(memberId) ?? []) {
      link.left(neighbourhoodId);
      leave(link);
      // The device learns of it at once: it connects again and hears that this is no longer its neighbourhood.
      link.engine.close();
    }
  }

  function deliver(entries: RawEntry[]): void {
    let sent = 0;
    entries.forEach((entry, i) => {
      const member = removalOf(entry);
      if (member === null) return;
      // The removed member still learns of it, and of nothing after it.
      sendEntries(entries.slice(sent, i + 1));
      sent = i + 1;
      removed.set(member.id, entry.seq);
      positions.dropOf(neighbourhoodId, member.id);
      ticks.dropOf(member.id);
      duty.remove(member.id);
      // The veiled hear of it in their own turn, and of nothing after it either.
      const turn = veiledTurns.get(member.id);
      if (turn === undefined) evict(member.id);
      else void turn.then(() => evict(member.id));
    });
    sendEntries(sent === 0 ? entries : entries.slice(sent));
  }

  function tellHead(): void {
    const at = place();
    if (at === null) return;
    const cursor = cursorOf({ epoch: at.epoch, seq: at.position });
    const packet = encodeEvent('log:head', `{"neighbourhoodId":${idJson},"cursor":"${cursor}"}`);
    const apart = veiled.size === 0 ? [] : veiledHere();
    broadcast(packet, null, apart.length === 0 ? null : (reader) => !isVeiled(reader));
    for (const memberId of apart) sendVeiled(memberId, () => packet, []);
  }

  function tellReach(incidentId: string): void {
    const state = reaches.get(incidentId);
    if (state === undefined || state.latest === null) {
      reaches.delete(incidentId);
      return;
    }
    broadcast(encodeEvent('incident:reach', state.latest));
    state.latest = null;
    state.timer = setTimeout(() => tellReach(incidentId), reachEveryMs);
  }

  function tellFigures({ incidentId, reach }: Extract<LogMessage, { kind: 'reach' }>): void {
    const json = JSON.stringify({ neighbourhoodId, incidentId, reach });
    const state = reaches.get(incidentId);
    if (state !== undefined) {
      state.latest = json;
      return;
    }
    broadcast(encodeEvent('incident:reach', json));
    reaches.set(incidentId, { latest: null, timer: setTimeout(() => tellReach(incidentId), reachEveryMs) });
  }

  function tellPosition(shared: SharedPosition): void {
    if (!positions.take(shared)) return;
    if (shared.of === 'patrol') {
      // Heard after the end of their round, which the log has told.
      const began = beganAt(duty.walkedBy(shared.patrolId, shared.memberId), shared.memberId);
      if (began === null) positions.drop(neighbourhoodId, shared.patrolId, shared.memberId);
      else ticks.take(shared, began);
      return;
    }
    const packet = encodeEvent('sos:position', JSON.stringify(positionFor(shared)));
    broadcast(packet, null, (memberId) => maySee(shared, memberId));
  }

  /** The rounds that somebody walks whose choice changed are told as it is now, though nobody in them moves. */
  async function hideAnew(memberId: string): Promise<void> {
    for (const patrol of duty.roundsOf(memberId)) {
      const walkerIds = walkersOf(patrol);
      try {
        const blocked = await findBlocked(neighbourhoodId, walkerIds);
        for (const id of walkerIds) ticks.hide(patrol.id, id, hiddenFrom(id, walkerIds, blocked));
      } catch (error) {
        // Rather nobody sees them until their next positions than somebody who must not.
        logger.debug({ error: kindOfError(error), neighbourhoodId }, 'blocking not read');
        ticks.keep((patrolId) => patrolId !== patrol.id);
      }
    }
  }

  function safely<Args extends unknown[], Result>(
    run: (...args: Args) => Result,
  ): (...args: Args) => Result | null {
    return (...args) => {
      try {
        return run(...args);
      } catch (error) {
        // One entry that cannot be read must not end the process; readers heal by the next head.
        logger.error({ error: kindOfError(error), neighbourhoodId }, 'room failed');
        return null;
      }
    };
  }

  return {
    deliver: safely(deliver),
    restarted: safely(() => {
      onRestarted();
      tellHead();
    }),
    beat: safely(() => {
      tellHead();
      onBeat();
    }),
    reach: safely(tellFigures),
    position: safely(tellPosition),
    blocking: safely((memberId: string) => void hideAnew(memberId)),
    visited: safely((visited: CheckpointVisited) => {
      const told = JSON.stringify({ neighbourhoodId, ...visited });
      broadcast(encodeEvent('patrol:visited', told), null, (memberId) => duty.isOn(memberId));
    }),
    get size() {
      return links.size;
    },
    duty,
    walkersSeenBy: (memberId) => ticks.seenBy(memberId),
    takePatrols: safely((found: readonly Patrol[], before: ReadonlySet<string>) => {
      renew(duty.replace(found, before));
      const walks = (patrolId: string, memberId: string) => duty.walkedBy(patrolId, memberId) !== null;
      positions.dropWalkers(neighbourhoodId, walks);
      ticks.keep(walks);
    }),
    enter(link, memberId, needsVeil) {
      if (needsVeil) veiled.add(memberId);
      remove(link);
      links.set(link, memberId);
      const own = byMember.get(memberId) ?? new Set();
      byMember.set(memberId, own.add(link));
      return veiled.has(memberId);
    },
    leave,
    memberOf: (link) => links.get(link) ?? null,
    evict,
    removedAfter: (memberId, seq) => (removed.get(memberId) ?? -1) > seq,
    close() {
      for (const { timer } of reaches.values()) clearTimeout(timer);
      reaches.clear();
      ticks.close();
      positions.dropWalkers(neighbourhoodId, () => false);
    },
  };
}
