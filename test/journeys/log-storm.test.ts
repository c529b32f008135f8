import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventLog, cursorOf } from '../../server/eventlog/eventlog.ts';
import { createFollower, type Follower } from '../server/live/follower.ts';
import {
  foundNeighbourhood,
  type LiveServer,
  startLiveServer,
  type TestNeighbourhood,
} from '../server/live/live-server.ts';
import { randomFrom } from '../server/live/random.ts';
import { eventually } from '../support/eventually.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const writers = 16;
const reportsEach = 80;
const joins = 60;

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

/** A network on which reading takes its time, so that live entries overtake what was read. */
function slowReads(random: () => number) {
  return (log: EventLog): EventLog => ({
    ...log,
    async read(...args) {
      const entries = await log.read(...args);
      await delay(random() * 25);
      return entries;
    },
  });
}

/**
 * Two processes' worth of rooms on one Redis, 16 writers in two neighbourhoods, 60 devices that join from
 * random cursors during the storm, on either server, some by long-polling; a third of them change server once.
 */
async function storm(seed: number, { holdBack = true } = {}) {
  const random = randomFrom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const connections = await Promise.all([redis.connect(), redis.connect(), redis.connect()]);
  const servers: LiveServer[] = [];
  for (const connection of connections.slice(0, 2)) {
    // Only the nudges: a heartbeat that heals within the test would hide what the relay loses.
    servers.push(await startLiveServer(connection, { heartbeatMs: 60_000, around: slowReads(random) }));
  }
  const writing = connections[2];
  const places = await Promise.all([foundNeighbourhood(writing), foundNeighbourhood(writing)]);
  const placeOf = (i: number) => places[i % places.length] as TestNeighbourhood;
  const serverOf = (i: number) => (servers[i % servers.length] as LiveServer).url;

  let written = 0;
  const write = async (writer: number) => {
    for (let i = 0; i < reportsEach; i += 1) {
      await placeOf(writer).report({ description: `${writer}/${i} ${'é'.repeat(whole(300))}` });
      written += 1;
      await delay(random() * 12);
    }
  };
  const storming = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));

  const followers: { follower: Follower; place: TestNeighbourhood }[] = [];
  const total = writers * reportsEach;
  const joinDuringStorm = async (i: number) => {
    await eventually(() => written >= (total * 0.9 * i) / joins, {
      within: 90_000,
      what: `writes before join ${i}`,
    });
    const place = placeOf(whole(2));
    const head = (await place.log.head(place.id)) ?? { epoch: '', seq: 0 };
    const { cookie } = await place.enrol();
    const follower = createFollower({
      neighbourhoodId: place.id,
      cookie,
      cursor: cursorOf({ epoch: place.epoch, seq: whole(head.seq + 1) }),
      head: async () => cursorOf((await place.log.head(place.id)) ?? head),
      transports: random() < 0.2 ? ['polling', 'websocket'] : ['websocket'],
      holdBack,
    });
    followers.push({ follower, place });
    const first = whole(2);
    follower.connect(serverOf(first));
    if (random() < 0.35) {
      await delay(20 + random() * 150);
      follower.connect(serverOf(first + 1));
    }
  };
  await Promise.all(Array.from({ length: joins }, (_, i) => joinDuringStorm(i)));
  await storming;

  const logs = new Map(
    await Promise.all(places.map(async ({ id, log }) => [id, await log.read(id, 0, total, total)] as const)),
  );
  const wrong = ({ follower, place }: (typeof followers)[number]) => {
    const due = (logs.get(place.id) ?? []).slice(follower.from).map(({ json }) => json);
    const had = follower.applied.map((entry) => JSON.stringify(entry));
    if (follower.breaches.length > 0) return follower.breaches[0];
    if (had.length === due.length && had.every((json, i) => json === due[i])) return null;
    const at = due.findIndex((json, i) => json !== had[i]);
    return `from ${follower.from}: ${had.length} of ${due.length}, first difference at ${at}, ${follower.state}`;
  };
  let faults: (string | null | undefined)[] = [];
  const complete = () => {
    faults = followers.map(wrong).filter((fault) => fault !== null);
    return faults.length === 0;
  };
  await eventually(complete, { within: holdBack ? 30_000 : 1500 }).catch(() => undefined);
  const early = followers.reduce((sum, { follower }) => sum + follower.early, 0);
  const snapshots = followers.reduce((sum, { follower }) => sum + follower.snapshots, 0);
  for (const { follower } of followers) follower.close();
  for (const server of servers) await server.close();
  return { faults, early, snapshots, entries: [...logs.values()].map((entries) => entries.length) };
}

const seed = Number(process.env['SEED'] ?? 1);

describe(`log storm, seed ${seed}`, { timeout: 300_000 }, () => {
  it('[LI1] every device applies exactly the log from its cursor on, each entry once and in order', async () => {
    const { faults, early, entries } = await storm(seed);
    expect(entries.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(1000);
    expect(early, 'live entries that came before their answer').toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  it('[LI1] a client that does not hold live entries back is caught by this very check', async () => {
    const { faults } = await storm(seed + 1, { holdBack: false });
    expect(faults.length).toBeGreaterThan(0);
  });
});
