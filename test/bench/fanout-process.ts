import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';
import { parseEnv } from '../../server/env.ts';
import type { LogMessage } from '../../server/eventlog/eventlog.ts';
import { encodeEvent } from '../../server/live/broadcast.ts';
import { attachLive } from '../../server/live/rooms.ts';
import { startReaders } from './readers.ts';
import { neighbourhoodId, reportEntry } from './report.ts';

/** CPU microseconds (user and system) a delivered entry, one sample a round. */
export type FanoutSamples = Record<string, number[]>;

type Way = {
  name: string;
  /** The readers that it sends to. */
  group: string;
  /** Bytes that one reader gets. */
  bytes: (entries: string[]) => number;
  send: (entries: string[]) => void;
};

const sockets = Number(process.argv[2]);
const rounds = Number(process.argv[3]);
const stormEntries = 20;
/** Longer than any of the ways takes for one write. */
const awayMsEach = 0.03;
const epoch = 'benchbench';
const message = (entries: string[]) =>
  `{"neighbourhoodId":"${neighbourhoodId}","entries":[${entries.join(',')}]}`;
const oneByOne = (entries: string[]) =>
  entries.reduce((sum, entry) => sum + encodeEvent('log:entries', message([entry])).frame.length, 0);

const readers = startReaders();

async function listen(server: HttpServer): Promise<number> {
  await new Promise<void>(
    (resolve) => void server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve),
  );
  return (server.address() as AddressInfo).port;
}

/** The sockets of WebSocket connections, without any library: what Node's stream and the operating system ask for. */
async function bareSocket(): Promise<Way> {
  const open: Duplex[] = [];
  const server = createHttpServer().on('upgrade', (_request, socket: Duplex) => {
    socket.on('data', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    open.push(socket);
  });
  await readers.connect({ group: 'bare', port: await listen(server), count: sockets, protocol: 'ws' });
  return {
    name: 'bare',
    group: 'bare',
    bytes: oneByOne,
    send(entries) {
      for (const entry of entries) {
        const { frame } = encodeEvent('log:entries', message([entry]));
        for (const socket of open) socket.write(frame);
      }
    },
  };
}

/** The broadcast of the ws manual, of a text made once, and of a Buffer made once, on the same sockets. */
async function rawWs(): Promise<Way[]> {
  const server = createHttpServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  await readers.connect({ group: 'ws', port: await listen(server), count: sockets, protocol: 'ws' });
  const wayOf = (name: string, dataOf: (text: string) => string | Buffer): Way => ({
    name,
    group: 'ws',
    bytes: oneByOne,
    send(entries) {
      for (const entry of entries) {
        const data = dataOf(`4${encodeEvent('log:entries', message([entry])).text}`);
        for (const client of wss.clients) {
          if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false });
        }
      }
    },
  });
  return [wayOf('ws text', (text) => text), wayOf('ws buffer', (text) => Buffer.from(text))];
}

async function stockSocketIo(): Promise<Way> {
  const server = createHttpServer();
  const io = new Server(server, { perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) => void socket.join(neighbourhoodId));
  await readers.connect({
    group: 'socket.io',
    port: await listen(server),
    count: sockets,
    protocol: 'socket.io',
  });
  return {
    name: 'socket.io',
    group: 'socket.io',
    bytes: oneByOne,
    send(entries) {
      for (const entry of entries) {
        const parsed: unknown = JSON.parse(entry);
        io.local.to(neighbourhoodId).emit('log:entries', { neighbourhoodId, entries: [parsed] });
      }
    },
  };
}

/** The product from the nudge on: feed, room and broadcast, with reach counted. */
async function ours(): Promise<Way> {
  let hear: (message: LogMessage) => void = () => undefined;
  let seq = 0;
  const server = createHttpServer();
  const env = parseEnv({ RATE_LIMITS: 'off' });
  if (!env.ok) throw new Error(env.message);
  attachLive({
    httpServer: server,
    env: env.env,
    logger: pino({ level: 'silent' }),
    findSos: async () => null,
    patrols: { open: async () => [], blocked: async () => new Map(), hear: async () => undefined },
    veil: { isNeeded: async () => false, over: async (_neighbourhoodId, entries) => () => entries },
    eventLog: {
      tellPosition: async () => undefined,
      head: async () => ({ epoch, seq }),
      read: async () => [],
      onResubscribed: () => undefined,
      async subscribe(_id, listener) {
        hear = listener;
        return async () => undefined;
      },
    },
    limits: { count: async () => undefined, check: async () => undefined, giveBack: async () => undefined },
    auth: {
      findSession: async () => ({ personId: 'p'.repeat(16), deviceId: 'd'.repeat(16) }),
      findMembership: async () => ({ id: 'm'.repeat(16) }),
    },
    onDelivered: () => undefined,
    heartbeatMs: 3_600_000,
  });
  await readers.connect({
    group: 'vigie',
    port: await listen(server),
    count: sockets,
    protocol: 'socket.io',
    cookie: 'vigie_session=bench',
    join: { neighbourhoodId, cursor: `${epoch}.0` },
  });
  return {
    name: 'vigie',
    group: 'vigie',
    bytes: (entries) => encodeEvent('log:entries', message(entries)).frame.length,
    send(entries) {
      for (const json of entries) {
        seq += 1;
        hear({ kind: 'entry', epoch, seq, json });
      }
    },
  };
}

const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

/** CPU microseconds that one broadcast takes, up to the end of the turn after it. */
async function cpuOf(way: Way, entries: string[]): Promise<number> {
  const { counting, received } = readers.expect(way.group, {
    bytes: way.bytes(entries) * sockets,
    awayMs: entries.length * sockets * awayMsEach,
  });
  await counting;
  const before = process.cpuUsage();
  way.send(entries);
  // The relay sends at the end of the turn, streams finish after it.
  await nextTurn();
  await nextTurn();
  const { user, system } = process.cpuUsage(before);
  await received;
  return user + system;
}

const ways = [await bareSocket(), ...(await rawWs()), await stockSocketIo(), await ours()];
const samples: Record<'single' | 'storm', FanoutSamples> = { single: {}, storm: {} };
const warmUp = 2;

async function measure(kind: 'single' | 'storm', way: Way, round: number): Promise<void> {
  // What another way left behind is not this one's cost.
  globalThis.gc?.({ type: 'minor', execution: 'sync' });
  const entries = Array.from({ length: kind === 'storm' ? stormEntries : 1 }, (_, i) =>
    reportEntry(round * 100 + i),
  );
  const broadcasts = kind === 'storm' ? 1 : 5;
  let cpu = 0;
  for (let i = 0; i < broadcasts; i += 1) cpu += await cpuOf(way, entries);
  if (round >= warmUp) (samples[kind][way.name] ??= []).push(cpu / broadcasts / entries.length / sockets);
}

for (let round = 0; round < rounds + warmUp; round += 1) {
  // There and back, so that each way follows each neighbour as often and a busy moment slows all alike.
  const order = round % 2 === 0 ? ways : ways.toReversed();
  for (const way of order) await measure('single', way, round);
  for (const way of order) await measure('storm', way, round);
}
await readers.stop();
process.send?.(samples, () => process.exit(0));
