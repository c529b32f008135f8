/** Upper bounds in seconds of the times that are told apart; whatever took longer is in one more. */
export const deliveryBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600];

/** What a push worker did since it started; sent to the process's metrics as it is. */
export type PushCounters = {
  /** Attempts that a push service accepted. */
  accepted: number;
  /** Attempts that were not, by reason. */
  failed: Record<string, number>;
  /** Attempts by push service, then by what came of them: `accepted`, or the reason why not. */
  services: Record<string, Record<string, number>>;
  /** Push services that refuse our messages for a reason that the operator has to mend, and took none since. */
  refusing: Record<string, string>;
  /** Accepted messages by the time since their entry was committed: how many, and seconds in all, for each bucket. */
  delivery: { count: number; seconds: number }[];
  /** Pushes given up because their alert's time was over. */
  expired: number;
  /** Subscriptions removed because the service said that they are gone, or their session or membership ended. */
  removed: number;
  /** How often an alert had to wait because too many pushes were due. */
  postponed: number;
  /** Milliseconds that the oldest due push is late. */
  queueAgeMs: number;
};

export function emptyCounters(): PushCounters {
  const delivery = Array.from({ length: deliveryBuckets.length + 1 }, () => ({ count: 0, seconds: 0 }));
  return {
    ...{ accepted: 0, failed: {}, services: {}, refusing: {}, delivery },
    ...{ expired: 0, removed: 0, postponed: 0, queueAgeMs: 0 },
  };
}

/** @param what `accepted`, or the reason why not */
export function countAttempt(counters: PushCounters, service: string, what: string): void {
  if (what === 'accepted') counters.accepted += 1;
  else counters.failed[what] = (counters.failed[what] ?? 0) + 1;
  const outcomes = (counters.services[service] ??= {});
  outcomes[what] = (outcomes[what] ?? 0) + 1;
}

/** @param ms from the commit of what is told to its acceptance by the push service */
export function countDelivery({ delivery }: PushCounters, ms: number): void {
  // Two clocks may be a little apart.
  const seconds = Math.max(0, ms / 1000);
  const place = deliveryBuckets.findIndex((bound) => seconds <= bound);
  const bucket = delivery.at(place);
  if (bucket === undefined) return;
  bucket.count += 1;
  bucket.seconds += seconds;
}
