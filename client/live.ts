import { type Cursor, type LogEntry, parseCursor } from '../shared/events.ts';
import type { JoinAnswer, JoinRequest, Snapshot } from '../shared/protocol.ts';
import type { Id } from '../shared/text.ts';
import { type FailureCode, failureCode } from './api.ts';

/**
 * Where a room stands: `offline` no socket, `catching-up` a join under way, `live` every entry so far is applied,
 * `unavailable` the server answers that it cannot, `signed-out` and `not-a-member` need the person.
 */
export type RoomState = 'offline' | 'catching-up' | 'live' | 'unavailable' | 'signed-out' | 'not-a-member';

/** The world a room lives in: injected, so that every race can be scripted. */
export type RoomPorts = {
  /** Sends `room:join`; rejects where no answer comes. */
  join: (request: JoinRequest) => Promise<JoinAnswer>;
  /** `GET …/snapshot`; rejects with ApiError or NetworkError. */
  snapshot: (neighbourhoodId: Id) => Promise<Snapshot>;
  /** Forget everything and start from this. */
  reset: (snapshot: Snapshot) => void;
  /** The next entries, in order, without a gap or a repeat; `cursor` is the place after the last of them. */
  apply: (entries: readonly LogEntry[], cursor: Cursor, origin: 'caught-up' | 'live') => void;
  state: (state: RoomState) => void;
  /** Runs once after `ms`, unless the returned function is called before. */
  later: (ms: number, run: () => void) => () => void;
  random: () => number;
};

const firstDelay = 1000;
const longestDelay = 30_000;
// A server that asks for a snapshot again right after one is given time instead of a loop.
const snapshotsInARow = 3;

/**
 * One neighbourhood's log as this device follows it: every entry exactly once and in order, through any number of
 * drops. Live entries that come while a join is under way are held back until its answer; a seq that jumps, or
 * a head beyond our own cursor, means join again; what cannot be caught up starts from a snapshot.
 */
export class LiveRoom {
  readonly #id: Id;
  readonly #ports: RoomPorts;
  #cursor: { epoch: string; seq: number } | null;
  #phase: 'offline' | 'joining' | 'live' | 'stopped' = 'offline';
  #held: LogEntry[] = [];
  // Answers of an earlier join are stale as soon as another has begun.
  #round = 0;
  #failures = 0;
  #cancelRetry: () => void = () => {};

  /** `cursor` is the place that the device's stored state is at, or null where it has none. */
  constructor(neighbourhoodId: Id, cursor: Cursor | null, ports: RoomPorts) {
    this.#id = neighbourhoodId;
    this.#cursor = cursor === null ? null : parseCursor(cursor);
    this.#ports = ports;
  }

  /** The socket is up (again): whatever was sent meanwhile is caught up. */
  connected(): void {
    if (this.#phase !== 'stopped') void this.#join();
  }

  /** The socket is gone; answers under way will not count. */
  disconnected(): void {
    if (this.#phase === 'stopped') return;
    this.#halt('offline');
    this.#ports.state('offline');
  }

  /** The person left this room: nothing is applied any more. */
  close(): void {
    this.#halt('stopped');
  }

  /** A hint that time may have passed unnoticed, such as a phone that woke up. */
  refresh(): void {
    if (this.#phase === 'live') void this.#join();
  }

  /** `log:entries` for this room. */
  received(entries: readonly LogEntry[]): void {
    if (this.#phase === 'joining') this.#held.push(...entries);
    else if (this.#phase === 'live') this.#takeLive(entries);
  }

  /** `log:head` for this room: the server's place, in case that a nudge was lost on the way. */
  head(cursor: Cursor): void {
    if (this.#phase !== 'live' || this.#cursor === null) return;
    const head = parseCursor(cursor);
    if (head.epoch !== this.#cursor.epoch || head.seq > this.#cursor.seq) void this.#join();
  }

  #halt(phase: 'offline' | 'stopped'): void {
    this.#phase = phase;
    this.#round += 1;
    this.#held = [];
    this.#cancelRetry();
  }

  async #join(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    const stale = () => round !== this.#round;
    this.#cancelRetry();
    this.#phase = 'joining';
    this.#held = [];
    this.#ports.state('catching-up');
    try {
      for (let turn = 0; turn <= snapshotsInARow; turn += 1) {
        if (this.#cursor === null) {
          const snapshot = await this.#ports.snapshot(this.#id);
          if (stale()) return;
          this.#cursor = parseCursor(snapshot.cursor);
          this.#ports.reset(snapshot);
        }
        const answer = await this.#ports.join({ neighbourhoodId: this.#id, cursor: this.#place() });
        if (stale()) return;
        if (!answer.ok) {
          this.#refused(answer.code);
          return;
        }
        if ('entries' in answer && this.#caughtUp(answer)) {
          this.#phase = 'live';
          this.#failures = 0;
          this.#ports.state('live');
          this.#takeLive(this.#held.splice(0));
          return;
        }
        this.#cursor = null;
      }
      this.#refused('UNAVAILABLE');
    } catch (error) {
      if (stale()) return;
      this.#refused(failureCode(error));
    }
  }

  #place(): Cursor | null {
    return this.#cursor === null ? null : `${this.#cursor.epoch}.${this.#cursor.seq}`;
  }

  /** Applies a join's batch; false where it does not lead from our cursor to the answer's without a gap. */
  #caughtUp(answer: { entries: readonly LogEntry[]; cursor: Cursor }): boolean {
    const head = parseCursor(answer.cursor);
    if (this.#cursor === null || head.epoch !== this.#cursor.epoch) return false;
    const { fresh } = this.#next(answer.entries);
    if ((fresh.at(-1)?.seq ?? this.#cursor.seq) !== head.seq) return false;
    this.#apply(fresh, 'caught-up');
    return true;
  }

  #takeLive(entries: readonly LogEntry[]): void {
    const { fresh, jumped } = this.#next(entries);
    this.#apply(fresh, 'live');
    if (jumped) void this.#join();
  }

  /** The entries that follow our cursor one by one, and whether something is missing after them. */
  #next(entries: readonly LogEntry[]): { fresh: LogEntry[]; jumped: boolean } {
    const fresh: LogEntry[] = [];
    let seq = this.#cursor?.seq ?? 0;
    for (const entry of entries) {
      if (entry.seq <= seq) continue;
      if (entry.seq !== seq + 1) return { fresh, jumped: true };
      fresh.push(entry);
      seq = entry.seq;
    }
    return { fresh, jumped: false };
  }

  #apply(fresh: readonly LogEntry[], origin: 'caught-up' | 'live'): void {
    const last = fresh.at(-1);
    if (last === undefined || this.#cursor === null) return;
    this.#cursor = { epoch: this.#cursor.epoch, seq: last.seq };
    this.#ports.apply(fresh, `${this.#cursor.epoch}.${last.seq}`, origin);
  }

  #refused(code: FailureCode): void {
    if (code === 'NOT_SIGNED_IN') {
      this.#halt('stopped');
      this.#ports.state('signed-out');
    } else if (code === 'FORBIDDEN' || code === 'NOT_FOUND') {
      this.#halt('stopped');
      this.#ports.state('not-a-member');
    } else {
      this.#halt('offline');
      this.#ports.state(code === 'NETWORK' ? 'offline' : 'unavailable');
      const delay = Math.min(longestDelay, firstDelay * 2 ** this.#failures);
      this.#failures += 1;
      // Spread, so that a whole neighbourhood does not come back in the same second.
      this.#cancelRetry = this.#ports.later(delay * (0.5 + this.#ports.random() / 2), () => this.connected());
    }
  }
}
