import { setTimeout as delay } from 'node:timers/promises';
import { Phone, report } from '../support/phone.ts';
import { startBuiltApp } from './built-app.ts';
import { messageOf, startChild, stopChild } from './child.ts';
import { median, medianRatio, quantile, type Row } from './figures.ts';
import type { Load, LoadResult } from './load-process.ts';
import { startReaders } from './readers.ts';

const connections = 64;
const monotonic = () => Number(process.hrtime.bigint()) / 1e6;

/** Reports that are on disk a second, beside a bare Hono echo of the same body, in alternating rounds. */
async function benchReports(url: string, rounds: number, seconds: number): Promise<Row> {
  const founder = new Phone((path, init) => fetch(url + path, init));
  const { neighbourhood } = await founder.found();
  const echo = startChild('./echo-process.ts');
  const echoUrl = await messageOf<string>(echo);
  const load = startChild('./load-process.ts');
  const body = JSON.stringify({ ...report, evenSo: true });
  const measure = async (target: string, forSeconds: number): Promise<number> => {
    const asked: Load = { url: target, cookie: founder.cookie ?? '', body, connections, seconds: forSeconds };
    const result = messageOf<LoadResult>(load);
    load.send(asked);
    const { refused, perSecond } = await result;
    if (refused > 0) throw new Error(`${refused} requests to ${target} were refused`);
    return perSecond;
  };
  const target = `${url}/api/neighbourhoods/${neighbourhood.id}/incidents`;
  await measure(target, 1);
  await measure(echoUrl, 1);
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await measure(target, seconds));
    peer.push(await measure(echoUrl, seconds));
  }
  await stopChild(load);
  await stopChild(echo);
  return {
    figure: `durable reports a second, ${connections} connections`,
    ours: median(ours).toFixed(0),
    peer: 'Hono JSON echo, nothing stored',
    peerValue: median(peer).toFixed(0),
    ratio: medianRatio(ours, peer),
    aim: '≥ 0.5',
  };
}

/** From the POST to the last reader's first byte of the entry. */
async function benchLatency(url: string, sockets: number, reports: number): Promise<Row> {
  const founder = new Phone((path, init) => fetch(url + path, init));
  const { neighbourhood } = await founder.found();
  const { cursor } = (
    await founder.get<{ cursor: string }>(`/api/neighbourhoods/${neighbourhood.id}/snapshot`)
  ).body;
  const readers = startReaders();
  await readers.connect({
    group: 'all',
    port: Number(new URL(url).port),
    count: sockets,
    protocol: 'socket.io',
    cookie: founder.cookie ?? '',
    join: { neighbourhoodId: neighbourhood.id, cursor },
  });
  const answered: number[] = [];
  const last: number[] = [];
  for (let i = 0; i < reports + 5; i += 1) {
    // An entry takes more than this; heads and reach take less.
    const { counting, received } = readers.expect('all', { chunk: 350 });
    await counting;
    const before = monotonic();
    await founder.report(neighbourhood.id);
    const created = monotonic() - before;
    const reached = (await received) - before;
    if (i >= 5) {
      answered.push(created);
      last.push(reached);
    }
    await delay(50);
  }
  await readers.stop();
  return {
    figure: `POST to the last of ${sockets} clients, p50 / p99`,
    ours: `${median(last).toFixed(0)} / ${quantile(last, 0.99).toFixed(0)} ms`,
    peer: 'POST to its own 201, p50',
    peerValue: `${median(answered).toFixed(0)} ms`,
    ratio: null,
    aim: 'p99 ≤ 300 ms',
  };
}

export async function benchApp(options: {
  sockets: number;
  rounds: number;
  seconds: number;
}): Promise<{ rows: Row[] }> {
  const { url, stop } = await startBuiltApp();
  try {
    return {
      rows: [
        await benchReports(url, options.rounds, options.seconds),
        await benchLatency(url, options.sockets, options.rounds * 15),
      ],
    };
  } finally {
    await stop();
  }
}
