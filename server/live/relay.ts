import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Feed, type FeedListener, type FollowedLog, openFeed } from './feed.ts';

export type Relay = {
  /**
   * Follows a neighbourhood's log until the feed is dropped.
   * @returns null where there is no such log
   * @throws AppError UNAVAILABLE
   */
  follow(neighbourhoodId: string, listener: FollowListener): Promise<Feed | null>;
  drop(feed: Feed): Promise<void>;
  /** Whether the logs could be read lately. */
  following(): boolean;
  close(): void;
};

export type FollowListener = FeedListener & {
  /** The feed was compared with the log and lacks nothing. */
  beat(): void;
};

/** Feeds whose heads are read in one pipeline, and whose rooms are told in one turn of the loop. */
const sliceSize = 100;

/**
 * Keeps the feeds of this process honest: nudges may be lost, so each feed is compared with its log at every
 * heartbeat, and at once when the subscription was interrupted.
 * @param heartbeatMs time between two heartbeats of one feed
 */
export function createRelay(eventLog: FollowedLog, logger: Logger, heartbeatMs: number): Relay {
  const followed = new Map<Feed, FollowListener>();
  let closed = false;
  let readAt = performance.now();

  async function compare(feed: Feed): Promise<void> {
    try {
      await feed.sync();
      readAt = performance.now();
      followed.get(feed)?.beat();
    } catch (error) {
      logger.debug({ err: error, neighbourhoodId: feed.neighbourhoodId }, 'log not readable');
    }
  }

  async function compareAll(): Promise<void> {
    const feeds = [...followed.keys()];
    for (let i = 0; i < feeds.length; i += sliceSize) {
      await Promise.all(feeds.slice(i, i + sliceSize).map(compare));
      // Alerts go between the slices.
      await setImmediate();
    }
  }

  let timer = setTimeout(beat, heartbeatMs);
  function beat(): void {
    void compareAll().finally(() => {
      if (!closed) timer = setTimeout(beat, heartbeatMs);
    });
  }

  eventLog.onResubscribed(() => {
    if (!closed) void compareAll();
  });

  return {
    async follow(neighbourhoodId, listener) {
      const feed = await openFeed(neighbourhoodId, eventLog, logger, listener);
      if (feed === null) return null;
      followed.set(feed, listener);
      readAt = performance.now();
      return feed;
    },
    async drop(feed) {
      followed.delete(feed);
      await feed.close();
    },
    following: () => followed.size === 0 || performance.now() - readAt < 3 * heartbeatMs,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
