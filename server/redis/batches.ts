/** Commits that one connection brings in one turn of Redis's loop, which reads 16 kB of each: a commit has some 4 kB. */
const perLane = 3;

/**
 * Sends commits in batches: those that are decided while one is under way leave together once it is answered. However
 * many they are, a batch costs one wait for the disk and a few system calls; while it is quiet nobody waits.
 *
 * Redis syncs the disk at the end of each turn of its loop, and reads no more than some 16 kB of a connection in one: so
 * a large batch is spread over several connections, its lanes.
 */
export function inBatches(lanes: number) {
  let underWay = 0;
  let begun = 0;
  let waiting: (() => void)[] = [];

  return async function send<T>(commit: (lane: number) => Promise<T>): Promise<T> {
    if (underWay > 0) await new Promise<void>((resolve) => void waiting.push(resolve));
    underWay += 1;
    const lane = Math.floor(begun / perLane) % lanes;
    begun += 1;
    try {
      return await commit(lane);
    } finally {
      underWay -= 1;
      if (underWay === 0) {
        begun = 0;
        const next = waiting;
        waiting = [];
        for (const go of next) go();
      }
    }
  };
}
