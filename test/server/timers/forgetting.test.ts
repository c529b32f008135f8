import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../shared/events.ts';
import type { Neighbourhood } from '../../../shared/neighbourhoods.ts';
import type { Weeks } from '../../../shared/statistics.ts';
import { weekOf } from '../../../shared/weeks.ts';
import { eraseEntries } from '../../../server/eventlog/erasing.ts';
import { createForgetting } from '../../../server/incidents/forgetting.ts';
import { importIncidents } from '../../../server/incidents/store.ts';
import { compaction, planCompaction, requestCompaction } from '../../../server/redis/compaction.ts';
import { neighbourhoodKeys, partitionKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { filesWith } from '../../support/disk.ts';
import { incidentOf } from '../../support/incident.ts';
import { type Phone, report, street } from '../../support/phone.ts';
import { uploadPhoto } from '../../support/photos.ts';
import { compacted, daily } from '../../support/retention.ts';

const day = 24 * 3600 * 1000;

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

type Settings = { neighbourhood: Neighbourhood };
const keepFor = (phone: Phone, id: string, retentionDays: unknown) =>
  phone.send<Settings>('PUT', `/api/neighbourhoods/${id}/settings`, { retentionDays });

const logOf = async (phone: Phone, id: string) =>
  (await phone.must(phone.get<LogPage>(`/api/neighbourhoods/${id}/log?limit=500`))).entries;
const weeksOf = async (phone: Phone, id: string) =>
  (await phone.must(phone.get<Weeks>(`/api/neighbourhoods/${id}/statistics/weeks`))).weeks;

async function newStreet(names = ['Bo']) {
  const at = await street(() => phoneOf(test), names);
  const [bo] = at.neighbours;
  if (bo === undefined) throw new Error('nobody lives here');
  return { ...at, bo };
}

describe('retention of a neighbourhood', () => {
  it('[HI3] is changed by a coordinator, within its limits, and told to everybody', async () => {
    const { id, founder, founderMember, bo } = await newStreet();
    const before = await test.deps.eventLog.head(id);
    for (const days of [6, 366, 7.5, '30', null])
      expect((await keepFor(founder, id, days)).status, String(days)).toBe(422);
    expect((await keepFor(bo.phone, id, 30)).status).toBe(403);
    expect(await test.deps.eventLog.head(id)).toEqual(before);

    const { body } = await keepFor(founder, id, 30);
    expect(body.neighbourhood).toMatchObject({ retentionDays: 30, version: 2 });
    expect((await logOf(bo.phone, id)).at(-1)).toMatchObject({
      type: 'neighbourhood.changed',
      by: founderMember.id,
      neighbourhood: { retentionDays: 30 },
    });
  });

  it('[HI3] is 90 days where nobody said otherwise, and what is over by now goes at once when it is made shorter', async () => {
    const { id, founder, neighbourhood } = await newStreet();
    expect(neighbourhood.retentionDays).toBe(90);
    const { incident } = await founder.report(id);
    const { timers, partition, incidents } = neighbourhoodKeys(id);
    const isThere = async () => (await test.redis.send(incidents, 'HEXISTS', incidents, incident.id)) === 1;
    await runDue(test.deps, partition, { retention: daily(test) });
    test.clock.now += 10 * day;
    await daily(test)(id);
    expect(await isThere()).toBe(true);
    await keepFor(founder, id, 7);
    expect(Number(await test.redis.send(timers, 'ZSCORE', timers, `retention:${id}`))).toBe(test.clock.now);
    await runDue(test.deps, partition, { retention: daily(test) });
    expect(await isThere()).toBe(false);
  });

  it('[HI3] ends as expired what is still open then, for every device, before it is forgotten', async () => {
    const { id, founder, bo } = await newStreet();
    const { incident } = await bo.phone.report(id, { category: 'missing', answers: {} });
    const imported = incidentOf({ id: 'J'.repeat(16), reportedAt: test.clock.now, status: 'open' });
    await importIncidents(test.deps, id, 'council', [imported]);
    test.clock.now += 8 * day;
    const since = (await test.deps.eventLog.head(id))?.seq ?? 0;
    // By two processes at once.
    const { forgetDue } = createForgetting(test.deps);
    await Promise.all([forgetDue(id, 7), forgetDue(id, 7)]);
    const told = (await logOf(founder, id)).filter(({ seq }) => seq > since);
    expect(told[0]).toMatchObject({
      type: 'incident.closed',
      by: null,
      incident: { id: incident.id, status: 'closed', outcome: { kind: 'expired', at: test.clock.now } },
    });
    expect(told[1]?.type).toBe('incidents.forgotten');
    expect(told.filter(({ type }) => type === 'incident.closed')).toHaveLength(1);
    expect(await weeksOf(bo.phone, id)).toEqual(
      expect.arrayContaining([
        { week: weekOf(incident.observedAt), category: 'missing', outcome: 'expired', count: 1 },
      ]),
    );
  });

  it('[HI4] leaves nothing of an incident: not in any key, not in younger entries of the log, not in the file', async () => {
    const { id, founder, bo } = await newStreet();
    const words = ['canary-words', 'canary-reason', 'canary-title', 'canary-again', 'canary-answer'];
    await keepFor(founder, id, 30);
    const photoId = await uploadPhoto(bo.phone, id);
    const { incident } = await bo.phone.report(id, {
      category: 'theft',
      description: 'canary-words',
      title: 'canary-title',
      answers: { marks: 'canary-answer' },
      photoIds: [photoId],
    });
    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    test.clock.now += 29 * day;
    // Late in its life it is told again, by entries that are young when it goes.
    await founder.must(founder.post(`${about}/responses`, { kind: 'on-scene' }));
    await founder.must(founder.post(`${about}/resolution`, { kind: 'resolved', reason: 'canary-reason' }));
    await founder.must(founder.post(`${about}/reopening`, { reason: 'canary-again' }));
    const young = await founder.report(id, { description: 'stays' });
    const seqs = (await logOf(founder, id)).map(({ seq }) => seq);
    expect(await filesWith(test.server.dir, words)).not.toEqual([]);

    test.clock.now += 2 * day;
    await daily(test)(id);
    const entries = await logOf(founder, id);
    expect(JSON.stringify(entries)).not.toMatch(/canary/u);
    expect(entries.filter(({ type }) => type === 'entry.erased').length).toBeGreaterThan(2);
    expect(entries.at(-1)).toMatchObject({ type: 'incidents.forgotten', incidentIds: [incident.id] });
    // No reader meets a gap, in the same life of the log.
    const first = entries[0]?.seq ?? 0;
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, i) => first + i));
    expect(entries.length).toBeGreaterThan(2);
    // It was open, so it ended and was forgotten.
    expect(seqs.at(-1)).toBe((entries.at(-1)?.seq ?? 0) - 2);
    expect((await founder.get(`/api/neighbourhoods/${id}/incidents/${young.incident.id}`)).status).toBe(200);
    const { all, meta } = neighbourhoodKeys(id);
    const names = (await test.redis.send(meta, 'KEYS', all)) as string[];
    expect(names.filter((name) => name.includes(incident.id))).toEqual([]);

    await compacted(test);
    expect(await filesWith(test.server.dir, words)).toEqual([]);
    expect(await filesWith(test.deps.env.DATA_DIR, words)).toEqual([]);
    expect(await filesWith(test.server.dir, ['stays'])).not.toEqual([]);
  });

  it('[HI4] goes on where a crash left it: what is forgotten and not yet emptied is found', async () => {
    const { id, founder } = await newStreet();
    const { incident } = await founder.report(id, { description: 'canary-crash' });
    const { incidents } = neighbourhoodKeys(id);
    await test.redis.send(incidents, 'HDEL', incidents, incident.id);
    // Several at once, as by several processes.
    await Promise.all([1, 2, 3].map(() => eraseEntries(test.redis, id)));
    const entries = await logOf(founder, id);
    expect(JSON.stringify(entries)).not.toContain('canary-crash');
    await founder.report(id);
    const after = await logOf(founder, id);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, i) => i + 1));
  });

  it('[HI4] a long log is emptied page by page while neighbours write', async () => {
    const { id, founder, bo } = await newStreet();
    const gone = await founder.report(id, { description: 'canary-long' });
    const other = await bo.phone.report(id);
    const about = `/api/neighbourhoods/${id}/incidents/${other.incident.id}/freshness`;
    for (let i = 0; i < 16; i += 1)
      await Promise.all(Array.from({ length: 20 }, () => founder.must(founder.post(about, {}))));
    const { incidents } = neighbourhoodKeys(id);
    await test.redis.send(incidents, 'HDEL', incidents, gone.incident.id);
    await Promise.all([
      eraseEntries(test.redis, id),
      ...Array.from({ length: 10 }, () => founder.must(founder.post(about, {}))),
    ]);
    const head = await test.deps.eventLog.head(id);
    const all = await test.deps.eventLog.read(id, 0, head?.seq ?? 0, 1000);
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, i) => i + 1));
    expect(all.length).toBeGreaterThan(330);
    expect(JSON.stringify(all)).not.toContain('canary-long');
    expect(all.filter(({ json }) => json.includes('incident.changed'))).toHaveLength(330);
  });

  it('[HI5] keeps the count and the week, by category and outcome, and no person or place', async () => {
    const { id, founder, bo } = await newStreet();
    const at = test.clock.now;
    const { incident } = await bo.phone.report(id);
    await bo.phone.report(id);
    await founder.report(id, { category: 'noise', answers: {} });
    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    await founder.must(founder.post(`${about}/resolution`, { kind: 'unfounded', reason: 'My cousin.' }));
    const imported = incidentOf({ id: 'I'.repeat(16), category: 'theft', reportedAt: at, observedAt: at });
    await importIncidents(test.deps, id, 'council', [imported]);
    await keepFor(founder, id, 7);
    test.clock.now += 8 * day;
    await daily(test)(id);
    const week = weekOf(at);
    expect(await weeksOf(bo.phone, id)).toEqual(
      expect.arrayContaining([
        { week, category: 'suspicious', outcome: 'unfounded', count: 1 },
        { week, category: 'suspicious', outcome: 'expired', count: 1 },
        { week, category: 'noise', outcome: 'expired', count: 1 },
        { week, category: 'theft', outcome: 'imported', count: 1 },
      ]),
    );
    expect(await weeksOf(bo.phone, id)).toHaveLength(4);
    await daily(test)(id);
    expect(await weeksOf(bo.phone, id)).toHaveLength(4);
    const { weeks } = neighbourhoodKeys(id);
    const old = `${weekOf(at - 5.1 * 366 * day)}:noise:open`;
    await test.redis.send(weeks, 'HSET', weeks, old, '3');
    await daily(test)(id);
    expect(await weeksOf(bo.phone, id)).toHaveLength(4);
  });

  it.each([
    [Date.UTC(2021, 0, 3), '2020-W53'],
    [Date.UTC(2021, 0, 4), '2021-W01'],
    [Date.UTC(2024, 11, 30), '2025-W01'],
    [Date.UTC(2026, 11, 31, 23, 59), '2026-W53'],
  ])('[HI5] %i is in week %s', (at, week) => {
    expect(weekOf(at)).toBe(week);
  });

  it('[HI6] takes the names of those who left, in the file too, and of nobody else', async () => {
    const { id, founder, neighbours, bo } = await newStreet(['Canary-Left', 'Canary-Back']);
    const [, back] = neighbours;
    if (back === undefined) throw new Error('nobody lives here');
    await keepFor(founder, id, 7);
    for (const { phone, member } of neighbours)
      await phone.send('DELETE', `/api/neighbourhoods/${id}/members/${member.id}`);
    const { code } = await founder.invite(id);
    await back.phone.accept(code, 'Canary-Returned');
    const { members } = neighbourhoodKeys(id);
    const stored = async (memberId: string) =>
      String(await test.redis.send(members, 'HGET', members, memberId));
    test.clock.now += 6 * day;
    await daily(test)(id);
    expect(await stored(bo.member.id)).toContain('Canary-Left');
    test.clock.now += 2 * day;
    await daily(test)(id);
    expect(await stored(bo.member.id)).not.toContain('Canary-Left');
    expect(await stored(back.member.id)).toContain('Canary-Returned');
    await compacted(test);
    expect(await filesWith(test.server.dir, ['Canary-Left'])).toEqual([]);
    expect((await founder.report(id, report)).incident.status).toBe('open');
  });
});

