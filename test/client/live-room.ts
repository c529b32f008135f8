import type { Cursor, LogEntry } from '../../shared/events.ts';
import type { JoinAnswer, JoinRequest, Snapshot } from '../../shared/protocol.ts';
import { LiveRoom, type RoomState } from '../../client/live.ts';

export const neighbourhoodId = 'n'.repeat(16);

export const entry = (seq: number): LogEntry => ({
  seq,
  at: 1_700_000_000_000 + seq,
  type: 'incidents.imported',
  by: null,
  source: `entry ${seq}`,
  count: seq,
});

export const entries = (from: number, to: number): LogEntry[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => entry(from + index));

export const snapshotAt = (cursor: Cursor): Snapshot => {
  const me = {
    id: 'm'.repeat(16),
    version: 1,
    name: 'Ada',
    role: 'resident',
    status: 'active',
    joinedAt: 0,
  } as const;
  return {
    cursor,
    neighbourhood: {
      id: neighbourhoodId,
      version: 1,
      name: 'Rue des Lilas',
      boundary: { type: 'Polygon', coordinates: [] },
      locale: 'en',
      timeZone: 'Europe/Paris',
      foundedAt: 0,
      retentionDays: 90,
    },
    me,
    kits: [],
    members: [me],
    lives: [],
    incidents: [],
    patrols: [],
    shifts: [],
    series: [],
    patrolWords: [],
    swaps: [],
    covers: [],
    drills: [],
    reports: [],
    checkIns: [],
    searches: [],
  };
};

type Asked<Request, Answer> = {
  request: Request;
  answer: (answer: Answer) => void;
  fail: (error: unknown) => void;
};

/** A room whose every answer the test gives by hand, in the order that it likes. */
export function scriptedRoom(cursor: Cursor | null) {
  const joins: Asked<JoinRequest, JoinAnswer>[] = [];
  const snapshots: Asked<string, Snapshot>[] = [];
  const timers: { ms: number; run: () => void; cancelled: boolean }[] = [];
  const applied: number[] = [];
  const origins: string[] = [];
  const resets: Cursor[] = [];
  const states: RoomState[] = [];
  let place: Cursor | null = cursor;

  const ask = <Request, Answer>(list: Asked<Request, Answer>[], request: Request) =>
    new Promise<Answer>((resolve, reject) => list.push({ request, answer: resolve, fail: reject }));

  const room = new LiveRoom(neighbourhoodId, cursor, {
    join: (request) => ask(joins, request),
    snapshot: (id) => ask(snapshots, id),
    reset: (snapshot) => {
      resets.push(snapshot.cursor);
      applied.length = 0;
      place = snapshot.cursor;
    },
    apply: (batch, after, origin) => {
      applied.push(...batch.map(({ seq }) => seq));
      origins.push(...batch.map(() => origin));
      place = after;
    },
    state: (state) => states.push(state),
    later: (ms, run) => {
      const timer = { ms, run, cancelled: false };
      timers.push(timer);
      return () => {
        timer.cancelled = true;
      };
    },
    random: () => 1,
  });

  /** Lets what was answered run on. */
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };

  const take = <Item>(list: Item[], what: string): Item => {
    const next = list.shift();
    if (next === undefined) throw new Error(`the room did not ask for ${what}`);
    return next;
  };

  return {
    room,
    joins,
    snapshots,
    timers,
    applied,
    origins,
    resets,
    states,
    settle,
    place: () => place,
    answerJoin: async (answer: JoinAnswer) => {
      take(joins, 'a join').answer(answer);
      await settle();
    },
    answerSnapshot: async (snapshot: Snapshot) => {
      take(snapshots, 'a snapshot').answer(snapshot);
      await settle();
    },
    /** Connects and is live at `at`. */
    goLive: async (at: Cursor) => {
      room.connected();
      take(joins, 'a join').answer({ ok: true, entries: [], cursor: at, positions: [] });
      await settle();
    },
  };
}
