import { setImmediate } from 'node:timers';
import type { Logger } from 'pino';
import type { CheckpointVisited } from '../../shared/patrols.ts';
import type { EventLog, Head, LogMessage, RawEntry, SharedPosition } from '../eventlog/eventlog.ts';
import { type Ring, createRing, ringEntries } from './ring.ts';

/** What the relay needs of the event log. */
export type FollowedLog = Pick<EventLog, 'head' | 'read' | 'subscribe' | 'onResubscribed' | 'tellPosition'>;

/** What a feed tells the room it serves, always synchronously. */
export type FeedListener = {
  /** What one turn of the event loop brought: contiguous, each entry once, in order. */
  deliver(entries: RawEntry[]): void;
  /** The log went on in another life, or further than it is worth sending: readers must join again. */
  restarted(): void;
  reach(message: Extract<LogMessage, { kind: 'reach' }>): void;
  position(position: SharedPosition): void;
  /** A member chose anew whom they are not shown to. */
  blocking(memberId: string): void;
  visited(visited: CheckpointVisited): void;
};

export type Feed = {
  readonly neighbourhoodId: string;
  readonly epoch: string;
  /** Seq of the last entry that was delivered. What a socket misses that joins now is all up to here. */
  readonly position: number;
  /** Reads the log's head, then reads and delivers what is missing. @throws AppError UNAVAILABLE */
  sync(): Promise<void>;
  /**
   * Entries in `(after, upTo]`, from memory, or by one read that all who ask share.
   * @returns null where the log does not hold them any more, or not within what is kept in memory
   * @throws AppError UNAVAILABLE
   */
  catchUp(after: number, upTo: number): Promise<RawEntry[] | null>;
  close(): Promise<void>;
};

const pageEntries = 200;

/**
 * Follows one neighbourhood's log. Published entries are only nudges: what comes contiguously is delivered, and
 * a jump, a lost subscription or the heartbeat makes it read the gap from the stream.
 *
 *   position ≤ received = position + pending ≤ wanted
 *            delivered   waits for the end of     known to
 *                        this turn of the loop    be in the log
 *
 * @returns null where there is no such log
 * @throws AppError UNAVAILABLE
 */
export async function openFeed(
  neighbourhoodId: string,
  eventLog: FollowedLog,
  logger: Logger,
  listener: FeedListener,
): Promise<Feed | null> {
  let epoch: string | null = null;
  let position = 0;
  let wanted = 0;
  let pending: RawEntry[] = [];
  /** Heard before its turn: while opening, or while a gap is being filled. */
  let early: Extract<LogMessage, { kind: 'entry' }>[] = [];
  let ring: Ring = createRing(0);
  let closed = false;
  let scheduled = false;
  let filling: Promise<void> | null = null;
  /** The one read that adds what the log holds before the ring. Once done, there is no more to be had. */
  let reachedBack: Promise<void> | null = null;

  const received = () => position + pending.length;
  const quietly = (work: Promise<void>) => {
    // The heartbeat tries again.
    work.catch((error: unknown) => logger.debug({ err: error, neighbourhoodId }, 'feed waits for the log'));
  };

  function hear(message: LogMessage): void {
    if (closed) return;
    if (message.kind === 'reach') return listener.reach(message);
    if (message.kind === 'position') return listener.position(message.position);
    if (message.kind === 'blocking') return listener.blocking(message.memberId);
    if (message.kind === 'visited') return listener.visited(message.visited);
    if (epoch === null) return void early.push(message);
    if (message.epoch !== epoch) return quietly(sync());
    if (message.seq <= received()) return;
    if (message.seq === received() + 1 && filling === null) return accept(message);
    wanted = Math.max(wanted, message.seq);
    // Beyond this many, reading them again is cheaper than keeping them.
    if (early.length < ringEntries) early.push(message);
    quietly(fill());
  }

  function accept({ seq, json }: RawEntry): void {
    pending.push({ seq, json });
    if (scheduled) return;
    scheduled = true;
    // After the loop's poll phase: all that Redis' connection brought in this turn goes out together.
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    if (closed || pending.length === 0) return;
    const entries = pending;
    pending = [];
    position += entries.length;
    ring.append(entries);
    listener.deliver(entries);
  }

  function restart(head: Head): void {
    flush();
    epoch = head.epoch;
    position = head.seq;
    wanted = head.seq;
    pending = [];
    early = [];
    ring = createRing(head.seq);
    reachedBack = null;
    listener.restarted();
  }

  function fill(): Promise<void> {
    filling ??= fillPages().finally(() => {
      filling = null;
    });
    return filling;
  }

  async function fillPages(): Promise<void> {
    const lacking = () => !closed && received() < wanted;
    while (epoch !== null && lacking()) {
      const life = ring;
      const from = received();
      // So far behind, every reader is better served by a snapshot.
      if (wanted - from > ringEntries) return restart({ epoch, seq: wanted });
      const page = await eventLog.read(neighbourhoodId, from, wanted, pageEntries);
      if (closed || ring !== life) return;
      for (const entry of page) if (entry.seq === received() + 1) accept(entry);
      for (const entry of early) if (entry.seq === received() + 1) accept(entry);
      early = early.filter(({ seq }) => seq > received());
      // Trimmed or erased: the gap can be filled no more.
      if (received() === from) return restart({ epoch, seq: wanted });
    }
  }

  async function readHead(): Promise<void> {
    const life = ring;
    const before = received();
    const head = await eventLog.head(neighbourhoodId);
    if (closed || head === null || ring !== life) return;
    // A head before what this process has already heard means that Redis lost entries.
    if (head.epoch !== epoch || head.seq < before) return restart(head);
    wanted = Math.max(wanted, head.seq);
    await fill();
    // Who asked goes by `position`.
    flush();
  }

  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  /** Callers share a read that starts after they asked, never one that was already on its way. */
  function sync(): Promise<void> {
    if (next !== null) return next;
    if (running === null) {
      running = readHead().finally(() => {
        running = null;
      });
      return running;
    }
    next = running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return sync();
      });
    return next;
  }

  async function reachBack(): Promise<void> {
    const life = ring;
    const oldest = ring.oldest();
    const older = await eventLog.read(
      neighbourhoodId,
      Math.max(0, position - ringEntries),
      oldest - 1,
      ringEntries,
    );
    if (ring === life) ring.prepend(older);
  }

  async function catchUp(after: number, upTo: number): Promise<RawEntry[] | null> {
    const life = ring;
    if (after + 1 < ring.oldest()) {
      reachedBack ??= reachBack().catch((error: unknown) => {
        reachedBack = null;
        throw error;
      });
      await reachedBack;
    }
    return ring === life ? ring.slice(after, upTo) : null;
  }

  const unsubscribe = await eventLog.subscribe(neighbourhoodId, hear);
  async function close(): Promise<void> {
    closed = true;
    await unsubscribe();
  }

  const head = await eventLog.head(neighbourhoodId).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  if (head === null) {
    await close();
    return null;
  }
  ({ epoch, seq: position } = head);
  wanted = position;
  ring = createRing(position);
  for (const message of early.splice(0)) hear(message);

  return {
    neighbourhoodId,
    get epoch() {
      return epoch ?? '';
    },
    get position() {
      return position;
    },
    sync,
    catchUp,
    close,
  };
}
