import * as v from 'valibot';
import { ToldMessage } from '../../../shared/push.ts';
import type { WayRun } from '../../../shared/ways.ts';
import type { Redis } from '../../redis/client.ts';
import type { Resolver } from '../endpoint.ts';
import type { Outcome } from '../outcome.ts';
import type { OutgoingMessage, Sender } from '../sender.ts';
import type { Subscription, SubscriptionStore } from '../store.ts';
import { createCarriers, type WayOptions } from './carriers.ts';
import { noteOf } from './note.ts';
import { createWayStore } from './store.ts';

/** Which entry is told, and to which device. */
type Telling = { seq: number; deviceId: string; at: number };

/** What sends to phones and by all other ways. */
export type AnySender = {
  /** One attempt. Never rejects: whatever happens is an outcome. */
  send(to: Subscription, message: OutgoingMessage, telling: Telling): Promise<Outcome>;
  close(): void;
};

type WithWays = {
  redis: Redis;
  store: SubscriptionStore;
  ways: WayOptions;
  now: () => number;
  timeoutMs: number;
  resolver?: Resolver;
};

/** How an attempt is shown to the way's owner. */
export function runOf(outcome: Outcome, at: number): WayRun {
  if (outcome.kind === 'accepted') return { at, outcome: 'accepted', reason: null };
  const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
  const again = outcome.kind === 'retry' || outcome.kind === 'rejected';
  return { at, outcome: again ? 'again' : 'refused', reason };
}

/**
 * Lets the queue of pushes tell by the other ways too: to it each is a device of its person, so what holds of phones
 * holds of them, from "at least once" to the correction that goes to exactly those who were told.
 */
export function withWays(push: Sender, options: WithWays): AnySender {
  const { redis, store, now } = options;
  const carriers = createCarriers({ ...options, pooled: true });
  const ways = createWayStore(redis, store);

  async function sendBy(
    to: Subscription,
    message: OutgoingMessage,
    { deviceId, ...entry }: Telling,
  ): Promise<Outcome> {
    const way = await ways.get(to.personId, deviceId);
    if (way?.state !== 'verified') return { kind: 'gone' };
    const said = v.parse(ToldMessage, JSON.parse(message.payload.toString()));
    const outcome = await carriers.send(to.personId, way, noteOf(said, way, entry));
    await ways.noteRun(to.personId, deviceId, runOf(outcome, now()));
    if (outcome.kind === 'gone') await ways.end(to.personId, deviceId);
    return outcome;
  }

  return {
    async send(to, message, telling) {
      if (!('way' in to)) return await push.send(to, message);
      try {
        return await sendBy(to, message, telling);
      } catch {
        // Redis is away; whether anything left is not known.
        return { kind: 'retry', reason: 'way-not-known', afterMs: null, mayHaveArrived: true };
      }
    },
    close() {
      push.close();
      carriers.close();
    },
  };
}
