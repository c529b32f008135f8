import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../client/api.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { entries, scriptedRoom, snapshotAt } from './live-room.ts';

const epoch = 'epoch-aaaa';
const at = (seq: number) => `${epoch}.${seq}`;
const batch = (from: number, to: number) => ({
  ok: true as const,
  entries: entries(from, to),
  cursor: at(to),
  positions: [] as [],
});
const refusal = (code: ErrorCode, status: number) =>
  new ApiError({ type: 'about:blank', title: code, status, code }, null);

describe('joining a room', () => {
  it('[CU1] applies the batch of the join and is live', async () => {
    const script = scriptedRoom(at(3));
    script.room.connected();
    expect(script.joins[0]?.request.cursor).toBe(at(3));
    await script.answerJoin(batch(4, 6));
    expect(script.applied).toEqual([4, 5, 6]);
    expect(script.place()).toBe(at(6));
    expect(script.states).toEqual(['catching-up', 'live']);
  });

  it('[CU2] a device without a cursor starts from the snapshot and joins with its cursor', async () => {
    const script = scriptedRoom(null);
    script.room.connected();
    expect(script.joins).toHaveLength(0);
    await script.answerSnapshot(snapshotAt(at(9)));
    expect(script.joins[0]?.request.cursor).toBe(at(9));
    await script.answerJoin(batch(10, 10));
    expect(script.resets).toEqual([at(9)]);
    expect(script.applied).toEqual([10]);
  });

  it('[CU3] a live entry that arrives before the join’s answer is applied after it', async () => {
    const script = scriptedRoom(at(0));
    script.room.connected();
    script.room.received(entries(3, 4));
    expect(script.applied).toEqual([]);
    await script.answerJoin(batch(1, 2));
    expect(script.applied).toEqual([1, 2, 3, 4]);
    expect(script.origins).toEqual(['caught-up', 'caught-up', 'live', 'live']);
    expect(script.joins).toHaveLength(0);
  });

  it('[CU4] an entry that came both live and in the batch is applied once', async () => {
    const script = scriptedRoom(at(0));
    script.room.connected();
    script.room.received(entries(2, 3));
    await script.answerJoin(batch(1, 3));
    script.room.received(entries(1, 4));
    script.room.received(entries(4, 4));
    expect(script.applied).toEqual([1, 2, 3, 4]);
  });

  it('[CU5] a jump in live entries applies nothing after it and joins again', async () => {
    const script = scriptedRoom(at(5));
    await script.goLive(at(5));
    script.room.received([...entries(6, 6), ...entries(8, 9)]);
    expect(script.applied).toEqual([6]);
    expect(script.joins[0]?.request.cursor).toBe(at(6));
    await script.answerJoin(batch(7, 9));
    expect(script.applied).toEqual([6, 7, 8, 9]);
  });

  it('[CU5] a jump among the entries held back joins again too', async () => {
    const script = scriptedRoom(at(0));
    script.room.connected();
    script.room.received(entries(4, 4));
    await script.answerJoin(batch(1, 2));
    expect(script.applied).toEqual([1, 2]);
    await script.answerJoin(batch(3, 4));
    expect(script.applied).toEqual([1, 2, 3, 4]);
  });

  it('[CU6] snapshotNeeded fetches the snapshot, joins with its cursor, and drops what it already holds', async () => {
    const script = scriptedRoom(at(2));
    script.room.connected();
    await script.answerJoin({ ok: true, snapshotNeeded: true });
    script.room.received(entries(699, 701));
    await script.answerSnapshot(snapshotAt(at(700)));
    await script.answerJoin(batch(701, 701));
    expect(script.resets).toEqual([at(700)]);
    expect(script.applied).toEqual([701]);
    expect(script.states.at(-1)).toBe('live');
  });

  it('[CU6] a batch that leaves a gap or is of another epoch starts from a snapshot, never with a silent gap', async () => {
    for (const answer of [
      { ok: true as const, entries: entries(5, 6), cursor: at(6), positions: [] as [] },
      { ok: true as const, entries: entries(3, 4), cursor: at(6), positions: [] as [] },
      { ok: true as const, entries: entries(3, 4), cursor: 'epoch-bbbb.4', positions: [] as [] },
    ]) {
      const script = scriptedRoom(at(2));
      script.room.connected();
      await script.answerJoin(answer);
      expect(script.applied).toEqual([]);
      expect(script.snapshots).toHaveLength(1);
    }
  });

  it('[CU6] a server that asks for a snapshot every time is given time, not a loop', async () => {
    const script = scriptedRoom(null);
    script.room.connected();
    for (let turn = 0; turn < 4; turn += 1) {
      await script.answerSnapshot(snapshotAt(at(1)));
      await script.answerJoin({ ok: true, snapshotNeeded: true });
    }
    expect(script.snapshots).toHaveLength(0);
    expect(script.states.at(-1)).toBe('unavailable');
    expect(script.timers).toHaveLength(1);
  });

  it('[CU7] a head beyond our own cursor, or of another epoch, joins again; any other does not', async () => {
    const script = scriptedRoom(at(5));
    await script.goLive(at(5));
    script.room.head(at(5));
    script.room.head(at(4));
    expect(script.joins).toHaveLength(0);
    script.room.head(at(6));
    await script.answerJoin(batch(6, 6));
    script.room.head('epoch-bbbb.1');
    expect(script.joins).toHaveLength(1);
  });

  it('[CU8] the answer of a join from before a disconnection counts for nothing', async () => {
    const script = scriptedRoom(at(0));
    script.room.connected();
    const stale = script.joins.shift();
    script.room.disconnected();
    script.room.connected();
    stale?.answer(batch(1, 9));
    await script.settle();
    expect(script.applied).toEqual([]);
    await script.answerJoin(batch(1, 2));
    expect(script.applied).toEqual([1, 2]);
    expect(script.place()).toBe(at(2));
  });

  it('[CU8] entries that come while offline are left to the next join', async () => {
    const script = scriptedRoom(at(5));
    await script.goLive(at(5));
    script.room.disconnected();
    script.room.received(entries(6, 6));
    expect(script.applied).toEqual([]);
    expect(script.states.at(-1)).toBe('offline');
  });

  it('[CU9] a lost session and a lost membership are said, and end the room', async () => {
    for (const [code, state] of [
      ['NOT_SIGNED_IN', 'signed-out'],
      ['FORBIDDEN', 'not-a-member'],
      ['NOT_FOUND', 'not-a-member'],
    ] as const) {
      const script = scriptedRoom(at(1));
      script.room.connected();
      await script.answerJoin({ ok: false, code });
      expect(script.states.at(-1)).toBe(state);
      script.room.connected();
      script.room.received(entries(2, 2));
      expect(script.joins).toHaveLength(0);
      expect(script.applied).toEqual([]);
    }
  });

  it('[CU9] a snapshot refused for the lost session says so too', async () => {
    const script = scriptedRoom(null);
    script.room.connected();
    script.snapshots.shift()?.fail(refusal('NOT_SIGNED_IN', 401));
    await script.settle();
    expect(script.states.at(-1)).toBe('signed-out');
  });

  it('[CU10] a server that cannot answer is asked again, later each time and at most every 30 s', async () => {
    const script = scriptedRoom(at(1));
    script.room.connected();
    for (let turn = 0; turn < 7; turn += 1) {
      await script.answerJoin({ ok: false, code: 'UNAVAILABLE' });
      script.timers.at(-1)?.run();
    }
    expect(script.timers.map(({ ms }) => ms)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(script.states).toContain('unavailable');
    await script.answerJoin(batch(2, 2));
    expect(script.applied).toEqual([2]);
  });

  it('[CU10] no answer at all is called offline and asked again', async () => {
    const script = scriptedRoom(at(1));
    script.room.connected();
    script.joins.shift()?.fail(new NetworkError('timeout'));
    await script.settle();
    expect(script.states.at(-1)).toBe('offline');
    expect(script.timers.at(-1)?.cancelled).toBe(false);
    script.room.connected();
    expect(script.timers.at(-1)?.cancelled).toBe(true);
  });

  it('[CU11] a phone that wakes up joins again from where it is', async () => {
    const script = scriptedRoom(at(5));
    await script.goLive(at(5));
    script.room.refresh();
    expect(script.joins[0]?.request.cursor).toBe(at(5));
  });

  it('[CU12] a room that was left applies nothing any more', async () => {
    const script = scriptedRoom(at(5));
    await script.goLive(at(5));
    script.room.refresh();
    script.room.close();
    await script.answerJoin(batch(6, 6));
    script.room.received(entries(6, 6));
    script.room.connected();
    expect(script.applied).toEqual([]);
    expect(script.joins).toHaveLength(0);
  });
});
