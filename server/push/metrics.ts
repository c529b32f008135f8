import { Counter, Gauge, Histogram } from 'prom-client';
import { partitions } from '../redis/keys.ts';
import { deliveryBuckets, emptyCounters, type PushCounters } from './counters.ts';
import type { PushQueue } from './queue.ts';

const sent = new Counter({
  name: 'vigie_push_attempts_total',
  help: 'Push messages sent, by push service and by what came of it: accepted, or the reason why not.',
  labelNames: ['service', 'outcome'],
});
const refusing = new Gauge({
  name: 'vigie_push_service_refusing',
  help: 'Push services that refuse what we send (wrong VAPID key, …) and have taken nothing since.',
  labelNames: ['service', 'reason'],
});
const delivery = new Histogram({
  name: 'vigie_push_delivery_seconds',
  help: 'Time from the commit of what is told to its acceptance by the push service.',
  buckets: deliveryBuckets,
});
const expired = new Counter({
  name: 'vigie_push_expired_total',
  help: 'Push messages given up because their alert was too old.',
});
const removed = new Counter({
  name: 'vigie_push_subscriptions_removed_total',
  help: 'Subscriptions removed because the push service, the session or the membership was gone.',
});
const postponed = new Counter({
  name: 'vigie_push_postponed_total',
  help: 'How often an alert had to wait in the outbox because too many push messages were due.',
});
const queueAge = new Gauge({
  name: 'vigie_push_queue_age_seconds',
  help: 'How late the oldest due push message is.',
});

const outboxAge = new Gauge({
  name: 'vigie_push_outbox_age_seconds',
  help: 'How long the oldest entry waits that is not yet made into push messages for all; NaN where Redis does not say.',
});

/** Asked when somebody reads the metrics, in any process: also where no worker is there that could tell. */
export async function measureOutbox({ outboxAge: ageOf }: Pick<PushQueue, 'outboxAge'>): Promise<void> {
  const asked = await Promise.allSettled(Array.from({ length: partitions }, (_, i) => ageOf(i)));
  const ages = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  outboxAge.set(ages.length < partitions ? Number.NaN : Math.max(...ages) / 1000);
}

let isRefused = false;

/** Whether a push service refuses what we send, as of a moment ago: the operator has to look. */
export const pushIsRefused = (): boolean => isRefused;

/** Adds what a push worker counted to this process's metrics; each worker's counters begin at nothing. */
export function createPushMetrics(): (counters: PushCounters) => void {
  let last = emptyCounters();
  return (counters) => {
    for (const [service, outcomes] of Object.entries(counters.services)) {
      for (const [outcome, count] of Object.entries(outcomes)) {
        sent.inc({ service, outcome }, count - (last.services[service]?.[outcome] ?? 0));
      }
    }
    for (const [i, { count, seconds }] of counters.delivery.entries()) {
      const before = last.delivery[i] ?? { count: 0, seconds: 0 };
      const more = count - before.count;
      // Their mean lies in the same bucket, and has the same sum.
      for (let n = 0; n < more; n += 1) delivery.observe((seconds - before.seconds) / more);
    }
    refusing.reset();
    for (const [service, reason] of Object.entries(counters.refusing)) refusing.set({ service, reason }, 1);
    isRefused = Object.keys(counters.refusing).length > 0;
    expired.inc(counters.expired - last.expired);
    removed.inc(counters.removed - last.removed);
    postponed.inc(counters.postponed - last.postponed);
    queueAge.set(counters.queueAgeMs / 1000);
    last = structuredClone(counters);
  };
}
