import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../client/api.ts';
import { LiveRoom } from '../../client/live.ts';
import { type Cursor, type LogEntry, parseCursor } from '../../shared/events.ts';
import type { JoinAnswer, Snapshot } from '../../shared/protocol.ts';
import { entry, neighbourhoodId, snapshotAt } from './live-room.ts';

/** mulberry32: small, seeded, the same everywhere. */
function randomFrom(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A server, a network and one device in virtual time: frames of one connection arrive in order, snapshots overtake
 * everything, nudges get lost, connections break, the log is trimmed and restored under a new epoch.
 */
function storm(seed: number) {
  const random = randomFrom(seed);
  const chance = (probability: number) => random() < probability;
  let epoch = `epoch-${seed}-0`;
  let log: LogEntry[] = [];
  let firstKept = 1;
  let connection = 0; // 0: none
  let connections = 0;
  let inRoom = false;
  let wire: (() => void)[] = []; // towards the device, in order
  let upload: (() => void)[] = []; // towards the server, in order
  let side: (() => void)[] = []; // HTTP and timers, in any order
  const faults: string[] = [];
  let place: { epoch: string; seq: number } | null = null;
  let applied = 0;
  let snapshots = 0;

  const head = (): Cursor => `${epoch}.${log.length}`;
  const down = (deliver: () => void) => {
    const mine = connection;
    wire.push(() => mine === connection && deliver());
  };

  const answerOf = (cursor: Cursor | null): JoinAnswer => {
    if (chance(0.05)) return { ok: false, code: 'UNAVAILABLE' };
    if (cursor === null) return { ok: true, snapshotNeeded: true };
    const from = parseCursor(cursor);
    const lost = from.epoch !== epoch || from.seq > log.length || from.seq + 1 < firstKept;
    if (lost) return { ok: true, snapshotNeeded: true };
    return { ok: true, entries: log.slice(from.seq), cursor: head(), positions: [] };
  };

  const room = new LiveRoom(neighbourhoodId, null, {
    join: (request) =>
      new Promise((resolve, reject) => {
        const mine = connection;
        side.push(() => chance(0.5) && mine !== connection && reject(new NetworkError('connection lost')));
        upload.push(() => {
          if (mine !== connection || mine === 0) return reject(new NetworkError('connection lost'));
          inRoom = true; // the room first, then the log: a nudge may overtake the answer
          const later = () => {
            const answer = answerOf(request.cursor);
            down(() => resolve(answer));
          };
          if (chance(0.5)) later();
          else upload.unshift(later);
        });
      }),
    snapshot: () =>
      new Promise<Snapshot>((resolve, reject) => {
        const taken = snapshotAt(head()); // the cursor before the entities
        side.push(() => (chance(0.1) ? reject(new NetworkError('lost')) : resolve(taken)));
      }),
    reset: (snapshot) => {
      place = parseCursor(snapshot.cursor);
      snapshots += 1;
    },
    apply: (batch, after) => {
      for (const { seq } of batch) {
        if (place === null || seq !== place.seq + 1) faults.push(`${String(place?.seq)} then ${seq}`);
        place = { epoch: parseCursor(after).epoch, seq };
        applied += 1;
      }
      if (place?.seq !== parseCursor(after).seq) faults.push(`cursor ${after} after ${String(place?.seq)}`);
    },
    state: () => {},
    later: (_ms, run) => {
      let cancelled = false;
      side.push(() => !cancelled && run());
      return () => {
        cancelled = true;
      };
    },
    random,
  });

  const disconnect = () => {
    if (connection === 0) return;
    connection = 0;
    inRoom = false;
    room.disconnected();
  };
  const connect = () => {
    disconnect();
    connections += 1;
    connection = connections;
    room.connected();
  };
  const write = (count: number) => {
    const fresh = Array.from({ length: count }, (_, index) => entry(log.length + index + 1));
    log.push(...fresh);
    if (inRoom && !chance(0.05)) down(() => room.received(fresh));
  };
  const beat = () => {
    const cursor = head();
    if (inRoom) down(() => room.head(cursor));
  };
  const restore = () => {
    disconnect();
    epoch = `epoch-${seed}-${connections}`;
    log = log.slice(0, Math.floor(log.length * random()));
    firstKept = 1;
  };

  const step = async (calm: boolean) => {
    const dice = random();
    if (!calm && dice < 0.3) write(1 + Math.floor(random() * 4));
    else if (!calm && dice < 0.33) disconnect();
    else if (!calm && dice < 0.335) restore();
    else if (!calm && dice < 0.35) firstKept = Math.max(firstKept, Math.floor(log.length * random()));
    else if (dice < 0.4) beat();
    else if (dice < 0.45 && connection === 0) connect();
    else if (dice < 0.6) upload.shift()?.();
    else if (dice < 0.85) wire.shift()?.();
    else side.splice(Math.floor(random() * side.length), 1)[0]?.();
    for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
  };

  return {
    async run(steps: number) {
      for (let index = 0; index < steps; index += 1) await step(false);
      let calm = 0;
      for (; calm < 3000 && `${place?.epoch}.${place?.seq}` !== head(); calm += 1) await step(true);
      return { faults, place: `${place?.epoch}.${place?.seq}`, head: head(), applied, snapshots };
    },
  };
}

describe('a storm', () => {
  it('[CU13] through drops, lost nudges, trims and restores, entries are applied exactly once, in order, to the head', async () => {
    const first = Number(process.env['SEED'] ?? 1);
    let applied = 0;
    for (let seed = first; seed < first + 150; seed += 1) {
      const outcome = await storm(seed).run(600);
      expect(outcome.faults, `SEED=${seed}`).toEqual([]);
      expect(outcome.place, `SEED=${seed}`).toBe(outcome.head);
      applied += outcome.applied;
    }
    expect(applied, `SEED=${first}`).toBeGreaterThan(5000);
  });
});
