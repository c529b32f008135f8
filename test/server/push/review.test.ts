import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import webPush from 'web-push';
import type { PushMessage } from '../../../shared/push.ts';
import type { MyReviews, Review } from '../../../shared/reviews.ts';
import { startPushWorker } from '../../../server/push/worker.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys } from './seed.ts';

const day = 24 * 3600 * 1000;

let service: PushService;
let app: TestApp;
let ends: (() => Promise<void>)[] = [];

beforeEach(async () => {
  service = await startPushService();
  ends.push(() => service.close());
  app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  ends.push(() => app.stop());
});
afterEach(async () => {
  expect(service.faults).toEqual([]);
  for (const end of ends.toReversed()) await end();
  ends = [];
});

/** Resolves when every entry of the log has been dealt with, and nothing of push waits any more. */
const drained = () =>
  eventually(async () => (await pushKeys(app.redis)).every((key) => !key.endsWith(':push:due')), {
    what: 'an empty queue',
  });

it('[FL11] tells those who were drawn, then the author how it ended, and nobody else', async () => {
  // The push service has a clock of its own: it is the past that is far away.
  app.clock.now -= 75 * day;
  const names = ['Author', 'Bo', 'Cy', 'Di', 'Ed', 'Fi', 'Gil', 'Hu'];
  const { id, founder, neighbours } = await street(() => phoneOf(app), names);
  app.clock.now += 75 * day;
  const [author, ...others] = neighbours.map(({ phone }) => phone);
  if (author === undefined) throw new Error('nobody is there');
  const all = [founder, author, ...others];
  const endpoints = new Map<string, number>();
  for (const [at, phone] of all.entries()) {
    const { id: subscriptionId, endpoint, keys } = service.newSubscription();
    await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
    endpoints.set(subscriptionId, at);
  }
  const { incident } = await author.report(id, { anonymous: true });
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  let review: Review | null = null;
  for (const phone of others.slice(0, 2)) {
    ({ review } = await phone.must(phone.post<{ review: Review }>(`${path}/flags`, { agreement: 'insult' })));
  }
  expect(review?.status).toBe('under-review');
  const worker = await startPushWorker({
    redis: app.redis,
    logger: pino({ level: 'silent' }),
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
    extraOrigins: [service.origin],
    now: () => app.clock.now,
    pollMs: 50,
  });
  ends.push(() => worker.stop());
  const told = () =>
    service.received.flatMap(({ subscriptionId, payload }) => {
      const message = JSON.parse(payload) as PushMessage;
      return message.kind === 'review' ? [{ to: endpoints.get(subscriptionId), step: message.step }] : [];
    });
  await service.waitFor(() => told().length === 3);
  await drained();
  const drawn: number[] = [];
  for (const [at, phone] of all.entries()) {
    const { duties } = await phone.must(phone.get<MyReviews>(`/api/neighbourhoods/${id}/reviews/mine`));
    if (duties.length > 0) drawn.push(at);
  }
  expect(told().toSorted((a, b) => (a.to ?? 0) - (b.to ?? 0))).toEqual(
    drawn.map((to) => ({ to, step: 'drawn' })),
  );
  for (const at of drawn.slice(0, 2)) {
    await all[at]?.must(all[at].post(`${path}/reviews/${review?.id}/verdict`, { verdict: 'remove' }));
  }
  await service.waitFor(() => told().length === 4);
  await drained();
  // The author's own phone, whose name nobody sees.
  expect(told().at(-1)).toEqual({ to: 1, step: 'removed' });
});
