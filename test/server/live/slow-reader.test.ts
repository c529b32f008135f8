import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { cursorOf } from '../../../server/eventlog/eventlog.ts';
import { eventually } from '../../support/eventually.ts';
import { foundNeighbourhood, type LiveServer, type TestNeighbourhood } from './live-server.ts';
import { seqsOf, useStage } from './stage.ts';

const stage = useStage();

function clientFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = body.length < 126 ? [0x80 | body.length] : [0xfe, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length]), Buffer.alloc(4), body]);
}

function joinOf({ id, epoch }: TestNeighbourhood): string {
  const request = { neighbourhoodId: id, cursor: cursorOf({ epoch, seq: 1 }) };
  return `420["room:join",${JSON.stringify(request)}]`;
}

/** A client that joins the room and then reads nothing more. */
async function deafReader(live: LiveServer, cookie: string): Promise<Socket> {
  const socket = connect(live.port, '127.0.0.1');
  const until = (marker: string) =>
    new Promise<void>((resolve) => {
      let text = '';
      const onData = (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (!text.includes(marker)) return;
        socket.off('data', onData);
        resolve();
      };
      socket.on('data', onData);
    });
  socket.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Cookie: ${cookie}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await until('"sid"');
  socket.write(clientFrame('40'));
  await until('40{');
  socket.write(clientFrame(joinOf(stage.place)));
  await until('430[');
  socket.pause();
  return socket;
}

it('[LI33] who does not read is cut at 1 MiB of unsent data, costs the others nothing, and heals by the cursor', async () => {
  const live = await stage.serve({ heartbeatMs: 60_000 });
  const { cookie } = await stage.place.enrol();
  const deaf = [await deafReader(live, cookie), await deafReader(live, cookie)];
  const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
  await ada.join(1);
  // Operating systems take several megabytes off our hands before anything waits with us.
  const description = 'x'.repeat(60_000);
  let reports = 0;
  while (live.live.stats().cut < 2 && reports < 400) {
    await stage.place.report({ description });
    reports += 1;
  }
  expect(live.live.stats()).toMatchObject({ cut: 2, sockets: 1 });
  expect(reports).toBeLessThan(400);
  await stage.place.report();
  await eventually(() => ada.entries.length === reports + 1);
  expect(ada.seqs()).toEqual(Array.from({ length: reports + 1 }, (_, i) => i + 2));
  for (const socket of deaf) socket.destroy();
  // The same device comes back with the place it got to.
  const back = await stage.phone(live, cookie);
  expect(seqsOf(await back.join(reports))).toEqual([reports + 1, reports + 2]);
});

/** A long-polling client that is connected, and polls only when it is told to. */
async function poller(live: LiveServer, cookie: string) {
  const base = `${live.url}/socket.io/?EIO=4&transport=polling`;
  const headers = { cookie };
  const { sid } = JSON.parse((await (await fetch(base, { headers })).text()).slice(1)) as { sid: string };
  const url = `${base}&sid=${sid}`;
  const post = async (body: string) => (await fetch(url, { method: 'POST', headers, body })).text();
  const poll = async () => (await fetch(url, { headers })).text();
  await post('40');
  await poll();
  return { post, poll, join: () => post(joinOf(stage.place)) };
}

it('[LI33] a long-polling client that stops polling is cut as well', async () => {
  const live = await stage.serve({ heartbeatMs: 60_000 });
  const client = await poller(live, (await stage.place.enrol()).cookie);
  await client.join();
  expect(await client.poll()).toContain('"ok":true');
  const description = 'x'.repeat(60_000);
  let reports = 0;
  while (live.live.stats().cut < 1 && reports < 60) {
    await stage.place.report({ description });
    reports += 1;
  }
  // 1 MiB is 17 of them; one may still be on its way through the relay.
  expect(live.live.stats()).toMatchObject({ cut: 1, rooms: 0 });
  expect(reports).toBeLessThan(30);
});

it('[LI37] who lets the answers to its own joins pile up is cut at 1 MiB, though nothing is told', async () => {
  const live = await stage.serve({ heartbeatMs: 60_000 });
  await stage.place.report({ description: 'x'.repeat(300_000) });
  const { cookie } = await stage.place.enrol();
  const reader = await poller(live, cookie);
  for (let i = 0; i < 8; i += 1) {
    await reader.join();
    expect(await reader.poll()).toContain('"ok":true');
  }
  expect(live.live.stats()).toMatchObject({ cut: 0, sockets: 1 });
  const client = await poller(live, cookie);
  // A join that comes before the last one's answer takes its place: another's answer, asked for later, is the pace.
  for (let i = 0; i < 10 && live.live.stats().cut === 0; i += 1) {
    await client.join();
    await reader.join();
    await reader.poll();
  }
  await eventually(() => live.live.stats().cut === 1);
  expect(live.live.stats()).toMatchObject({ cut: 1, sockets: 1, rooms: 1 });
  expect(await client.poll()).toContain('Session ID unknown');
});

it('[LI37] whoever asks for many rooms at once and reads none is cut once', async () => {
  const live = await stage.serve({
    heartbeatMs: 60_000,
    auth: { findMembership: async () => ({ id: 'anybody' }) },
  });
  const client = await poller(live, (await stage.place.enrol()).cookie);
  const joins = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const place = await foundNeighbourhood(stage.redis);
      await place.report({ description: 'x'.repeat(300_000) });
      return joinOf(place);
    }),
  );
  await client.post(joins.join('\u001E'));
  await eventually(() => live.live.stats().rooms === 0 && live.live.stats().cut > 0);
  expect(live.live.stats()).toMatchObject({ cut: 1, sockets: 0 });
});

it('[LI37] who lets refusals pile up is cut as well', async () => {
  const live = await stage.serve({ heartbeatMs: 60_000 });
  const client = await poller(live, (await stage.place.enrol()).cookie);
  for (let i = 0; i < 18 && live.live.stats().cut === 0; i += 1)
    await client.post(`40/${'x'.repeat(65_000)},`);
  await eventually(() => live.live.stats().cut === 1);
  expect(live.live.stats()).toMatchObject({ cut: 1, sockets: 0 });
});
