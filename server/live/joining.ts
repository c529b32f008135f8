import type { Logger } from 'pino';
import { type Cursor, type LogEntry, parseCursor } from '../../shared/events.ts';
import type { JoinAnswer, JoinRequest } from '../../shared/protocol.ts';
import type { Patrol } from '../../shared/patrols.ts';
import { kindOfError } from '../errors.ts';
import { type RawEntry, type SharedPosition, cursorOf } from '../eventlog/eventlog.ts';
import { withoutHidden } from '../eventlog/hidden.ts';
import type { Feed } from './feed.ts';
import type { Link, Ticket } from './link.ts';
import { createPositions, type FindBlocked, type FindSos, type Told } from './positions.ts';
import type { Relay } from './relay.ts';
import { type OnDelivered, type Room, createRoom } from './room.ts';
import type { TickTimes } from './ticks.ts';
import type { Veil } from '../eventlog/veil.ts';

/** Further behind than this, a snapshot is smaller than the entries. */
const catchUpEntries = 500;

const snapshotNeeded = { ok: true, snapshotNeeded: true } as const;

export type Rooms = {
  /** Answers `room:join`. @throws AppError UNAVAILABLE */
  join(link: Link, request: JoinRequest): Promise<JoinAnswer>;
  leave(link: Link, neighbourhoodId: string): void;
  leaveAll(link: Link): void;
  /** Whether what a phone told of where it is may be told; what to tell, or null. @throws AppError UNAVAILABLE */
  accept(link: Link, told: Told): Promise<SharedPosition | null>;
  evict(neighbourhoodId: string, memberId: string): void;
  readonly size: number;
};

/** A room that is open, or being opened by the first who joins. */
type Open = { room: Room; feed: Promise<Feed | null>; followed: Feed | null; joins: number };

/** What rooms ask of the store about patrols. */
export type AboutPatrols = {
  /** Those that gather or run. @throws AppError UNAVAILABLE */
  open: (neighbourhoodId: string) => Promise<Patrol[]>;
  blocked: FindBlocked;
  /** Notes that a position of this patrol came, and never which. */
  hear: (neighbourhoodId: string, patrolId: string, at: number) => Promise<void>;
};

/** That positions come is noted so often at most. */
const hearEveryMs = 15_000;
const mostHeard = 1000;

