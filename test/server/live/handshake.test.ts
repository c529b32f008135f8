import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redis } from '../../../server/redis/client.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { openSocket } from './follower.ts';
import { foundNeighbourhood, type LiveServer, startLiveServer } from './live-server.ts';

let server: TestRedis;
let redis: Redis;
let live: LiveServer;
let cookie: string;
beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  live = await startLiveServer(redis, { env: { PUBLIC_URL: 'http://vigie.example' } });
  cookie = (await (await foundNeighbourhood(redis)).enrol()).cookie;
});
afterAll(async () => {
  await live.close();
  await server.stop();
});

const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** A handshake as any program could send it. @returns status, body and headers of the answer */
async function handshake(port: number, transport: 'polling' | 'websocket', headers: Record<string, string>) {
  const socket = connect(port, '127.0.0.1');
  const all = { host: `127.0.0.1:${port}`, ...(transport === 'websocket' ? upgrade : {}), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /socket.io/?EIO=4&transport=${transport} HTTP/1.1\r\n${lines.join('')}\r\n`);
  let text = '';
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/\r\n\r\n[^]*[}\0]/u.test(text) || text.includes('"sid"')) resolve();
    });
    socket.once('close', () => resolve());
  });
  socket.destroy();
  const [head = '', ...body] = text.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body.join('') };
}

/** What Engine.IO would tell a client whose session exists. */
const opened = (answer: { body: string }) => answer.body.includes('"sid"');

describe.each(['polling', 'websocket'] as const)('handshake by %s', (transport) => {
  it('[LI10] refuses another site before an Engine.IO session exists, with 403 as problem+json', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://vigie.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://vigie.example', 'sec-fetch-site': 'same-site' },
    ];
    const before = live.live.stats().sockets;
    for (const headers of foreign) {
      const answer = await handshake(live.port, transport, { ...headers, cookie });
      expect(answer.status).toBe(403);
      expect(answer.head).toMatch(/^content-type: application\/problem\+json\r?$/imu);
      expect(JSON.parse(answer.body)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(opened(answer)).toBe(false);
    }
    expect(live.live.stats().sockets).toBeLessThanOrEqual(before);
  });

  it('[LI11] refuses who has no session, or one that does not exist, with 401', async () => {
    const stranger = `vigie_session=${'a'.repeat(16)}.${'b'.repeat(16)}.${'c'.repeat(22)}`;
    const forged = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    const before = live.live.stats().sockets;
    for (const headers of [{}, { cookie: stranger }, { cookie: forged }, { cookie: 'vigie_session=;;%%' }]) {
      const answer = await handshake(live.port, transport, headers);
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'NOT_SIGNED_IN' });
    }
    expect(live.live.stats().sockets).toBeLessThanOrEqual(before);
  });

  it('[LI12] lets our own pages and programs without an Origin in', async () => {
    const own: Record<string, string>[] = [
      {},
      { origin: 'http://vigie.example', 'sec-fetch-site': 'same-origin' },
      { origin: `http://127.0.0.1:${live.port}` },
    ];
    for (const headers of own)
      expect(opened(await handshake(live.port, transport, { ...headers, cookie }))).toBe(true);
  });
});

it('[LI13] one session opens at most ten connections; the eleventh gets 429, and a closed one makes room', async () => {
  const limited = await startLiveServer(redis, { env: { RATE_LIMITS: 'on' } });
  const { cookie: own } = await (await foundNeighbourhood(redis)).enrol();
  const sockets = Array.from({ length: 10 }, () => openSocket(limited.url, own));
  for (const socket of sockets) socket.connect();
  await Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => void socket.on('connect', () => resolve()))),
  );
  const refused = await handshake(limited.port, 'websocket', { cookie: own });
  expect(refused.status).toBe(429);
  expect(refused.head).toMatch(/^retry-after: [1-9]\d*\r?$/imu);
  sockets[0]?.disconnect();
  await eventually(() => limited.live.stats().sockets === 9);
  expect(opened(await handshake(limited.port, 'websocket', { cookie: own }))).toBe(true);
  for (const socket of sockets) socket.disconnect();
  await limited.close();
});

it('[LI13] 40 handshakes of one session at once do not slip past its ten', async () => {
  const limited = await startLiveServer(redis, { env: { RATE_LIMITS: 'on' } });
  const { cookie: own } = await (await foundNeighbourhood(redis)).enrol();
  const sockets = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const socket = connect(limited.port, '127.0.0.1');
      await once(socket, 'connect');
      const headers = Object.entries({ host: 'x', ...upgrade, cookie: own }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${headers.join('')}\r\n`);
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      return { socket, status: chunk.toString().split(' ')[1] };
    }),
  );
  expect(sockets.filter(({ status }) => status === '101')).toHaveLength(10);
  expect(sockets.filter(({ status }) => status === '429')).toHaveLength(30);
  for (const { socket } of sockets) socket.destroy();
  await limited.close();
});

it('[LI14] answers 503 while the sessions cannot be looked up, and survives clients that hang up meanwhile', async () => {
  const own = await startRedis();
  const connection = await own.connect();
  const { cookie: valid } = await (await foundNeighbourhood(connection)).enrol();
  const away = await startLiveServer(connection);
  await own.kill();
  const answer = await eventually(async () => {
    const given = await handshake(away.port, 'websocket', { cookie: valid });
    return given.status === 503 && given;
  });
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNAVAILABLE' });
  await away.close();
  await own.stop();
});

it('[LI15] a client that opens a session and never joins the namespace is closed within 6 s', async () => {
  const socket = connect(live.port, '127.0.0.1');
  const lines = Object.entries({ host: 'x', ...upgrade, cookie }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${lines.join('')}\r\n`);
  await once(socket, 'data');
  let ended = false;
  socket.once('end', () => (ended = true)).resume();
  // The server's timers are this process's: whatever it wanted to do within 6 s it has done before an answer after them.
  await delay(6000);
  await handshake(live.port, 'polling', {});
  await handshake(live.port, 'polling', {});
  expect(ended).toBe(true);
  socket.destroy();
});
