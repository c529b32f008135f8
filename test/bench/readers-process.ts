import { ask, frame, openTcp, ping, pong, upgradeRequest } from './wire.ts';

/**
 * The readers' ends of a bench's sockets, in a process of their own so that only the server's CPU is counted. They
 * speak just enough WebSocket and Socket.IO to be served like any client, and count bytes.
 */
export type ToReaders =
  | {
      kind: 'connect';
      group: string;
      port: number;
      count: number;
      protocol: 'tcp' | 'ws' | 'socket.io';
      cookie?: string;
      /** Sent as `room:join` by each, if given. */
      join?: { neighbourhoodId: string; cursor: string };
    }
  /** Look away for so long, then wait for this many bytes in all. */
  | { kind: 'expect'; group: string; bytes: number; awayMs: number }
  /** Wait for a chunk of at least `chunk` bytes on each socket. */
  | { kind: 'expectEach'; group: string; chunk: number };
export type FromReaders =
  | { kind: 'connected' | 'counting'; group: string }
  | { kind: 'received'; group: string; at: number }
  | { kind: 'failed'; reason: string };

type Connect = Extract<ToReaders, { kind: 'connect' }>;
type Group = { sockets: number; round: number; each: number | null; received: number; wanted: number };

const groups = new Map<string, Group>();
const tell = (message: FromReaders) => void process.send?.(message);

async function open({ group, port, protocol, cookie, join }: Connect, counted: Group): Promise<void> {
  const socket = await openTcp(port, (error) => tell({ kind: 'failed', reason: error.message }));
  if (protocol === 'ws') await ask(socket, upgradeRequest('/', cookie), '\r\n\r\n');
  if (protocol === 'socket.io') {
    await ask(socket, upgradeRequest('/socket.io/?EIO=4&transport=websocket', cookie), '"sid"');
    await ask(socket, frame('40'), '40{');
    if (join !== undefined)
      await ask(socket, frame(`420["room:join",${JSON.stringify(join)}]`), '430[{"ok":true');
  }
  let heardIn = -1;
  counted.sockets += 1;
  socket.on('data', (chunk: Buffer) => {
    // Anywhere: it may come together with entries, in whose text its bytes cannot be.
    if (protocol === 'socket.io' && chunk.includes(ping)) socket.write(pong);
    if (counted.each === null) counted.received += chunk.length;
    else if (chunk.length >= counted.each && heardIn !== counted.round) {
      heardIn = counted.round;
      counted.received += 1;
    }
    if (counted.received < counted.wanted) return;
    counted.wanted = Number.POSITIVE_INFINITY;
    tell({ kind: 'received', group, at: Number(process.hrtime.bigint()) / 1e6 });
  });
}

async function connectAll(message: Connect): Promise<void> {
  const counted: Group = { sockets: 0, round: 0, each: null, received: 0, wanted: Number.POSITIVE_INFINITY };
  groups.set(message.group, counted);
  // Some at a time, since the listening queue is short.
  for (let done = 0; done < message.count; done += 100) {
    const batch = Math.min(100, message.count - done);
    await Promise.all(Array.from({ length: batch }, () => open(message, counted)));
  }
  tell({ kind: 'connected', group: message.group });
}

process.on('message', (message: ToReaders) => {
  if (message.kind === 'connect') {
    connectAll(message).catch((error: unknown) => tell({ kind: 'failed', reason: String(error) }));
    return;
  }
  const counted = groups.get(message.group);
  if (counted === undefined) return;
  counted.round += 1;
  counted.received = 0;
  counted.each = message.kind === 'expectEach' ? message.chunk : null;
  counted.wanted = message.kind === 'expectEach' ? counted.sockets : message.bytes;
  const away = message.kind === 'expect' ? message.awayMs : 0;
  process.send?.({ kind: 'counting', group: message.group } satisfies FromReaders, () => {
    // A reader on the same machine that waits for data costs the writer a wake-up each time, or none where it is
    // too busy to wait: no network does that, and it would decide the outcome. So nobody waits meanwhile.
    if (away > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, away);
  });
});
