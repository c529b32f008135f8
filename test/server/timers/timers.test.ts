import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncidentPage } from '../../../shared/incidents.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { followTimers, runDue } from '../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { daily } from '../../support/retention.ts';
import { street } from '../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const day = 24 * 3600 * 1000;

describe('retention', () => {
  it('[RT1] forgets what is older than its time, and tells', async () => {
    const { id, founder } = await street(() => phoneOf(test), []);
    const old = await founder.report(id, { description: 'canary-old' });
    test.clock.now += 60 * day;
    const young = await founder.report(id);
    test.clock.now += 40 * day;
    const before = await founder.get(`/api/neighbourhoods/${id}/incidents`);
    expect(JSON.stringify(before.body)).toContain('canary-old');

    const next = await daily(test)(id);

    expect(next).toBe(test.clock.now + day);
    // The founder's session has ended meanwhile, so the store itself is asked.
    const keys = neighbourhoodKeys(id);
    expect(await test.redis.send(keys.incidents, 'HKEYS', keys.incidents)).toEqual([young.incident.id]);
    for (const index of [keys.incidentTimes, keys.incidentOpen, keys.incidentPlaces, keys.incidentExpiry]) {
      expect(await test.redis.send(index, 'ZRANGE', index, '0', '-1')).toEqual([young.incident.id]);
    }
    const head = await test.deps.eventLog.head(id);
    const entries = await test.deps.eventLog.read(id, 0, head?.seq ?? 0);
    expect(entries.map(({ json }) => (JSON.parse(json) as { type: string }).type)).toEqual([
      'incident.reported',
      // It was open still: that it ended is forgotten with it.
      'entry.erased',
      'incidents.forgotten',
    ]);
    expect(JSON.stringify(entries)).toContain(old.incident.id);
    expect(JSON.stringify(entries)).not.toContain('canary-old');
  });

  it('[RT1] leaves the newest entry, since it holds the head', async () => {
    const { id } = await street(() => phoneOf(test), []);
    test.clock.now += 200 * day;
    await daily(test)(id);
    expect(await test.deps.eventLog.head(id)).toMatchObject({ seq: 1 });
    const founder = phoneOf(test);
    const other = await founder.found();
    const { body } = await founder.get<Snapshot>(`/api/neighbourhoods/${other.neighbourhood.id}/snapshot`);
    expect(body.incidents).toEqual([]);
    const page = await founder.get<IncidentPage>(`/api/neighbourhoods/${other.neighbourhood.id}/incidents`);
    expect(page.body.incidents).toEqual([]);
  });
});

describe('timers', () => {
  it('[RT2] run once among many processes, and again when one died with them', async () => {
    const id = newId();
    const { timers, partition } = neighbourhoodKeys(id);
    const { redis } = test;
    await redis.send(timers, 'ZADD', timers, String(test.clock.now - 1), `test:${id}`);
    let runs = 0;
    const handlers = {
      test: async () => {
        runs += 1;
        return null;
      },
    };
    const dying = { test: () => Promise.reject(new Error('died')) };
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    await runDue({ ...test.deps, logger }, partition, dying);
    // What it was busy with may be in the error's message.
    expect(lines.join('')).toContain('a timer failed');
    expect(lines.join('')).not.toContain('died');
    await Promise.all(Array.from({ length: 8 }, () => runDue(test.deps, partition, handlers)));
    expect(runs).toBe(0);
    test.clock.now += 61_000;
    await Promise.all(Array.from({ length: 8 }, () => runDue(test.deps, partition, handlers)));
    expect(runs).toBe(1);
    expect(await redis.send(timers, 'ZSCORE', timers, `test:${id}`)).toBeNull();
  });

  it('[RT2] are not begun twice by a process that is busy with them for longer than their lease', async () => {
    const id = newId();
    const { timers, partition } = neighbourhoodKeys(id);
    const { redis } = test;
    const what = `test:${id}`;
    await redis.send(timers, 'ZADD', timers, String(test.clock.now - 1), what);
    let runs = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handlers = {
      test: async () => {
        runs += 1;
        await finished;
        return null;
      },
    };
    const busy = new Map<string, string>();
    const first = runDue(test.deps, partition, handlers, busy);
    await eventually(() => runs === 1);
    test.clock.now += 61_000;
    await runDue(test.deps, partition, handlers, busy);
    // The lease is renewed by that: no other process takes it either.
    await runDue(test.deps, partition, handlers);
    expect(runs).toBe(1);
    finish();
    await first;
    // Done with, though it was claimed again meanwhile.
    expect(await redis.send(timers, 'ZSCORE', timers, what)).toBeNull();
    expect([...busy]).toEqual([]);
  });

  it('[RT3] what takes long does not hold up a check-in, however much of it there is', async () => {
    const [id, walker] = [newId(), newId()];
    const { timers } = neighbourhoodKeys(id);
    const { redis } = test;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const begun: string[] = [];
    const stop = followTimers(test.deps, {
      slow: async (_neighbourhoodId, subject) => {
        begun.push(subject);
        await finished;
        return null;
      },
      'check-in': async (_neighbourhoodId, subject) => {
        begun.push(subject);
        return null;
      },
    });
    try {
      const due = String(test.clock.now - 1);
      // One after the other, so that each takes a run of its own.
      for (const subject of ['1', '2', '3', '4']) {
        await redis.send(timers, 'ZADD', timers, due, `slow:${id}:${subject}`);
        await eventually(() => begun.includes(subject));
      }
      await redis.send(timers, 'ZADD', timers, due, `slow:${id}:5`);
      await redis.send(timers, 'ZADD', timers, due, `check-in:${id}:${walker}`);
      await eventually(() => begun.includes(walker));
      expect(begun).toEqual(['1', '2', '3', '4', walker]);
    } finally {
      finish();
      await stop();
    }
  });
});
