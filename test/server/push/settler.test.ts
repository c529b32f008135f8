import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSettler } from '../../../server/push/settler.ts';

const enough = 64;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A settler whose writes are noted: how many pushes went in each. */
function withWrites() {
  const writes: number[] = [];
  const redis = { isAway: false };
  const settler = createSettler({
    queue: {
      async settle(_partition, _now, settlements) {
        if (redis.isAway) throw new Error('away');
        writes.push(settlements.length);
        return settlements.map(() => true);
      },
    },
    reach: { changed: () => undefined },
    now: Date.now,
    logger: pino({ level: 'silent' }),
    onOver: () => undefined,
  });
  let device = 0;
  const end = (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const deviceId = `device-${(device += 1)}`;
      settler.done({ neighbourhoodId: 'n', seq: 1, deviceId, host: 'push.example', attempt: 0 }, 'accepted');
    }
  };
  return { settler, writes, redis, end };
}

it('[PE15] what ends within a moment is written together', async () => {
  const { writes, end } = withWrites();
  end(2);
  await vi.advanceTimersByTimeAsync(10);
  end(3);
  expect(writes).toEqual([]);
  await vi.advanceTimersByTimeAsync(5);
  expect(writes).toEqual([5]);
});

it('[PE15] as soon as there is enough for a write nothing is waited for', async () => {
  const { writes, end } = withWrites();
  end(enough - 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(writes).toEqual([]);
  end(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(writes).toEqual([enough]);
});

it('[PE15] whoever stops waits for no moment', async () => {
  const { settler, writes, end } = withWrites();
  end(3);
  await settler.close();
  expect(writes).toEqual([3]);
});

it('[PE15] what Redis did not take is written with what ended meanwhile', async () => {
  const { writes, redis, end } = withWrites();
  redis.isAway = true;
  end(3);
  await vi.advanceTimersByTimeAsync(100);
  redis.isAway = false;
  end(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(writes).toEqual([5]);
});

it('[PE15] whoever stops while Redis is away gives up', async () => {
  const { settler, writes, redis, end } = withWrites();
  redis.isAway = true;
  end(3);
  await settler.close();
  expect(writes).toEqual([]);
});
