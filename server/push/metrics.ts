import { Counter, Gauge } from 'prom-client';
import { emptyCounters, type PushCounters } from './counters.ts';

const sent = new Counter({
  name: 'vigie_push_attempts_total',
  help: 'Push messages sent, by what came of it: accepted, or the reason why not.',
  labelNames: ['outcome'],
});
const expired = new Counter({
  name: 'vigie_push_expired_total',
  help: 'Push messages given up because their alert was too old.',
});
const removed = new Counter({
  name: 'vigie_push_subscriptions_removed_total',
  help: 'Subscriptions removed because the push service, the session or the membership was gone.',
});
const queueAge = new Gauge({
  name: 'vigie_push_queue_age_seconds',
  help: 'How late the oldest due push message is.',
});

/** Adds what a push worker counted to this process's metrics; each worker's counters begin at nothing. */
export function createPushMetrics(): (counters: PushCounters) => void {
  let last = emptyCounters();
  return (counters) => {
    sent.inc({ outcome: 'accepted' }, counters.accepted - last.accepted);
    for (const [reason, count] of Object.entries(counters.failed)) {
      sent.inc({ outcome: reason }, count - (last.failed[reason] ?? 0));
    }
    expired.inc(counters.expired - last.expired);
    removed.inc(counters.removed - last.removed);
    queueAge.set(counters.queueAgeMs / 1000);
    last = counters;
  };
}