describe('the file of Redis', () => {
  it('[HI7] is rewritten once a day, and when it is asked for, by one process', async () => {
    const { timers } = partitionKeys(0);
    const score = async () => Number(await test.redis.send(timers, 'ZSCORE', timers, 'compaction:all'));
    const at = test.clock.now;
    await planCompaction(test.redis, at);
    await planCompaction(test.redis, at + 5);
    expect(await score()).toBe(at + day);
    await requestCompaction(test.redis, at);
    expect(await score()).toBe(at);
    await runDue(test.deps, 0, { compaction: compaction(test.deps) });
    expect(await score()).toBeGreaterThanOrEqual(at + 10_000);
  });

  it('[HI7] is rewritten again where a rewrite was under way, and where Redis refuses nothing breaks', async () => {
    const busy = 'aof_enabled:1\r\naof_rewrite_in_progress:1\r\n';
    const idle = 'aof_enabled:1\r\naof_rewrite_in_progress:0\r\n';
    const asked: string[] = [];
    const redisThat = (info: string, refusal: string | null) => ({
      ...test.redis,
      send: async (_key: string, command: string) => {
        asked.push(command);
        if (command === 'INFO') return info;
        if (refusal !== null) throw new Error(refusal);
        return 'OK';
      },
    });
    const next = (info: string, refusal: string | null = null) =>
      compaction({ ...test.deps, redis: redisThat(info, refusal) })();
    const { now } = test.clock;
    expect(await next(busy)).toBe(now + 10_000);
    expect(asked).toEqual(['INFO']);
    expect(await next(idle)).toBe(now + day);
    expect(await next(idle, 'ERR Background append only file rewriting already in progress')).toBe(
      now + 10_000,
    );
    expect(await next(idle, "NOPERM User default has no permissions to run the 'bgrewriteaof' command")).toBe(
      now + day,
    );
  });
});
