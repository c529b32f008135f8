import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import webPush from 'web-push';
import { findMembership } from '../../server/auth/membership.ts';
import { followRevocations } from '../../server/auth/revocations.ts';
import { createSosStore } from '../../server/incidents/sos/store.ts';
import { createVeil } from '../../server/eventlog/veil.ts';
import { sosVeil } from '../../server/incidents/sos/veil-store.ts';
import { searchVeil } from '../../server/patrols/veil-store.ts';
import { freshnessTimer } from '../../server/incidents/outcomes/freshness-timer.ts';
import { handlingTimer } from '../../server/incidents/handling/timer.ts';
import { attachLive } from '../../server/live/rooms.ts';
import { checkInTimer, searchTimer } from '../../server/patrols/home-safe-timers.ts';
import { createPatrolStore } from '../../server/patrols/store.ts';
import { patrolTimer } from '../../server/patrols/timer.ts';
import { startPushWorker } from '../../server/push/worker.ts';
import { neighbourhoodKeys } from '../../server/redis/keys.ts';
import { coverTimer, swapTimer } from '../../server/shifts/ask-timers.ts';
import { seriesTimer } from '../../server/shifts/series-store.ts';
import { reminderTimer, shiftTimer } from '../../server/shifts/shift-timers.ts';
import { runDue } from '../../server/timers/timers.ts';
import { startApp } from './app.ts';
import { startPushService } from './push-service.ts';

const minute = 60_000;

/**
 * A whole server in this process, on a port and on a Redis of its own, whose clock is the test's: HTTP, rooms, timers
 * and push, with a push service that goes by the same clock.
 */
export async function startClockedSite() {
  const time = { now: Date.now };
  const service = await startPushService({ now: () => time.now() });
  const test = await startApp({ env: { PUSH_EXTRA_ORIGINS: service.origin } });
  const { clock, deps, redis } = test;
  const { env, logger, eventLog, limits, sessions, now } = deps;
  time.now = now;
  const httpServer = createAdaptorServer({ fetch: test.app.fetch }) as Server;
  const live = attachLive({
    ...{ httpServer, env, logger, eventLog, limits, now },
    auth: {
      findSession: sessions.find,
      findMembership: (personId, neighbourhoodId) => findMembership(redis, personId, neighbourhoodId),
    },
    findSos: createSosStore(redis).getSharing,
    patrols: createPatrolStore(redis),
    // Frames as soon as there is something.
    tickTimes: { exact: 20, coarse: 20 },
    veil: createVeil([sosVeil(redis), searchVeil(redis)]),
    onDelivered: () => undefined,
  });
  const unfollow = await followRevocations(redis, logger, live.revoke);
  const worker = await startPushWorker({
    ...{ redis, logger, now, extraOrigins: [service.origin], pollMs: 50 },
    vapid: webPush.generateVAPIDKeys(),
    subject: 'mailto:watch@example.org',
  });
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const timers = {
    shift: shiftTimer(deps),
    reminder: reminderTimer(deps),
    swap: swapTimer(deps),
    cover: coverTimer(deps),
    series: seriesTimer(deps),
    patrol: patrolTimer(deps),
    'check-in': checkInTimer(deps),
    search: searchTimer(deps),
    handling: handlingTimer(deps),
    freshness: freshnessTimer(deps),
  };

  return {
    ...{ clock, service, redis },
    redisDir: test.server.dir,
    url: `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`,
    /** Time goes on until then, a minute or such a step at a time, and the server's timers run at each. */
    async until(neighbourhoodId: string, at: number, stepMs = minute): Promise<void> {
      const { partition } = neighbourhoodKeys(neighbourhoodId);
      do {
        clock.now = Math.min(at, clock.now + stepMs);
        await runDue({ redis, logger, now }, partition, timers);
      } while (clock.now < at);
    },
    async stop(): Promise<void> {
      await worker.stop();
      unfollow();
      live.close();
      httpServer.closeAllConnections();
      httpServer.close();
      await service.close();
      await test.stop();
    },
  };
}

export type ClockedSite = Awaited<ReturnType<typeof startClockedSite>>;