/** The open rooms of this process; each follows its log from its first socket to its last. */
export function createRooms(options: {
  relay: Relay;
  logger: Logger;
  findMembership: (personId: string, neighbourhoodId: string) => Promise<{ id: string } | null>;
  findSos: FindSos;
  patrols: AboutPatrols;
  tickTimes: TickTimes;
  veil: Veil;
  now: () => number;
  onDelivered: OnDelivered;
  onSlow: (link: Link) => void;
}): Rooms {
  const { relay, logger, findMembership, findSos, patrols, now, tickTimes, veil } = options;
  const { onDelivered, onSlow } = options;
  // Of the process, not of a room: who opens it next must find whom they look for.
  const positions = createPositions(now);
  const rooms = new Map<string, Open>();
  const heard = new Map<string, number>();
  const parsed = new WeakMap<RawEntry, LogEntry>();

  /** Entries are parsed once for all who catch up. They are our own, written by the commit that made them. */
  function parse(entry: RawEntry): LogEntry {
    const known = parsed.get(entry) ?? (JSON.parse(entry.json) as LogEntry);
    parsed.set(entry, known);
    return known;
  }

  function open(neighbourhoodId: string): Open {
    let patrolsRead = false;
    /** Never fails: no alert waits for a round. Until it was read nobody is on duty here. */
    async function readPatrols(): Promise<void> {
      patrolsRead = true;
      const before = room.duty.known();
      try {
        const found = await patrols.open(neighbourhoodId);
        if (rooms.get(neighbourhoodId) === opened) room.takePatrols(found, before);
      } catch (error) {
        // The next beat reads them again.
        patrolsRead = false;
        logger.debug({ error: kindOfError(error), neighbourhoodId }, 'patrols not read');
      }
    }
    const room = createRoom({
      neighbourhoodId,
      logger,
      onDelivered,
      positions,
      findBlocked: patrols.blocked,
      now,
      tickTimes,
      veil,
      onSlow,
      onRestarted: () => void readPatrols(),
      onBeat: () => {
        if (!patrolsRead) void readPatrols();
      },
      place: () => opened.followed,
      onEmptied: () => closeIfUnused(neighbourhoodId, opened),
    });
    // Who is on duty is read after the log is followed: what changes meanwhile comes as an entry.
    const feed = relay.follow(neighbourhoodId, room).then(async (followed) => {
      opened.followed = followed;
      if (followed !== null) await readPatrols();
      return followed;
    });
    const opened: Open = { room, feed, followed: null, joins: 0 };
    rooms.set(neighbourhoodId, opened);
    return opened;
  }

  function closeIfUnused(neighbourhoodId: string, opened: Open): void {
    if (opened.joins > 0 || opened.room.size > 0 || rooms.get(neighbourhoodId) !== opened) return;
    rooms.delete(neighbourhoodId);
    opened.room.close();
    opened.feed
      .then((feed) => (feed === null ? undefined : relay.drop(feed)))
      .catch((error: unknown) => logger.debug({ err: error, neighbourhoodId }, 'feed closed'));
  }

  async function enter(
    link: Link,
    neighbourhoodId: string,
    cursor: Cursor,
    ticket: Ticket,
    opened: Open,
  ): Promise<JoinAnswer> {
    const { room } = opened;
    const from = parseCursor(cursor);
    const stale = () => !link.holds(neighbourhoodId, ticket);
    const refuse = (answer: JoinAnswer): JoinAnswer => {
      if (!stale()) leave(link, neighbourhoodId);
      return answer;
    };
    try {
      const feed = await opened.feed;
      if (feed === null) return refuse({ ok: false, code: 'NOT_FOUND' });
      const since = feed.position;
      const member = await findMembership(link.session.personId, neighbourhoodId);
      if (member === null) return refuse({ ok: false, code: 'NOT_FOUND' });
      // Of an SOS that is raised, and a round that is walked, after this was asked the room hears.
      const needsVeil = await veil.isNeeded(neighbourhoodId, member.id);
      // Another process may have told this client of entries that this one has not heard of yet.
      if (from.epoch !== feed.epoch || from.seq > feed.position) await feed.sync();

      // From here to `enter` in one tick: up to `upTo` comes from the log, everything later comes live.
      const upTo = feed.position;
      // The membership was read at some moment since the join began; the log may have ended it after.
      if (room.removedAfter(member.id, since)) return refuse({ ok: false, code: 'NOT_FOUND' });
      if (stale()) return { ok: false, code: 'CONFLICT' };
      const behind = upTo - from.seq;
      if (from.epoch !== feed.epoch || behind < 0 || behind > catchUpEntries) return refuse(snapshotNeeded);
      const isVeiled = room.enter(link, member.id, needsVeil);

      const [entries, seen] = await Promise.all([
        feed.catchUp(from.seq, upTo),
        positions.seenBy(neighbourhoodId, member.id, findSos),
      ]);
      if (stale()) return { ok: false, code: room.removedAfter(member.id, since) ? 'NOT_FOUND' : 'CONFLICT' };
      if (entries === null) return refuse(snapshotNeeded);
      const visible = withoutHidden(entries.map(parse));
      const told = isVeiled ? (await veil.over(neighbourhoodId, visible))(member.id) : visible;
      return {
        ok: true,
        entries: [...told],
        cursor: cursorOf({ epoch: from.epoch, seq: upTo }),
        positions: seen,
        patrolPositions: room.walkersSeenBy(member.id),
      };
    } catch (error) {
      refuse({ ok: false, code: 'INTERNAL' });
      throw error;
    }
  }

  function leave(link: Link, neighbourhoodId: string): void {
    link.left(neighbourhoodId);
    rooms.get(neighbourhoodId)?.room.leave(link);
  }

  async function hear(neighbourhoodId: string, patrolId: string, at: number): Promise<void> {
    if (at - (heard.get(patrolId) ?? 0) < hearEveryMs) return;
    // Of rounds that ended nothing comes any more; the oldest goes.
    heard.delete(patrolId);
    heard.set(patrolId, at);
    const [oldest] = heard.keys();
    if (heard.size > mostHeard && oldest !== undefined) heard.delete(oldest);
    await patrols.hear(neighbourhoodId, patrolId, at);
  }

  return {
    async join(link, { neighbourhoodId, cursor }) {
      const ticket = link.begin(neighbourhoodId);
      // Strangers must not make the process follow logs.
      if (cursor === null || !rooms.has(neighbourhoodId)) {
        const member = await findMembership(link.session.personId, neighbourhoodId);
        if (member === null || cursor === null) {
          if (link.holds(neighbourhoodId, ticket)) leave(link, neighbourhoodId);
          return member === null ? { ok: false, code: 'NOT_FOUND' } : snapshotNeeded;
        }
      }
      const opened = rooms.get(neighbourhoodId) ?? open(neighbourhoodId);
      opened.joins += 1;
      try {
        return await enter(link, neighbourhoodId, cursor, ticket, opened);
      } finally {
        opened.joins -= 1;
        closeIfUnused(neighbourhoodId, opened);
      }
    },
    leave,
    leaveAll(link) {
      for (const neighbourhoodId of link.neighbourhoodIds()) leave(link, neighbourhoodId);
    },
    async accept(link, told) {
      const room = rooms.get(told.neighbourhoodId)?.room;
      const memberId = room?.memberOf(link) ?? null;
      if (room === undefined || memberId === null) return null;
      const find = { sos: findSos, patrol: room.duty.walkedBy, blocked: patrols.blocked };
      const shared = await positions.accept(told, memberId, find);
      if (shared?.of === 'patrol') await hear(shared.neighbourhoodId, shared.patrolId, shared.at);
      return shared;
    },
    evict: (neighbourhoodId, memberId) => rooms.get(neighbourhoodId)?.room.evict(memberId),
    get size() {
      return rooms.size;
    },
  };
}
