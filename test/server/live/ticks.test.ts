import { afterEach, expect, it, vi } from 'vitest';
import type { Packet } from '../../../server/live/broadcast.ts';
import type { Link } from '../../../server/live/link.ts';
import { createTicks } from '../../../server/live/ticks.ts';
import type { PatrolPositions } from '../../../shared/patrols.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A device that takes what it is sent, or not. */
function device() {
  const frames: PatrolPositions[] = [];
  const own = { takes: true, frames, packets: [] as Packet[] };
  const lane = {
    sendNewest(packet: Packet) {
      if (!own.takes) return 'skipped';
      own.packets.push(packet);
      frames.push((JSON.parse(packet.text.slice(1)) as [string, PatrolPositions])[1]);
      return 'direct';
    },
  };
  return { ...own, link: { lane } as unknown as Link, own };
}

it('[RN10] who has not taken what was sent before is left out, and gets all there is once they have', () => {
  vi.useFakeTimers();
  const [fast, slow] = [device(), device()];
  const readers = new Map([
    [fast.link, 'member-a'],
    [slow.link, 'member-b'],
  ]);
  const ticks = createTicks({
    neighbourhoodId: 'n',
    duty: { isOn: () => true },
    readers,
    now: Date.now,
    times: { exact: 1000, coarse: 15_000 },
  });
  const tell = (memberId: string, lat: number) =>
    ticks.take(
      {
        of: 'patrol',
        neighbourhoodId: 'n',
        patrolId: 'p',
        memberId,
        position: { lat, lng: 0 },
        at: Date.now(),
        hiddenFrom: [],
      },
      Date.now(),
    );
  tell('w1', 1);
  vi.advanceTimersByTime(0);
  expect(slow.frames).toHaveLength(1);
  // Both get the very same bytes.
  expect(fast.own.packets[0]).toBe(slow.own.packets[0]);
  slow.own.takes = false;
  for (let second = 1; second <= 5; second += 1) {
    tell(second % 2 === 0 ? 'w1' : 'w2', second);
    vi.advanceTimersByTime(1000);
  }
  expect([fast.frames.length, slow.frames.length]).toEqual([6, 1]);
  slow.own.takes = true;
  vi.advanceTimersByTime(1000);
  expect(slow.frames).toHaveLength(2);
  expect(slow.frames[1]).toMatchObject({ whole: true });
  expect(slow.frames[1]?.positions.map(({ position }) => position.lat).toSorted()).toEqual([4, 5]);
  // Nobody walks on: nothing more is sent, and nothing waits.
  vi.advanceTimersByTime(60_000);
  expect([fast.frames.length, slow.frames.length]).toEqual([6, 2]);
  ticks.close();
  expect(vi.getTimerCount()).toBe(0);
});
