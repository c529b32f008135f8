import { connect, type Socket } from 'node:net';

/**
 * The readers of a fan-out bench, in a process of their own so that only the server's CPU is counted. They speak
 * just enough WebSocket and Socket.IO to be served, and count bytes.
 */
export type ToClients =
  | {
      kind: 'connect';
      name: string;
      port: number;
      count: number;
      protocol: 'tcp' | 'ws' | 'socket.io';
      cookie?: string;
      room?: string;
    }
  | { kind: 'expect'; name: string; bytes: number };
export type FromClients =
  | { kind: 'connected'; name: string }
  | { kind: 'received'; name: string }
  | { kind: 'failed'; reason: string };

type Group = { sockets: Socket[]; received: number; wanted: number };

const groups = new Map<string, Group>();
const tell = (message: FromClients) => process.send?.(message);

/** A masked text frame (RFC 6455, section 5.3) with an all-zero mask, which leaves the payload as it is. */
function clientFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const header =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255]);
  return Buffer.concat([header, Buffer.alloc(4), body]);
}

function upgradeRequest(path: string, cookie: string | undefined): string {
  const cookies = cookie === undefined ? '' : `Cookie: ${cookie}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${cookies}` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

/** Resolves once the server has answered with `marker`. */
function awaitText(socket: Socket, marker: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const onData = (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (!seen.includes(marker)) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed before ${marker}: ${seen.slice(0, 200)}`)));
  });
}

async function open(message: Extract<ToClients, { kind: 'connect' }>, group: Group): Promise<void> {
  const socket = connect(message.port, '127.0.0.1');
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  if (message.protocol !== 'tcp') {
    const path = message.protocol === 'ws' ? '/' : '/socket.io/?EIO=4&transport=websocket';
    const answered = awaitText(socket, message.protocol === 'ws' ? '\r\n\r\n' : '"sid"');
    socket.write(upgradeRequest(path, message.cookie));
    await answered;
  }
  if (message.protocol === 'socket.io') {
    const connected = awaitText(socket, '40{');
    socket.write(clientFrame('40'));
    await connected;
    if (message.room !== undefined) {
      const joined = awaitText(socket, '430[');
      const cursor = JSON.stringify({ neighbourhoodId: message.room, cursor: `benchbench.0` });
      socket.write(clientFrame(`420["room:join",${cursor}]`));
      await joined;
    }
  }
  group.sockets.push(socket);
  socket.on('data', (chunk: Buffer) => {
    group.received += chunk.length;
    if (group.received >= group.wanted) reached(message.name, group);
  });
}

function reached(name: string, group: Group): void {
  if (group.wanted === Number.POSITIVE_INFINITY) return;
  group.wanted = Number.POSITIVE_INFINITY;
  tell({ kind: 'received', name });
}

async function connectAll(message: Extract<ToClients, { kind: 'connect' }>): Promise<void> {
  const group: Group = { sockets: [], received: 0, wanted: Number.POSITIVE_INFINITY };
  groups.set(message.name, group);
  // A few at a time: the listening queue is short.
  for (let done = 0; done < message.count; done += 100) {
    const batch = Math.min(100, message.count - done);
    await Promise.all(Array.from({ length: batch }, () => open(message, group)));
  }
  tell({ kind: 'connected', name: message.name });
}

process.on('message', (message: ToClients) => {
  if (message.kind === 'connect') {
    connectAll(message).catch((error: unknown) => tell({ kind: 'failed', reason: String(error) }));
    return;
  }
  const group = groups.get(message.name);
  if (group === undefined) return;
  group.received = 0;
  group.wanted = message.bytes;
});
