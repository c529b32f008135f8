import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { parseEnv } from '../../server/env.ts';
import type { LogMessage } from '../../server/eventlog/eventlog.ts';
import { attachLive } from '../../server/live/rooms.ts';
import { messageOf, startChild, stopChild } from './child.ts';
import { neighbourhoodId } from './report.ts';
import { lngOf, memberOf, patrolIdOf, patrolsOf, startLat, step } from './walking.ts';
import type { FromWatchers, Phones, ToWatchers, Watched } from './watchers-process.ts';

/** One round of one way. */
export type PatrolSample = Watched & { cpuMs: number; seconds: number };

const watchers = Number(process.argv[2]);
const rounds = Number(process.argv[3]);
/** As long as residents wait between two looks at what they may learn by now. */
const seconds = 15;
const warmUpSeconds = 6;
const walkers = 50;
const onDuty = 200;
const epoch = 'benchbench';
const walkedForMs = 15 * 60 * 1000;

const phones = startChild('./watchers-process.ts');
async function ask(message: ToWatchers): Promise<FromWatchers> {
  const answer = messageOf<FromWatchers>(phones);
  phones.send(message);
  return await answer;
}

async function listen(server: HttpServer): Promise<number> {
  await new Promise<void>(
    (resolve) => void server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, resolve),
  );
  return (server.address() as AddressInfo).port;
}

/** What is nearest to hand: each position as it comes, volatile, to everybody in a room. */
async function stock(way: string, groups: Phones[]): Promise<void> {
  const server = createHttpServer();
  const io = new Server(server, { perMessageDeflate: false, serveClient: false });
  io.on('connection', (socket) => {
    void socket.join(neighbourhoodId);
    socket.on('patrol:position', (told: unknown) => {
      io.local.volatile.to(neighbourhoodId).emit('patrol:position', told);
    });
  });
  await ask({ kind: 'connect', way, port: await listen(server), phones: groups });
}

/** The product from the phone's message to the phones', without the way through Redis; with a quarter of an hour walked. */
async function ours(groups: Phones[]): Promise<void> {
  let hear: (message: LogMessage) => void = () => undefined;
  const server = createHttpServer();
  const env = parseEnv({ RATE_LIMITS: 'off' });
  if (!env.ok) throw new Error(env.message);
  const began = Date.now() - walkedForMs;
  const patrols = patrolsOf('duty', onDuty, began);
  attachLive({
    httpServer: server,
    env: env.env,
    logger: pino({ level: 'silent' }),
    findSos: async () => null,
    patrols: { open: async () => patrols, blocked: async () => new Map(), hear: async () => undefined },
    veil: { isNeeded: async () => false, over: async (_neighbourhoodId, entries) => () => entries },
    eventLog: {
      tellPosition: async (position) =>
        hear({ kind: 'position', position: JSON.parse(JSON.stringify(position)) as typeof position }),
      head: async () => ({ epoch, seq: 0 }),
      read: async () => [],
      onResubscribed: () => undefined,
      async subscribe(_id, listener) {
        hear = listener;
        return async () => undefined;
      },
    },
    limits: { count: async () => undefined, check: async () => undefined, giveBack: async () => undefined },
    auth: {
      findSession: async (token) => ({ personId: token, deviceId: token }),
      findMembership: async (personId) => ({ id: memberOf(personId) }),
    },
    onDelivered: () => undefined,
    heartbeatMs: 3_600_000,
  });
  const join = { neighbourhoodId, cursor: `${epoch}.0` };
  await ask({
    kind: 'connect',
    way: 'vigie',
    port: await listen(server),
    phones: groups.map((one) => ({ ...one, join })),
  });
  for (let at = began; at < Date.now() - 1000; at += 10_000) {
    for (let i = 0; i < walkers; i += 1) {
      const lat = startLat - ((Date.now() - at) / 1000) * step;
      const position = { lat, lng: lngOf(i) };
      const member = { patrolId: patrolIdOf(i), memberId: memberOf(`duty${i}`) };
      hear({
        kind: 'position',
        position: { of: 'patrol', neighbourhoodId, ...member, position, at, hiddenFrom: [] },
      });
    }
  }
}

async function sampleOf(way: string, forSeconds: number): Promise<PatrolSample> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  const answer = await ask({ kind: 'walk', way, seconds: forSeconds });
  const { user, system } = process.cpuUsage(before);
  if (answer.kind !== 'watched') throw new Error('nobody watched');
  return { ...answer, cpuMs: (user + system) / 1000, seconds: forSeconds };
}

const duty = { name: 'duty', count: onDuty, walking: walkers };
const residents = { name: 'resident', count: watchers - onDuty, walking: 0 };
await stock('everybody', [duty, residents]);
await stock('on duty', [duty]);
await ours([duty, residents]);
const ways = ['vigie', 'everybody', 'on duty'];
const samples: Record<string, PatrolSample[]> = {};
for (const way of ways) await sampleOf(way, warmUpSeconds);
for (let round = 0; round < rounds; round += 1) {
  // There and back, so that a busy moment slows all alike.
  for (const way of round % 2 === 0 ? ways : ways.toReversed())
    (samples[way] ??= []).push(await sampleOf(way, seconds));
}
await stopChild(phones);
process.send?.(samples, () => process.exit(0));
