import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../shared/events.ts';
import { createEventLog, type EventLog, type LogMessage } from '../../../server/eventlog/eventlog.ts';
import { renewEpochs } from '../../../server/eventlog/epochs.ts';
import { newId } from '../../../server/ids.ts';
import type { Redis } from '../../../server/redis/client.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { asArray, asNumber } from '../../../server/redis/reply.ts';
import { eventually } from '../../support/eventually.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';

const event: LogEvent = { type: 'incidents.imported', by: null, source: 'test', count: 1 };

describe.each([
  { name: 'one Redis', cluster: false },
  { name: 'a one-node cluster', cluster: true },
])('event log on $name', ({ cluster }) => {
  let server: TestRedis;
  let redis: Redis;
  let log: EventLog;

  beforeAll(async () => {
    server = await startRedis({ cluster });
    redis = await server.connect();
    log = createEventLog(redis);
  });
  afterAll(() => server.stop());

  const plain = (id: string, over: object = {}) => ({
    neighbourhoodId: id,
    event,
    at: 1,
    guards: [],
    writes: [],
    body: { done: true },
    epoch: 'epoch-one',
    ...over,
  });

  it('[EL1] [EL8] gives contiguous seqs to many writers at once', async () => {
    const id = newId();
    const all = await Promise.all(Array.from({ length: 200 }, () => log.commit(plain(id))));
    const seqs = all.map((committed) => committed?.seq ?? 0).toSorted((a, b) => a - b);
    expect(seqs).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const entries = await log.read(id, 0, 200);
    expect(entries.map(({ seq }) => seq)).toEqual(seqs);
    expect(JSON.parse(entries[41]?.json ?? '')).toEqual({ seq: 42, at: 1, ...event });
    expect(await log.head(id)).toEqual({ epoch: 'epoch-one', seq: 200 });
  });

  it('[EL2] [EL3] writes nothing when a guard moved', async () => {
    const id = newId();
    const keys = neighbourhoodKeys(id);
    const guards = [{ key: keys.members, field: 'a', version: 0 }];
    const writes = [
      ['HSET', keys.members, 'a', '1|{}'],
      ['ZADD', keys.timers, '5', `test:${id}`],
    ] as [string, string, ...string[]][];
    const receipt = { key: keys.receipt('m', 'k2'), fingerprint: 'f' };
    expect(await log.commit(plain(id, { guards, writes }))).toMatchObject({ seq: 1 });
    expect(
      await log.commit(plain(id, { guards, writes: [['HSET', keys.members, 'a', '9|{}']], receipt })),
    ).toBeNull();
    expect(await redis.send(keys.members, 'HGET', keys.members, 'a')).toBe('1|{}');
    expect(await redis.send(receipt.key, 'EXISTS', receipt.key)).toBe(0);
    expect((await log.head(id))?.seq).toBe(1);
    expect(await redis.send(keys.timers, 'ZSCORE', keys.timers, `test:${id}`)).toBe('5');
  });

  it('[EL3] decides again until no guard moved', async () => {
    const id = newId();
    const keys = neighbourhoodKeys(id);
    const increment = () =>
      log.decideAndCommit(async () => {
        const stored = String((await redis.send(keys.members, 'HGET', keys.members, 'n')) ?? '0|0');
        const [version = '0', count = '0'] = stored.split('|');
        return plain(id, {
          guards: [{ key: keys.members, field: 'n', version: Number(version) }],
          writes: [['HSET', keys.members, 'n', `${Number(version) + 1}|${Number(count) + 1}`]],
        });
      });
    await Promise.all(Array.from({ length: 12 }, increment));
    expect(await redis.send(keys.members, 'HGET', keys.members, 'n')).toBe('12|12');
  });

  it('[EL4] answers a hundred repetitions alike and writes once', async () => {
    const id = newId();
    const keys = neighbourhoodKeys(id);
    const receipt = { key: keys.receipt('member', 'key'), fingerprint: 'same' };
    const all = await Promise.all(Array.from({ length: 100 }, () => log.commit(plain(id, { receipt }))));
    expect(new Set(all.map((committed) => JSON.stringify([committed?.seq, committed?.body]))).size).toBe(1);
    expect(all.filter((committed) => committed?.replayed === false)).toHaveLength(1);
    await redis.send(keys.log, 'SCRIPT', 'FLUSH');
    expect(await log.commit(plain(id, { receipt }))).toEqual({
      replayed: true,
      seq: 1,
      body: { done: true },
    });
    expect(await log.replay(receipt)).toEqual({ replayed: true, seq: 1, body: { done: true } });
    expect((await log.head(id))?.seq).toBe(1);
  });

  it('[EL5] refuses another command under a used key', async () => {
    const id = newId();
    const key = neighbourhoodKeys(id).receipt('member', 'key');
    await log.commit(plain(id, { receipt: { key, fingerprint: 'one' } }));
    const second = { key, fingerprint: 'two' };
    await expect(log.commit(plain(id, { receipt: second }))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    await expect(log.replay(second)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('[EL2] refuses a neighbourhood that has no log, and writes nothing', async () => {
    const id = newId();
    const keys = neighbourhoodKeys(id);
    const writes: [string, string, ...string[]][] = [['HSET', keys.members, 'a', '1|{}']];
    await expect(log.commit(plain(id, { writes, epoch: undefined }))).rejects.toThrow('NOLOG');
    expect(await redis.send(keys.members, 'EXISTS', keys.members)).toBe(0);
    expect(await log.head(id)).toBeNull();
  });

  it('[EL6] leaves one pointer a commit in the outbox', async () => {
    const id = newId();
    const { outbox } = neighbourhoodKeys(id);
    const before = asNumber(await redis.send(outbox, 'XLEN', outbox));
    await log.commit(plain(id));
    await log.commit(plain(id));
    const entries = asArray(await redis.send(outbox, 'XRANGE', outbox, '-', '+')).slice(before);
    expect(entries.map((entry) => asArray(entry)[1])).toEqual([
      ['n', id, 's', '1', 't', event.type],
      ['n', id, 's', '2', 't', event.type],
    ]);
  });

  it('[EL7] lets listeners hear each entry', async () => {
    const id = newId();
    const heard: LogMessage[] = [];
    const stop = await log.subscribe(id, (message) => heard.push(message));
    await log.commit(plain(id));
    await log.commit(plain(id));
    await eventually(() => heard.length === 2);
    expect(heard[1]).toMatchObject({ kind: 'entry', epoch: 'epoch-one', seq: 2 });
    await stop();
  });
});

describe('lost entries', () => {
  it('[EL11] begin a new epoch', async () => {
    const server = await startRedis();
    const redis = await server.connect();
    const log = createEventLog(redis);
    const ids = Array.from({ length: 5 }, newId);
    for (const id of ids) {
      const { timers } = neighbourhoodKeys(id);
      const writes: [string, string, ...string[]][] = [['ZADD', timers, '1', `retention:${id}`]];
      await log.commit({
        neighbourhoodId: id,
        event,
        at: 1,
        guards: [],
        writes,
        body: {},
        epoch: 'epoch-one',
      });
    }
    expect(await renewEpochs(redis)).toBe(5);
    const heads = await Promise.all(ids.map((id) => log.head(id)));
    expect(heads.every((head) => head?.seq === 1 && head.epoch !== 'epoch-one')).toBe(true);
    await server.stop();
  });
});

describe('Redis away', () => {
  it('[EL9] refuses at once, and goes on when Redis is back', async () => {
    const server = await startRedis();
    const redis = await server.connect();
    const log = createEventLog(redis);
    const id = newId();
    const commit = {
      neighbourhoodId: id,
      event,
      at: 1,
      guards: [],
      writes: [],
      body: {},
      epoch: 'epoch-one',
    };
    await log.commit(commit);
    await server.kill();
    await expect(log.commit(commit)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await server.restart();
    const committed = await eventually(() => log.commit(commit));
    expect(committed.seq).toBe(2);
    await server.stop();
  });

  it('[EL10] notices a Redis that stands still', async () => {
    const server = await startRedis();
    const redis = await server.connect();
    process.kill(server.pid, 'SIGSTOP');
    await expect(redis.send('x', 'GET', 'x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    process.kill(server.pid, 'SIGCONT');
    await eventually(async () => (await redis.send('x', 'EXISTS', 'x')) === 0);
    await server.stop();
  });
});
