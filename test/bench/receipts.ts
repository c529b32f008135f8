import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import type { Device } from '../../shared/auth.ts';
import type { IncidentDetail } from '../../shared/incidents.ts';
import { createReach } from '../../server/eventlog/reach.ts';
import { connectRedis } from '../../server/redis/client.ts';
import { Phone } from '../support/phone.ts';
import { startBuiltApp } from './built-app.ts';
import { messageOf, startChild, stopChild } from './child.ts';
import { median, medianRatio, quantile, type Row } from './figures.ts';
import type { Receipts, ReceiptsResult } from './receipts-process.ts';

const devices = 5000;
const seconds = 10;
const usesOfAnInvite = 200;
const lanes = 8;
const atOnce = 50;
const monotonic = () => Number(process.hrtime.bigint()) / 1e6;

/** A full neighbourhood, a device each, by a few invites at a time: each invite is one entity. */
async function join(url: string, founder: Phone, neighbourhoodId: string): Promise<Phone[]> {
  const phones = [founder];
  let begun = phones.length;
  const lane = async () => {
    while (begun < devices) {
      const uses = Math.min(usesOfAnInvite, devices - begun);
      begun += uses;
      const { code } = await founder.invite(neighbourhoodId, { maxUses: uses });
      for (let i = 0; i < uses; i += 1) {
        const phone = new Phone((path, init) => fetch(url + path, init));
        await phone.accept(code, `Neighbour ${phones.length}`);
        phones.push(phone);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return phones;
}

async function deviceIdsOf(phones: readonly Phone[]): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < phones.length; i += atOnce) {
    const found = await Promise.all(
      phones
        .slice(i, i + atOnce)
        .map((phone) => phone.must(phone.get<{ devices: Device[] }>('/api/devices'))),
    );
    ids.push(...found.map(({ devices: [device] }) => device?.id ?? ''));
  }
  return ids;
}

/** Raises alerts one after the other for so long. @returns how long each took, in milliseconds */
async function raise(founder: Phone, neighbourhoodId: string, until: () => boolean): Promise<number[]> {
  const took: number[] = [];
  while (!until()) {
    const before = monotonic();
    await founder.report(neighbourhoodId);
    took.push(monotonic() - before);
    await delay(20);
  }
  return took;
}

/** Five thousand receipts in ten seconds, and what they cost a report that is raised meanwhile. */
export async function benchReceipts(rounds: number): Promise<{ rows: Row[] }> {
  const { url, redisSocket, stop } = await startBuiltApp();
  const child = startChild('./receipts-process.ts');
  try {
    const founder = new Phone((path, init) => fetch(url + path, init));
    const { neighbourhood } = await founder.found();
    const { id } = neighbourhood;
    const phones = await join(url, founder, id);
    const { incident } = await founder.report(id);
    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    const logger = pino({ level: 'silent' });
    const redis = await connectRedis({ kind: 'socket', path: redisSocket }, logger);
    // As if each had been told live: figures count only devices that were.
    const told = await deviceIdsOf(phones);
    await createReach(redis, logger).add(id, incident.id, { of: 'alert', how: 'told' }, told);
    await redis.close();
    await raise(founder, id, after(2));

    const quiet: number[] = [];
    const loud: number[] = [];
    const slowest: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      quiet.push(median(await raise(founder, id, after(seconds))));
      const result = messageOf<ReceiptsResult>(child);
      const receipts: Receipts = {
        url: `${url}${about}/seen`,
        cookies: phones.map(({ cookie }) => cookie ?? ''),
        kind: round % 2 === 0 ? 'got' : 'saw',
        seconds,
      };
      child.send(receipts);
      let done = false;
      void result.then(() => (done = true));
      const took = await raise(founder, id, () => done);
      const { taken, refused, seconds: spent } = await result;
      if (taken !== devices) throw new Error(`${refused} receipts were refused`);
      if (spent > seconds * 1.1) throw new Error(`${devices} receipts took ${spent.toFixed(1)} s`);
      loud.push(median(took));
      slowest.push(quantile(took, 0.99));
    }
    await delay(2500);
    const detail = await founder.must(founder.get<IncidentDetail>(about));
    if (detail.incident.version !== 1 || detail.reach.alert.got !== devices)
      throw new Error(`version ${detail.incident.version}, ${detail.reach.alert.got} receipts counted`);
    return {
      rows: [
        {
          figure: `a report while ${devices} receipts come in ${seconds} s, p50 / p99`,
          ours: `${median(loud).toFixed(1)} / ${median(slowest).toFixed(1)} ms`,
          peer: 'the same without receipts, p50',
          peerValue: `${median(quiet).toFixed(1)} ms`,
          ratio: medianRatio(loud, quiet),
          aim: '≤ 1.1',
        },
      ],
    };
  } finally {
    await stopChild(child);
    await stop();
  }
}

function after(forSeconds: number): () => boolean {
  const end = performance.now() + forSeconds * 1000;
  return () => performance.now() >= end;
}
