import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../shared/events.ts';
import { eventually } from '../../support/eventually.ts';
import { tickTimes, useRounds } from './rounds.ts';
import { useStage } from './stage.ts';

const stage = useStage();
const clock = { now: Date.now() };
const now = () => clock.now;
const { neighbour, runPatrol } = useRounds(stage, clock);

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
    const strange = { type: 'patrol.visited', by: vi.memberId, patrol: { id, state: 'canary-state' } };
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
});
