import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { createSessions } from '../../../server/auth/session.ts';
import { findMembership } from '../../../server/auth/membership.ts';
import { type Env, parseEnv } from '../../../server/env.ts';
import { createEventLog, encodeEntity, type EventLog } from '../../../server/eventlog/eventlog.ts';
import { derivedId, memberIdOf, newId, newSecret } from '../../../server/ids.ts';
import { createLimits } from '../../../server/limits.ts';
import type { FollowedLog } from '../../../server/live/feed.ts';
import { attachLive, type Live, type LiveOptions } from '../../../server/live/rooms.ts';
import type { Redis } from '../../../server/redis/client.ts';
import { createSosStore } from '../../../server/incidents/sos/store.ts';
import { createVeil } from '../../../server/eventlog/veil.ts';
import { sosVeil } from '../../../server/incidents/sos/veil-store.ts';
import { createPatrolStore } from '../../../server/patrols/store.ts';
import { searchVeil } from '../../../server/patrols/veil-store.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import type { Member } from '../../../shared/neighbourhoods.ts';
import { incidentOf } from '../../support/incident.ts';

/** One server process's worth of rooms, listening; its sessions, log and limits are the real ones. */
export type LiveServer = { url: string; port: number; live: Live; close(): Promise<void> };

export type LiveServerOptions = {
  env?: Record<string, string>;
  heartbeatMs?: number;
  /** Stands between the relay and the log, to lose or delay what the network could. */
  around?: (log: EventLog) => FollowedLog;
  auth?: Partial<LiveOptions['auth']>;
  patrols?: Partial<LiveOptions['patrols']>;
  onDelivered?: LiveOptions['onDelivered'];
  logger?: Logger;
  now?: () => number;
  tickTimes?: LiveOptions['tickTimes'];
};

export async function startLiveServer(redis: Redis, options: LiveServerOptions = {}): Promise<LiveServer> {
  const parsed = parseEnv({ RATE_LIMITS: 'off', ...options.env });
  if (!parsed.ok) throw new Error(parsed.message);
  const env: Env = parsed.env;
  const eventLog = createEventLog(redis);
  const sessions = createSessions(redis, Date.now);
  const httpServer = createServer((_request, response) => response.writeHead(404).end());
  const live = attachLive({
    httpServer,
    env,
    logger: options.logger ?? pino({ level: 'silent' }),
    eventLog: options.around?.(eventLog) ?? eventLog,
    limits: createLimits(redis, env.RATE_LIMITS === 'on'),
    auth: {
      findSession: sessions.find,
      findMembership: (personId, neighbourhoodId) => findMembership(redis, personId, neighbourhoodId),
      ...options.auth,
    },
    findSos: createSosStore(redis).getSharing,
    patrols: { ...createPatrolStore(redis), ...options.patrols },
    ...(options.tickTimes === undefined ? {} : { tickTimes: options.tickTimes }),
    veil: createVeil([sosVeil(redis), searchVeil(redis)]),
    ...(options.now === undefined ? {} : { now: options.now }),
    onDelivered: options.onDelivered ?? (() => undefined),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  const { port } = httpServer.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    live,
    async close() {
      live.close();
      httpServer.closeAllConnections();
      httpServer.close();
      await once(httpServer, 'close');
    },
  };
}

/** A neighbourhood whose log has begun, and what a test does in it. */
export type TestNeighbourhood = {
  id: string;
  epoch: string;
  log: EventLog;
  /** Somebody who is a member, signed in on a device. */
  enrol(): Promise<{ personId: string; memberId: string; deviceId: string; cookie: string }>;
  /** Commits a report. @returns its seq */
  report(options?: { by?: string | null; description?: string }): Promise<number>;
  remove(memberId: string): Promise<void>;
};

function memberOf(id: string, status: Member['status'] = 'active'): Member {
  return {
    id,
    version: status === 'active' ? 1 : 2,
    name: 'Ada',
    role: 'resident',
    status,
    joinedAt: 1_700_000_000_000,
  };
}

export async function foundNeighbourhood(redis: Redis): Promise<TestNeighbourhood> {
  const id = newId();
  const epoch = newId();
  const log = createEventLog(redis);
  const sessions = createSessions(redis, Date.now);
  const keys = neighbourhoodKeys(id);
  const at = Date.now();
  await log.commit({
    neighbourhoodId: id,
    at,
    epoch,
    event: { type: 'incidents.imported', by: null, source: 'founding', count: 0 },
    guards: [],
    writes: [],
    body: {},
  });
  return {
    id,
    epoch,
    log,
    async enrol() {
      const personId = newId();
      const deviceId = newId();
      const memberId = memberIdOf(personId, id);
      await redis.send(keys.members, 'HSET', keys.members, memberId, encodeEntity(memberOf(memberId)));
      const command = { id: newId(), fingerprint: newId(), secret: () => newSecret() };
      const token = await sessions.open(personId, deviceId, 'a phone', command);
      return { personId, memberId, deviceId, cookie: `vigie_session=${token}` };
    },
    async report({ by = null, description = 'Smoke above the roofs.' } = {}) {
      const incidentId = derivedId(newId());
      const committed = await log.commit({
        neighbourhoodId: id,
        at: Date.now(),
        event: {
          type: 'incident.reported',
          by,
          incident: incidentOf({
            id: incidentId,
            position: { lat: 48.85, lng: 2.35 },
            description,
            observedAt: at,
            reportedAt: at,
            reportedBy: by,
          }),
        },
        guards: [],
        writes: [],
        body: {},
      });
      if (committed === null) throw new Error('nothing guards a report here');
      return committed.seq;
    },
    async remove(memberId) {
      const member = memberOf(memberId, 'removed');
      await log.commit({
        neighbourhoodId: id,
        at: Date.now(),
        event: { type: 'member.removed', by: null, member },
        guards: [],
        writes: [['HSET', keys.members, memberId, encodeEntity(member)]],
        body: {},
      });
    },
  };
}
