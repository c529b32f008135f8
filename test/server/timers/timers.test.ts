import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncidentPage } from '../../../shared/incidents.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
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
});
