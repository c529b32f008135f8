import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAcknowledgements } from '../../../server/push/acknowledgements.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What is written, and whether Redis is there. */
function scene() {
  const writes: [partition: number, pointers: number][] = [];
  const redis = { isAway: false };
  const acknowledgements = createAcknowledgements({
    queue: {
      async acknowledge(partition, pointers) {
        if (redis.isAway) throw new Error('away');
        writes.push([partition, pointers.length]);
      },
    },
  });
  let seq = 0;
  const add = (partition: number, count: number) => {
    const pointer = () => ({ id: `${(seq += 1)}-0`, neighbourhoodId: 'n', seq, type: 'note.made' });
    acknowledgements.add(partition, Array.from({ length: count }, pointer));
  };
  return { acknowledgements, writes, redis, add };
}

it('[PE15] what tells nobody is acknowledged once a second, a partition at a time', async () => {
  const { writes, add, acknowledgements } = scene();
  add(1, 2);
  add(2, 1);
  add(1, 3);
  await vi.advanceTimersByTimeAsync(999);
  expect(writes).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(writes).toEqual([
    [1, 5],
    [2, 1],
  ]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(writes).toHaveLength(2);
  await acknowledgements.close();
});

it('[PE15] a hundred of a partition are acknowledged at once', async () => {
  const { writes, add, acknowledgements } = scene();
  add(1, 99);
  await vi.advanceTimersByTimeAsync(0);
  expect(writes).toEqual([]);
  add(1, 2);
  await vi.advanceTimersByTimeAsync(0);
  expect(writes).toEqual([[1, 101]]);
  await acknowledgements.close();
});

it('[PE15] what Redis did not take is acknowledged with the next ones', async () => {
  const { writes, redis, add, acknowledgements } = scene();
  redis.isAway = true;
  add(1, 2);
  await vi.advanceTimersByTimeAsync(1000);
  redis.isAway = false;
  add(1, 1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(writes).toEqual([[1, 3]]);
  await acknowledgements.close();
});

it('[PE15] whoever stops acknowledges what waits, and nothing later', async () => {
  const { writes, add, acknowledgements } = scene();
  add(1, 2);
  await acknowledgements.close();
  expect(writes).toEqual([[1, 2]]);
  expect(vi.getTimerCount()).toBe(0);
});
