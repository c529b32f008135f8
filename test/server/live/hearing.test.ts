import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { end } from '../../../server/patrols/patrol.ts';
import { createPatrolStore } from '../../../server/patrols/store.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import type { LogEvent } from '../../../shared/events.ts';
import { eventually } from '../../support/eventually.ts';
import { here, tickTimes, useRounds } from './rounds.ts';
import { useStage } from './stage.ts';

const stage = useStage();
const clock = { now: Date.now() };
const now = () => clock.now;
const { neighbour, put, runPatrol, tell } = useRounds(stage, clock);

describe('what a room makes of its log', () => {
  it('[LI40] an entry that cannot be made sense of, and a report of a round, keep nothing else back; no input is logged', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    // One turn of the loop is to bring what was committed since.
    let held: (() => void)[] | null = null;
    const live = await stage.serve({
      now,
      tickTimes,
      logger,
      around: (log) => ({
        ...log,
        subscribe: (id, listener) =>
          log.subscribe(id, (message) =>
            held === null ? listener(message) : held.push(() => listener(message)),
          ),
      }),
    });
    const together = async (...commits: (() => Promise<unknown>)[]) => {
      const waiting: (() => void)[] = [];
      held = waiting;
      for (const one of commits) await one();
      await eventually(() => waiting.length === commits.length);
      held = null;
      for (const hear of waiting) hear();
    };
    const [vi, wes] = [await neighbour(live), await neighbour(live)];
    const frames: number[] = [];
    wes.socket.on('log:entries', ({ entries }) => void frames.push(entries.length));
    const { id } = await runPatrol([vi.memberId, wes.memberId]);
    await eventually(() => wes.entries.length === 2);
    const commit = (event: LogEvent) =>
      stage.place.log.commit({
        neighbourhoodId: stage.place.id,
        event,
        at: clock.now,
        guards: [],
        writes: [],
        body: {},
      });
    const report = {
      id,
      version: 1,
      by: vi.memberId,
      at: clock.now,
      seen: 'something' as const,
      incidentIds: [],
      handOver: 'canary-report',
      minutes: 3,
    };
    await together(
      () => commit({ type: 'patrol.reported', by: vi.memberId, report }),
      () => stage.place.report({ description: 'first' }),
    );
    await eventually(() => wes.entries.length === 4);
    expect(frames.at(-1)).toBe(2);
    expect(lines.join('')).not.toContain('room failed');

    // Written by a version that knows more than this one.
    const strange = { type: 'patrol.asked', by: vi.memberId, patrol: { id, state: 'canary-state' } };
    const gone = { type: 'member.removed', by: null, member: 'canary-member' };
    await together(
      () => commit(strange as unknown as LogEvent),
      () => commit(gone as unknown as LogEvent),
      () => stage.place.report({ description: 'second' }),
    );
    await eventually(() => wes.entries.length === 7 && vi.entries.length === 7);
    expect(frames.at(-1)).toBe(3);
    expect(lines.filter((line) => line.includes('room failed'))).toHaveLength(2);
    expect(lines.join('')).toContain('ValiError');
    expect(lines.join('')).not.toContain('canary');
  });

  it('[LI41] a join does not depend on whether rounds can be read; they are read again, and nothing stays followed', async () => {
    let reads = 0;
    let known = 0;
    let follows = 0;
    const live = await stage.serve({
      now,
      tickTimes,
      heartbeatMs: 20,
      around: (log) => ({
        ...log,
        async subscribe(id, listener) {
          const end = await log.subscribe(id, listener);
          follows += 1;
          return async () => {
            follows -= 1;
            await end();
          };
        },
      }),
      patrols: {
        async open(id) {
          reads += 1;
          if (reads <= 2) throw new Error('not now');
          const found = await createPatrolStore(stage.redis).open(id);
          known += 1;
          return found;
        },
      },
    });
    const [vi, wes] = [await stage.place.enrol(), await stage.place.enrol()];
    const { id } = await runPatrol([vi.memberId, wes.memberId]);
    const [phone, other] = [await neighbour(live, vi), await neighbour(live, wes)];
    // Whom it does not know on duty yet it hears no position of.
    await eventually(() => known === 1);
    tell(phone, id, here);
    await eventually(() => other.places().length === 1);
    expect([reads, follows]).toEqual([3, 1]);
    phone.socket.disconnect();
    other.socket.disconnect();
    await eventually(() => live.live.stats().rooms === 0 && follows === 0);
  });

  it('[RN7] a walker whose end was in a part of the log that is lost is seen no more, also where rounds cannot be read at first', async () => {
    let reads = 0;
    let deaf = false;
    const live = await stage.serve({
      now,
      tickTimes,
      heartbeatMs: 20,
      around: (log) => ({
        ...log,
        subscribe: (id, listener) => log.subscribe(id, (message) => (deaf ? undefined : listener(message))),
        head: async (id) => (deaf ? null : await log.head(id)),
      }),
      patrols: {
        async open(id) {
          reads += 1;
          if (reads === 2) throw new Error('not now');
          return await createPatrolStore(stage.redis).open(id);
        },
      },
    });
    const [vi, wes, ada, bo] = [
      await neighbour(live),
      await neighbour(live),
      await neighbour(live),
      await neighbour(live),
    ];
    const patrol = await runPatrol([vi.memberId, wes.memberId]);
    const other = await runPatrol([ada.memberId, bo.memberId]);
    await eventually(() => [vi, ada].every(({ entries }) => entries.length === 4));
    tell(vi, patrol.id, here);
    tell(ada, other.id, here);
    await eventually(() => bo.places().length === 2);
    deaf = true;
    await put(patrol, end(patrol, vi.memberId, clock.now));
    const seq = await stage.place.report();
    const { log } = neighbourhoodKeys(stage.place.id);
    await stage.redis.send(log, 'XTRIM', log, 'MINID', `0-${seq}`);
    deaf = false;
    await eventually(() => {
      const { whole, positions } = bo.frames.at(-1) ?? {};
      return whole === true && positions?.length === 1 && positions[0]?.memberId === ada.memberId;
    });
    expect(reads).toBe(3);
    expect(await bo.enter()).toMatchObject({
      patrolPositions: { exact: true, positions: [{ memberId: ada.memberId }] },
    });
  });
});
