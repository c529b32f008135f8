/** What a push worker did since it started; sent to the process's metrics as it is. */
export type PushCounters = {
  /** Attempts that a push service accepted. */
  accepted: number;
  /** Attempts that were not, by reason. */
  failed: Record<string, number>;
  /** Pushes given up because their alert's time was over. */
  expired: number;
  /** Subscriptions removed because the service said that they are gone, or their session or membership ended. */
  removed: number;
  /** Milliseconds that the oldest due push is late. */
  queueAgeMs: number;
};

export function emptyCounters(): PushCounters {
  return { accepted: 0, failed: {}, expired: 0, removed: 0, queueAgeMs: 0 };
}
