import { io, type Socket } from 'socket.io-client';
import { LiveRoom } from '../../../client/live.ts';
import { type Cursor, type LogEntry, parseCursor } from '../../../shared/events.ts';
import type {
  ClientToServerEvents,
  JoinAnswer,
  JoinRequest,
  ServerToClientEvents,
  Snapshot,
} from '../../../shared/protocol.ts';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** An unmodified Socket.IO client with its session's cookie. */
export function openSocket(
  url: string,
  cookie: string,
  transports: ('websocket' | 'polling')[] = ['websocket'],
): LiveSocket {
  return io(url, {
    transports,
    extraHeaders: { cookie },
    forceNew: true,
    reconnection: false,
    autoConnect: false,
  });
}

/** Sends `room:join` and gives its answer. */
export function join(socket: LiveSocket, request: JoinRequest): Promise<JoinAnswer> {
  return new Promise((resolve, reject) => {
    socket.timeout(30_000).emit('room:join', request, (error: Error | null, answer: JoinAnswer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

export type Follower = {
  /** What was applied since the last place to start from. */
  from: number;
  applied: LogEntry[];
  snapshots: number;
  /** Live entries that came before the answer of their join. */
  early: number;
  /** Breaches of "up to the split point from the log, everything later live, nothing twice". */
  breaches: string[];
  state: string;
  socket: LiveSocket | null;
  /** Connects, to another server too; whatever connection there was ends. */
  connect(url: string): void;
  close(): void;
};

/**
 * One device: the product's own client core on a real socket, and a strict look at what the server sends.
 * @param options.holdBack false applies live entries as they come, as a careless client would
 */
export function createFollower(options: {
  neighbourhoodId: string;
  cookie: string;
  cursor: Cursor;
  head: () => Promise<Cursor>;
  transports?: ('websocket' | 'polling')[];
  holdBack?: boolean;
}): Follower {
  const { neighbourhoodId, cookie, cursor, head, transports, holdBack = true } = options;
  let joining = false;
  let expected: number | null = null;

  const follower: Follower = {
    from: parseCursor(cursor).seq,
    applied: [],
    snapshots: 0,
    early: 0,
    breaches: [],
    state: 'offline',
    socket: null,
    connect(url) {
      follower.socket?.disconnect();
      const socket = openSocket(url, cookie, transports);
      follower.socket = socket;
      expected = null;
      let firstSeen: number | null = null;
      let mine = true;
      socket.on('connect', () => room.connected());
      socket.on('disconnect', () => {
        mine = false;
        if (follower.socket === socket) room.disconnected();
      });
      socket.on('log:entries', ({ entries }) => {
        if (!mine) return;
        if (joining) follower.early += entries.length;
        for (const { seq } of entries) {
          firstSeen ??= seq;
          if (expected !== null && seq !== expected)
            follower.breaches.push(`live ${seq} where ${expected} was due`);
          expected = seq + 1;
        }
        if (joining && !holdBack) follower.applied.push(...entries);
        else room.received(entries);
      });
      socket.on('log:head', (message) => room.head(message.cursor));
      socket.connect();
      const onAnswer = (answer: JoinAnswer) => {
        if (!('entries' in answer)) return;
        const upTo = parseCursor(answer.cursor).seq;
        // Only the first join of a connection: an earlier one would have filled the room already.
        if (firstSeen !== null && firstSeen !== upTo + 1)
          follower.breaches.push(`live from ${firstSeen}, answer to ${upTo}`);
        if (firstSeen === null) expected = upTo + 1;
      };
      let first = true;
      answered = (answer) => {
        if (first) onAnswer(answer);
        // Asked for a snapshot, it is in no room yet.
        if (!('snapshotNeeded' in answer)) first = false;
      };
    },
    close() {
      room.close();
      follower.socket?.disconnect();
    },
  };
  let answered: (answer: JoinAnswer) => void = () => undefined;

  const room = new LiveRoom(neighbourhoodId, cursor, {
    async join(request) {
      const { socket } = follower;
      if (socket === null) throw new Error('no socket');
      joining = true;
      const tell = answered;
      try {
        const answer = await join(socket, request);
        tell(answer);
        return answer;
      } finally {
        joining = false;
      }
    },
    snapshot: async () => ({ cursor: await head() }) as Snapshot,
    reset(snapshot) {
      follower.from = parseCursor(snapshot.cursor).seq;
      follower.applied = [];
      follower.snapshots += 1;
    },
    apply: (entries) => void follower.applied.push(...entries),
    state: (state) => {
      follower.state = state;
    },
    later(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    random: () => 0.5,
  });
  return follower;
}

/** Sends what a typed client could not. */
export const rawJoin = (socket: LiveSocket, ...args: unknown[]) =>
  (
    socket.timeout(30_000) as unknown as {
      emitWithAck(event: string, ...args: unknown[]): Promise<JoinAnswer>;
    }
  ).emitWithAck('room:join', ...args);
