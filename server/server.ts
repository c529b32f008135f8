import { mkdir } from 'node:fs/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { findMembership } from './auth/membership.ts';
import { followRevocations } from './auth/revocations.ts';
import { createSessions } from './auth/session.ts';
import type { Deps } from './deps.ts';
import type { Env } from './env.ts';
import { renewEpochs } from './eventlog/epochs.ts';
import { createEventLog } from './eventlog/eventlog.ts';
import { createReach, type ReachCounter } from './eventlog/reach.ts';
import { createVeil } from './eventlog/veil.ts';
import { createInHand } from './in-hand.ts';
import { createForgetting } from './incidents/forgetting.ts';
import { freshnessTimer } from './incidents/outcomes/freshness-timer.ts';
import { handlingTimer } from './incidents/handling/timer.ts';
import { reviewRetention, reviewTimer } from './incidents/reviews/timer.ts';
import { sosNameTimer } from './incidents/sos/erasing.ts';
import { createSosStore } from './incidents/sos/store.ts';
import { sosVeil } from './incidents/sos/veil-store.ts';
import { calendarLeaver } from './calendar/leaver-timer.ts';
import { walkTimer } from './incidents/sos/walk-timer.ts';
import { untoldTimer } from './incidents/confirmations/witness-timer.ts';
import { forgetDrills } from './drills/personal.ts';
import { drillDueTimer, drillTimer } from './drills/timer.ts';
import { createLimits } from './limits.ts';
import type { Delivered } from './live/room.ts';
import { attachLive, type Live } from './live/rooms.ts';
import { forgetLeavers, forgetNames } from './neighbourhoods/forgetting.ts';
import { forgetPatrols } from './patrols/personal.ts';
import { forgetHomeSafe } from './patrols/home-safe-personal.ts';
import { checkInTimer, searchTimer } from './patrols/home-safe-timers.ts';
import { patrolLeaver } from './patrols/leaver-timer.ts';
import { patrolTimer } from './patrols/timer.ts';
import { createPatrolStore } from './patrols/store.ts';
import { searchVeil } from './patrols/veil-store.ts';
import { createResizer } from './photos/resizer.ts';
import { photoRetention } from './photos/retention.ts';
import { digestTimer } from './push/preferences/digest-timer.ts';
import { preferenceLeaver } from './push/preferences/personal.ts';
import { copySubscriptions } from './push/store.ts';
import { startPushThread } from './push/thread.ts';
import { loadVapidKeys } from './push/vapid.ts';
import { connectRedis, type Redis, type RedisTarget } from './redis/client.ts';
import { compaction, planCompaction } from './redis/compaction.ts';
import { startEmbeddedRedis } from './redis/embedded.ts';
import { forgetCopies } from './redis/repair.ts';
import { forgetEntriesLost, wereEntriesLost } from './redis/lost-entries.ts';
import { forgetRelays } from './relays/personal.ts';
import { relayLeaver, relayTimer } from './relays/timer.ts';
import { shiftRetention } from './shifts/forgetting.ts';
import { leaverTimer } from './shifts/leaver-timer.ts';
import { seriesTimer } from './shifts/series-store.ts';
import { coverTimer, swapTimer } from './shifts/ask-timers.ts';
import { reminderTimer, shiftTimer } from './shifts/shift-timers.ts';
import { openTiles } from './tiles/tiles.ts';
import { retention } from './timers/retention.ts';
import { followTimers } from './timers/timers.ts';

export type RunningServer = {
  /** Where it listens; the port that was free when PORT is 0. */
  url: string;
  target: RedisTarget;
  /** Finishes what is under way, then ends in the reverse order of the start. */
  stop(): Promise<void>;
};

/** Requests under way at the end get so long. */
const requestGraceMs = 3000;

/** Ends of what was started, run in reverse. */
function createStops() {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    add: (stop: () => Promise<void> | void) => void stops.push(stop),
    async run() {
      for (const stop of stops.splice(0).toReversed()) await stop();
    },
  };
}

async function targetOf(
  env: Env,
  logger: Logger,
  stops: ReturnType<typeof createStops>,
): Promise<{ target: RedisTarget; dir: string | null }> {
  if (env.REDIS_CLUSTER_NODES !== undefined)
    return { target: { kind: 'cluster', nodes: env.REDIS_CLUSTER_NODES }, dir: null };
  if (env.REDIS_URL !== undefined) return { target: { kind: 'url', url: env.REDIS_URL }, dir: null };
  const embedded = await startEmbeddedRedis({ dataDir: env.DATA_DIR, logger });
  stops.add(() => embedded.stop());
  return embedded;
}

/** After a repair that cost entries no device may go on from its cursor: a seq may name another entry now. */
async function renewAfterLoss(redis: Redis, dir: string, logger: Logger): Promise<void> {
  if (!(await wereEntriesLost(dir))) return;
  const logs = await renewEpochs(redis);
  await forgetEntriesLost(dir);
  logger.warn({ logs }, 'entries were lost with a damaged file; every device starts from a snapshot');
}

/** What live maps took of an alert or its correction. */
async function countDelivered(reach: ReachCounter, delivered: Delivered): Promise<void> {
  const { neighbourhoodId, incidentId, of, maps, deviceIds } = delivered;
  const counted = of === 'alert' ? { maps } : {};
  await reach.add(neighbourhoodId, incidentId, { of, how: 'told' }, deviceIds, counted);
}

