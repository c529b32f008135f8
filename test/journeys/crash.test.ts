import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type LogPage, parseCursor } from '../../shared/events.ts';
import type { Reported } from '../../shared/incidents.ts';
import { phoneAt } from '../support/app.ts';
import { type Device, openMap } from '../support/device.ts';
import { eventually } from '../support/eventually.ts';
import { type Phone, report, street } from '../support/phone.ts';
import { startProcess, type TestProcess } from '../support/process.ts';
import { preferencesCommand } from '../support/preferences.ts';
import { type PushService, startPushService } from '../support/push-service.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

// `npm run test:soak` asks for many more, and the README has figures.
const rounds = Number(process.env['ROUNDS'] ?? 6);
const timeout = 240_000 + rounds * 15_000;
const writers = 8;

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

/** Neighbours who report all the time; each repeats a report under its key until it is acknowledged. */
function load(phones: Phone[], id: string) {
  const acknowledged = new Map<string, string>();
  let going = true;
  const work = phones.map(async (phone) => {
    while (going) {
      const key = randomUUID();
      for (;;) {
        try {
          const answer = await phone.post<Reported>(
            `/api/neighbourhoods/${id}/incidents`,
            { ...report, description: key, evenSo: true },
            { 'idempotency-key': key },
          );
          if (answer.status === 201) {
            acknowledged.set(key, answer.body.incident.id);
            break;
          }
          if (answer.status !== 503) throw new TypeError(`answered ${answer.status}`);
        } catch (error) {
          // The connection broke with the server: whether it is on disk only the repetition tells.
          if (error instanceof TypeError && error.message.startsWith('answered')) throw error;
        }
        await delay(20);
      }
      await delay(10);
    }
  });
  return {
    acknowledged,
    async stop() {
      going = false;
      await Promise.all(work);
    },
  };
}

async function wholeLog(phone: Phone, id: string) {
  const entries: LogPage['entries'] = [];
  let after = '';
  for (;;) {
    const { body } = await phone.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500${after}`);
    entries.push(...body.entries);
    if (body.entries.length === 0) return entries;
    after = `&after=${body.cursor}`;
  }
}

/** Kills and revives under load, then holds the history against what was acknowledged. */
async function survive(server: TestProcess, push: PushService, crash: () => Promise<void>) {
  const { id, founder, neighbours } = await street(
    () => phoneAt(server.url),
    Array.from({ length: writers }, (_, i) => `N${i}`),
  );
  const subscription = push.newSubscription();
  await founder.must(
    founder.send('PUT', '/api/push/subscription', {
      endpoint: subscription.endpoint,
      keys: subscription.keys,
    }),
  );
  // A night's storm is beyond what disturbs somebody a day.
  const each = preferencesCommand({ budget: null });
  await founder.must(founder.send('PUT', `/api/neighbourhoods/${id}/preferences`, each));
  const watcher = openMap(server.url, founder, id);
  await eventually(() => watcher.state === 'live');
  const storm = load(
    neighbours.map(({ phone }) => phone),
    id,
  );
  for (let round = 0; round < rounds; round += 1) {
    const before = storm.acknowledged.size;
    await eventually(() => storm.acknowledged.size >= before + 40, { within: 60_000, what: 'load' });
    await crash();
  }
  const before = storm.acknowledged.size;
  await eventually(() => storm.acknowledged.size >= before + 20, {
    within: 60_000,
    what: 'load after the last crash',
  });
  await storm.stop();

  const entries = await wholeLog(founder, id);
  const reported = entries.flatMap((entry) => (entry.type === 'incident.reported' ? [entry.incident] : []));
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => i + 1));
  // Lost: acknowledged and not there. Doubled: one key, two entries.
  expect(reported.map(({ description }) => description).toSorted()).toEqual(
    [...storm.acknowledged.keys()].toSorted(),
  );
  expect(reported.map(({ id: incidentId }) => incidentId).toSorted()).toEqual(
    [...storm.acknowledged.values()].toSorted(),
  );

  const ids = new Set(storm.acknowledged.values());
  // Complete: a snapshot, and after its cursor every entry of the log once and in order. A snapshot shows at most a
  // thousand incidents, so what a device lists says less than where it is in the log.
  const head = entries.length;
  const complete = (map: Device) => {
    const from = parseCursor(map.snapshots.at(-1)?.cursor ?? '').seq;
    const due = Array.from({ length: head - from }, (_, i) => from + 1 + i);
    expect(map.entries.map(({ seq }) => seq)).toEqual(due);
    expect(map.state).toBe('live');
    return true;
  };
  await eventually(() => complete(watcher), { within: 60_000, what: 'the map of who watched' });
  process.stdout.write(`who watched began anew from a snapshot ${watcher.snapshots.length - 1} times\n`);
  watcher.close();
  const slept = openMap(server.url, founder, id);
  await eventually(() => slept.state === 'live' && complete(slept));
  expect(slept.incidents()).toHaveLength(Math.min(ids.size, 1000));
  slept.close();

  const told = new Set<string>();
  let read = 0;
  const everyoneIsTold = () => {
    // Only what is new: the push service answers on this thread too, and must not wait for the counting.
    for (const { payload } of push.received.slice(read))
      told.add((JSON.parse(payload) as { incidentId: string }).incidentId);
    read = push.received.length;
    return [...ids].every((incidentId) => told.has(incidentId));
  };
  await eventually(everyoneIsTold, {
    // A worker that died keeps what it had for 30 s, and each push that it had begun for 45 s more.
    within: 180_000,
    what: 'a push for each',
  });
  expect(push.faults).toEqual([]);
  const repeats = push.received.length - ids.size;
  process.stdout.write(
    `${rounds} crashes, ${ids.size} acknowledged, 0 lost, 0 doubled (< ${(300 / rounds).toFixed(0)} % of crashes at 95 %), ` +
      `${push.received.length} pushes, ${repeats} of them repeated\n`,
  );
}

async function withPush(env: Record<string, string> = {}) {
  const push = await startPushService();
  const server = await startProcess({ ...env, PUSH_EXTRA_ORIGINS: push.origin });
  ends.push(
    () => push.close(),
    () => server.stop(),
  );
  return { push, server };
}

describe('crashes under load', () => {
  it('[JO4] of the server lose and double nothing', { timeout }, async () => {
    const { push, server } = await withPush();
    await survive(server, push, async () => {
      await server.kill();
      await server.start();
    });
  });

  it('[JO5] of Redis lose and double nothing', { timeout }, async () => {
    const redis: TestRedis = await startRedis();
    ends.push(() => redis.stop());
    const path = redis.target.kind === 'socket' ? redis.target.path : '';
    const { push, server } = await withPush({ REDIS_URL: `unix://${path}` });
    await survive(server, push, async () => {
      await redis.kill();
      await redis.restart();
    });
  });
});
