import type { Outcome } from './outcome.ts';

/** One message that waits for its turn at a host. */
export type Job = {
  /** Monotonic milliseconds: begun later than this, the lease might end before the attempt does. */
  startBefore: number;
  /** @returns null when there was nothing to send any more */
  send(): Promise<Outcome | null>;
  /** It was not tried; try it again after so many milliseconds. */
  putBack(afterMs: number): void;
  /** The host is shared by receivers that are none of its own: when one says to come later, it says so for itself. */
  forItself?: boolean;
};

export type LanesOptions = {
  /** Monotonic milliseconds: a clock that is set must neither open nor close a host. */
  clock: () => number;
  /** Attempts at a time to one host. */
  perHost?: number;
  /** Failures in a row after which a host is left alone for a while. */
  failures?: number;
  /** How long at first; doubled each time, up to 32 times as long. */
  restMs?: number;
};

/** A host that failed: how many of its messages are wanted now, and in how many milliseconds to ask again. */
export type Resting = { host: string; room: 0 | 1; restMs: number };

type Lane = {
  queue: Job[];
  running: number;
  failed: number;
  rests: number;
  restingUntil: number;
  /** What the service itself asked for; what was under way by then says nothing against it. */
  askedUntil: number;
};
const newLane = (): Lane => ({ queue: [], running: 0, failed: 0, rests: 0, restingUntil: 0, askedUntil: 0 });

/** However long a service asks for, it is asked again after so long. */
const longestAskedMs = 15 * 60 * 1000;

/** Says something about the host, and not only about one subscription. */
function isHostFailure(outcome: Outcome): boolean {
  return outcome.kind === 'retry' && outcome.reason !== 'status-429';
}

/** How long the service as a whole asks to be left alone; 0 = it does not. 429 may be for one subscription. */
function askedMs(outcome: Outcome): number {
  if (outcome.kind !== 'retry' || !outcome.reason.startsWith('status-5')) return 0;
  return Math.min(outcome.afterMs ?? 0, longestAskedMs);
}

/**
 * One lane a host, so that a host that hangs or fails holds up nobody else: its attempts are limited, and after several
 * failures in a row, or where the service asks for it, it rests; then a single attempt finds out whether it is back.
 */
export function createLanes(options: LanesOptions) {
  const { clock, perHost = 32, failures = 8, restMs = 5000 } = options;
  const lanes = new Map<string, Lane>();

  function offer(host: string, job: Job): void {
    const lane = lanes.get(host) ?? newLane();
    lanes.set(host, lane);
    const rest = lane.restingUntil - clock();
    if (rest > 0) job.putBack(rest);
    else {
      lane.queue.push(job);
      advance(host, lane);
    }
  }

  function advance(host: string, lane: Lane): void {
    // Each failure in a row halves what goes at once: a host that stops answering gets no more of it.
    const limit = lane.rests > 0 ? 1 : Math.max(1, perHost >> lane.failed);
    while (lane.running < limit) {
      const job = lane.queue.shift();
      if (job === undefined) break;
      if (clock() > job.startBefore) job.putBack(0);
      else void run(host, lane, job);
    }
    // Hosts with wildcard names would otherwise pile up; a lane at rest remembers why.
    if (lane.running === 0 && lane.queue.length === 0 && lane.failed + lane.rests === 0) lanes.delete(host);
  }

  async function run(host: string, lane: Lane, job: Job): Promise<void> {
    lane.running += 1;
    const outcome = await job.send();
    lane.running -= 1;
    if (outcome === null) {
      // Nothing was learnt about the host.
    } else if (!isHostFailure(outcome)) {
      lane.failed = 0;
      if (clock() >= lane.askedUntil) {
        lane.rests = 0;
        lane.restingUntil = 0;
      }
    } else {
      lane.failed += 1;
      const asked = job.forItself === true ? 0 : askedMs(outcome);
      lane.askedUntil = Math.max(lane.askedUntil, clock() + asked);
      if (asked > 0 || lane.failed >= failures || lane.rests > 0) rest(lane);
    }
    advance(host, lane);
  }

  function rest(lane: Lane): void {
    const at = clock();
    // Attempts that were under way when the rest began fail too, and must not make it longer than the service asks.
    if (at >= lane.restingUntil) {
      const isFailing = lane.failed >= failures || lane.rests > 0;
      lane.restingUntil = at + (isFailing ? restMs * 2 ** Math.min(lane.rests, 5) : 0);
      lane.rests += 1;
    }
    lane.restingUntil = Math.max(lane.restingUntil, lane.askedUntil);
    for (const job of lane.queue.splice(0)) job.putBack(lane.restingUntil - at);
  }

  /** Puts back whatever has not begun. */
  function clear(): void {
    for (const lane of lanes.values()) for (const job of lane.queue.splice(0)) job.putBack(0);
  }

  /** Hosts that rest, and those of which a single attempt finds out whether they are back. */
  function resting(): Resting[] {
    return [...lanes]
      .filter(([, { rests }]) => rests > 0)
      .map(([host, { queue, running, restingUntil }]) => {
        const leftMs = restingUntil - clock();
        if (leftMs > 0) return { host, room: 0, restMs: leftMs };
        return { host, room: queue.length + running === 0 ? 1 : 0, restMs };
      });
  }

  return { offer, clear, resting };
}