async function listen(server: Server, env: Env): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PORT, env.HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return `http://localhost:${port}`;
}

/**
 * Starts one process of Vigie: its Redis if it has none, the API and the rooms (role `web`), push and timers
 * (role `worker`).
 * @param clientDir folder of the built client
 * @throws when Redis cannot be had, a key file is damaged or the port is taken; nothing is left running then
 */
export async function startServer(env: Env, logger: Logger, clientDir: string): Promise<RunningServer> {
  const stops = createStops();
  try {
    await mkdir(env.DATA_DIR, { recursive: true, mode: 0o700 });
    const { target, dir } = await targetOf(env, logger, stops);
    const redis = await connectRedis(target, logger);
    stops.add(() => redis.close());
    if (dir !== null) {
      await renewAfterLoss(redis, dir, logger);
      // Redis may be mended and started again while we run.
      redis.onResubscribed(() => {
        renewAfterLoss(redis, dir, logger).catch((error: unknown) =>
          logger.warn({ err: error }, 'epochs not renewed'),
        );
      });
    }
    const now = Date.now;
    const inHand = createInHand();
    const eventLog = createEventLog(redis);
    const reach = createReach(redis, logger);
    stops.add(() => reach.close());
    const sessions = createSessions(redis, now);
    const limits = createLimits(redis, env.RATE_LIMITS === 'on');
    const onMembership: Deps['onMembership'] = (...membership) => copySubscriptions(redis, ...membership);
    const deps: Deps = { env, logger, redis, eventLog, sessions, limits, reach, onMembership, now };
    const vapid = await loadVapidKeys(env.DATA_DIR, env);

    if (env.ROLES.includes('worker')) {
      const photos = photoRetention(deps);
      const timers = {
        photo: photos.unused,
        retention: retention(deps, [
          createForgetting(deps).forgetDue,
          reviewRetention(deps),
          shiftRetention(deps),
          forgetPatrols(deps),
          forgetHomeSafe(deps),
          forgetDrills(deps),
          forgetRelays(deps),
          forgetLeavers(deps),
          forgetNames(deps),
          photos.sweep,
        ]),
        compaction: compaction(deps, () => (dir === null ? Promise.resolve() : forgetCopies(dir, now()))),
        handling: handlingTimer(deps),
        freshness: freshnessTimer(deps),
        'sos-name': sosNameTimer(deps),
        witness: untoldTimer(deps),
        review: reviewTimer(deps),
        walk: walkTimer(deps),
        shift: shiftTimer(deps),
        reminder: reminderTimer(deps),
        swap: swapTimer(deps),
        cover: coverTimer(deps),
        series: seriesTimer(deps),
        memberLeft: async (...left: [neighbourhoodId: string, memberId: string]) => {
          await leaverTimer(deps)(...left);
          await calendarLeaver(deps)(...left);
          await relayLeaver(deps)(...left);
          await preferenceLeaver(deps)(...left);
          return await patrolLeaver(deps)(...left);
        },
        patrol: patrolTimer(deps),
        relay: relayTimer(deps),
        'check-in': checkInTimer(deps),
        search: searchTimer(deps),
        digest: digestTimer(deps),
        drill: drillTimer(deps),
        'drill-due': drillDueTimer(deps),
      };
      await planCompaction(redis, now());
      stops.add(followTimers(deps, timers));
      const push = startPushThread({ env, target, vapid, logger, inHand });
      stops.add(() => push.stop());
    }

    const tiles = await openTiles(
      { tileUrl: env.TILE_URL, basemap: env.BASEMAP, dataDir: env.DATA_DIR, publicUrl: env.PUBLIC_URL },
      logger,
    );
    stops.add(() => tiles.close());
    const resizer = createResizer({ logger });
    stops.add(() => resizer.stop());
    let live: Live | null = null;
    const app = createApp(deps, { tiles, vapid, clientDir, resizer, inHand, live: () => live });
    const server = createAdaptorServer({
      fetch: app.fetch,
      serverOptions: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000 },
    }) as Server;

    let closed = Promise.resolve();
    stops.add(async () => {
      const grace = setTimeout(() => server.closeAllConnections(), requestGraceMs);
      await closed;
      clearTimeout(grace);
    });

    if (env.ROLES.includes('web')) {
      const rooms = attachLive({
        httpServer: server,
        env,
        logger,
        eventLog,
        limits,
        auth: {
          findSession: sessions.find,
          findMembership: (personId, neighbourhoodId) => findMembership(redis, personId, neighbourhoodId),
        },
        findSos: createSosStore(redis).getSharing,
        patrols: createPatrolStore(redis),
        veil: createVeil([sosVeil(redis), searchVeil(redis)]),
        onDelivered: (delivered) => {
          countDelivered(reach, delivered).catch((error: unknown) => {
            logger.debug({ err: error }, 'reach not counted');
          });
        },
      });
      live = rooms;
      stops.add(() => rooms.close());
      stops.add(await followRevocations(redis, logger, rooms.revoke));
    }

    const url = await listen(server, env);
    // First of all nobody new; what is open ends with the rooms, or after its grace.
    stops.add(() => {
      closed = new Promise((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
    });
    return { url, target, stop: () => stops.run() };
  } catch (error) {
    await stops.run();
    throw error;
  }
}
