import { pino } from 'pino';
import { afterEach, beforeEach, expect } from 'vitest';
import webPush from 'web-push';
import { type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import type { Phone } from '../../support/phone.ts';
import { type PushService, startPushService } from '../../support/push-service.ts';
import { pushKeys } from './seed.ts';

type Parts = { service: PushService; app: TestApp };

/** An app beside a push service for each test of the file, with a push worker once the test asks for it. */
export function pushStage() {
  let parts: Parts | null = null;
  let ends: (() => Promise<void>)[] = [];
  const here = (): Parts => {
    if (parts === null) throw new Error('only within a test');
    return parts;
  };

  beforeEach(async () => {
    const service = await startPushService();
    ends.push(() => service.close());
    const app = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
    ends.push(() => app.stop());
    parts = { service, app };
  });
  afterEach(async () => {
    for (const end of ends.toReversed()) await end();
    ends = [];
    expect(here().service.faults).toEqual([]);
    parts = null;
  });

  return {
    get service() {
      return here().service;
    },
    get app() {
      return here().app;
    },

    /** Starts a worker whose clock is the app's. @param over what of it is otherwise */
    async work(over: Partial<PushWorkerDeps> = {}): Promise<void> {
      const { app, service } = here();
      const worker = await startPushWorker({
        redis: app.redis,
        logger: pino({ level: 'silent' }),
        vapid: webPush.generateVAPIDKeys(),
        subject: 'mailto:watch@example.org',
        extraOrigins: [service.origin],
        now: () => app.clock.now,
        pollMs: 50,
        ...over,
      });
      ends.push(() => worker.stop());
    },

    /** Subscribes a phone. @returns the subscription's id at the push service */
    async subscribe(phone: Phone): Promise<string> {
      const { id, endpoint, keys } = here().service.newSubscription();
      await phone.must(phone.send('PUT', '/api/push/subscription', { endpoint, keys }));
      return id;
    },

    /** Resolves when no push that was made due waits any more. */
    drained: () =>
      eventually(async () => (await pushKeys(here().app.redis)).every((key) => !key.endsWith(':push:due')), {
        what: 'an empty queue',
      }),
  };
}
