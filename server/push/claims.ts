import type { Resting } from './lanes.ts';
import { type DuePush, nameOf, type Place, type PushQueue } from './queue.ts';
import type { Settler } from './settler.ts';
import type { Shares } from './shares.ts';

/** As many as `claim-due.lua` reads in one page. */
const claimAtOnce = 125;

type ClaimsDeps = {
  queue: PushQueue;
  shares: Shares;
  settler: Pick<Settler, 'hold' | 'again'>;
  /** Hosts that are left alone for now. */
  resting: () => Resting[];
  now: () => number;
  leaseMs: number;
};

/** Takes due pushes in hand, no more of any host than its share. */
export function createClaims({ queue, shares, settler, resting, now, leaseMs }: ClaimsDeps) {
  const places = new Map<number, Place>();
  let asked = 0;

  function rooms() {
    const asleep = resting();
    const awake = shares.hosts().filter((host) => !asleep.some((other) => other.host === host));
    return [...asleep, ...awake.map((host) => ({ host, room: shares.roomOf(host), restMs: null }))];
  }

  /**
   * @returns the pushes that are in hand now; whether there is more to take at once; whether something waits until
   * there is room for it
   */
  async function claim(partition: number): Promise<{ pushes: DuePush[]; more: boolean; waits: boolean }> {
    const count = Math.min(claimAtOnce, shares.free());
    if (count === 0) return { pushes: [], more: false, waits: true };
    const { pushes, more, place } = await queue.claim(partition, {
      ...{ now: now(), leaseMs, count },
      room: shares.roomOf(''),
      hosts: rooms(),
      from: places.get(partition) ?? null,
    });
    places.set(partition, place);
    const taken = pushes.filter((push) => settler.hold(push)).filter(takeInHand);
    return { pushes: taken, more, waits: place.behind.length > 0 };
  }

  /** Another partition's claim may have used the room meanwhile. */
  function takeInHand(push: DuePush): boolean {
    if (shares.take(nameOf(push), push.host)) return true;
    settler.again(push, now(), push.attempt);
    return false;
  }

  /**
   * Looks at all that is due once more, as another worker may have put something where this one has looked: whenever it
   * is asked, but where something was left behind each fifth time only, since there may be a lot to look at in vain.
   */
  function lookAgain(): void {
    asked += 1;
    for (const [partition, { behind }] of places) {
      if (behind.length === 0 || asked % 5 === 0) places.delete(partition);
    }
  }

  return {
    claim,
    lookAgain,
  };
}
