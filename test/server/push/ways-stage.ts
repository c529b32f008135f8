import { pino } from 'pino';
import { afterAll, afterEach, beforeAll } from 'vitest';
import webPush from 'web-push';
import type { Way, WayAdded } from '../../../shared/ways.ts';
import { type PushWorker, type PushWorkerDeps, startPushWorker } from '../../../server/push/worker.ts';
import { wayOptionsOf } from '../../../server/push/ways/carriers.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type MailServer, startMailServer } from '../../support/mail-server.ts';
import { type Phone, street } from '../../support/phone.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { pushKeys } from './seed.ts';

type Parts = { mail: MailServer; receiver: Receiver; app: TestApp };
export const reader = { locale: 'en', timeZone: 'Europe/Paris' } as const;

/** An app beside a mail server and a receiver for the file, with a push worker for each test that asks for it. */
export function waysStage() {
  let parts: Parts | null = null;
  const ends: (() => Promise<void>)[] = [];
  let workers: (() => Promise<void>)[] = [];
  const here = (): Parts => {
    if (parts === null) throw new Error('only within a test');
    return parts;
  };

  beforeAll(async () => {
    const mail = await startMailServer();
    ends.push(() => mail.close());
    const receiver = await startReceiver();
    ends.push(() => receiver.close());
    const app = await startApp({
      env: {
        PUBLIC_URL: 'https://vigie.test',
        SMTP_URL: mail.url,
        SMTP_FROM: 'Vigie <watch@vigie.test>',
        WAYS_EXTRA_ORIGINS: receiver.origin,
      },
    });
    ends.push(() => app.stop());
    parts = { mail, receiver, app };
  });
  afterEach(async () => {
    for (const stop of workers) await stop();
    workers = [];
    const { mail, receiver, app } = here();
    mail.reset();
    receiver.reset();
    app.clock.now = Date.now();
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  const addressOf = (kind: Way['kind']) => {
    if (kind === 'email') return 'ada@example.org';
    return `${here().receiver.origin}/${kind === 'ntfy' ? 'lilas-alerts' : 'hook'}`;
  };

  return {
    get mail() {
      return here().mail;
    },
    get receiver() {
      return here().receiver;
    },
    get app() {
      return here().app;
    },

    /** Bo reports, Ada is told. */
    async pair() {
      const { id, founder, neighbours } = await street(() => phoneOf(here().app), ['Bo']);
      const [bo] = neighbours;
      if (bo === undefined) throw new Error('nobody came');
      return { id, ada: founder, bo: bo.phone, boId: bo.member.id };
    },

    /** Starts a worker whose clock is the app's. */
    async work(over: Partial<PushWorkerDeps> = {}): Promise<PushWorker> {
      const { app } = here();
      const worker = await startPushWorker({
        redis: app.redis,
        logger: pino({ level: 'silent' }),
        vapid: webPush.generateVAPIDKeys(),
        subject: 'mailto:watch@example.org',
        extraOrigins: [],
        ways: wayOptionsOf(app.deps.env),
        now: () => app.clock.now,
        pollMs: 50,
        ...over,
      });
      workers.push(() => worker.stop());
      return worker;
    },

    add: (phone: Phone, kind: Way['kind'], over: object = {}) =>
      phone.post<WayAdded>('/api/ways', { kind, address: addressOf(kind), ...reader, ...over }),

    /** The code that came last. */
    lastCode(kind: Way['kind']): string {
      const { mail, receiver } = here();
      const text =
        kind === 'email'
          ? (mail.mails.at(-1)?.headers.get('subject') ?? '')
          : (receiver.got.at(-1)?.body ?? '');
      return /\b\d{6}\b/u.exec(text)?.[0] ?? '';
    },

    verify: (phone: Phone, wayId: string, code: string) =>
      phone.send<{ way: Way; issues?: { message: string }[] }>('PUT', `/api/ways/${wayId}/verification`, {
        code,
      }),

    /** A way whose code came back. */
    async verified(phone: Phone, kind: Way['kind'], over: object = {}): Promise<WayAdded> {
      const added = await phone.must(this.add(phone, kind, over));
      await phone.must(this.verify(phone, added.way.id, this.lastCode(kind)));
      return added;
    },

    ways: async (phone: Phone): Promise<Way[]> =>
      (await phone.must(phone.get<{ ways: Way[] }>('/api/ways'))).ways,

    /** Resolves when nothing that was made due waits any more. */
    drained: () =>
      eventually(async () => (await pushKeys(here().app.redis)).every((key) => !key.endsWith(':push:due')), {
        what: 'an empty queue',
      }),
  };
}
