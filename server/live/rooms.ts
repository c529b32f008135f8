import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server } from 'socket.io';
import * as v from 'valibot';
import {
  type ClientToServerEvents,
  type JoinAnswer,
  JoinRequest,
  LeaveRequest,
  type ServerToClientEvents,
} from '../../shared/protocol.ts';
import { PatrolPositionTold } from '../../shared/patrols.ts';
import { SosPositionTold } from '../../shared/sos.ts';
import type { Revocation } from '../auth/revocations.ts';
import type { Session } from '../auth/session.ts';
import type { Env } from '../env.ts';
import { toAppError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { maxUnsentBytes } from './broadcast.ts';
import { createConnections } from './connections.ts';
import type { FollowedLog } from './feed.ts';
import { createHandshake } from './handshake.ts';
import { type AboutPatrols, createRooms } from './joining.ts';
import { type Link, createLink } from './link.ts';
import type { FindSos, Told } from './positions.ts';
import { createRelay } from './relay.ts';
import type { OnDelivered } from './room.ts';
import { type TickTimes, tickTimes } from './ticks.ts';
import type { Veil } from '../eventlog/veil.ts';

export type LiveOptions = {
  httpServer: HttpServer;
  env: Env;
  logger: Logger;
  eventLog: FollowedLog;
  limits: Limits;
  auth: {
    /** The session that a cookie's token opens. @throws AppError UNAVAILABLE */
    findSession: (token: string) => Promise<Session | null>;
    /** The active membership of a person. @throws AppError UNAVAILABLE */
    findMembership: (personId: string, neighbourhoodId: string) => Promise<{ id: string } | null>;
  };
  findSos: FindSos;
  patrols: AboutPatrols;
  /** How often walkers' positions are told. */
  tickTimes?: TickTimes;
  veil: Veil;
  onDelivered: OnDelivered;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Time between two comparisons with the log, and between two `log:head`. */
  heartbeatMs?: number;
};

export type Live = {
  /** Closes the sockets of a session that ended, or takes those of a former member out of the room. */
  revoke: (revocation: Revocation) => void;
  /** Whether the relay follows the logs of the open rooms, for readiness. */
  following: () => boolean;
  /** For metrics: what is open now, and how many readers were cut since the start. */
  stats(): { sockets: number; rooms: number; cut: number };
  /** Ends every connection; the HTTP server stays the caller's. */
  close(): void;
};

/** The largest message that a client may send. */
const maxMessageBytes = 64 * 1024;
const connectTimeoutMs = 5000;
const closeGraceMs = 500;

type Answer = (answer: JoinAnswer) => void;
const isAnswer = (value: unknown): value is Answer => typeof value === 'function';

/**
 * Serves Socket.IO on the HTTP server: rooms in which neighbours hear of every log entry as it is committed.
 * Needs no Socket.IO adapter, since each process follows the logs itself, and no connection state recovery,
 * since a client's cursor says what it lacks.
 */
export function attachLive(options: LiveOptions): Live {
  const { httpServer, env, logger, eventLog, limits, auth, onDelivered, heartbeatMs = 10_000 } = options;
  const connections = createConnections();
  const handshake = createHandshake({
    env,
    logger,
    limits,
    findSession: auth.findSession,
    open: connections,
  });
  const relay = createRelay(eventLog, logger, heartbeatMs);
  const slow = new WeakSet<Link>();
  let cut = 0;

  function cutSlow(link: Link): void {
    // Joins that were under way end after the cut, each with an answer that finds the same bytes unsent.
    if (slow.has(link)) return;
    slow.add(link);
    cut += 1;
    logger.info({ unsentBytes: link.lane.unsentBytes }, 'slow reader cut');
    rooms.leaveAll(link);
    link.lane.cut();
  }
  function end(link: Link): void {
    rooms.leaveAll(link);
    link.engine.close(true);
  }
  const rooms = createRooms({
    relay,
    logger,
    findMembership: auth.findMembership,
    findSos: options.findSos,
    patrols: options.patrols,
    tickTimes: options.tickTimes ?? tickTimes,
    veil: options.veil,
    now: options.now ?? Date.now,
    onDelivered,
    onSlow: cutSlow,
  });

  const io = new Server<ClientToServerEvents, ServerToClientEvents>(httpServer, {
    allowRequest: handshake.allowRequest,
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: connectTimeoutMs,
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
  });

  io.engine.on('connection', (engine: Link['engine']) => {
    const admission = handshake.admissionOf(engine.request);
    if (admission === null || connections.endedSince(admission)) {
      engine.close(true);
      return;
    }
    const link = createLink(engine, admission.session);
    connections.add(link, admission.address);
    engine.on('data', () => {
      if (!link.admits(performance.now())) end(link);
      // What is told to the room is checked as it is sent; all else that waits was asked for by the reader itself.
      else if (link.lane.unsentBytes > maxUnsentBytes) cutSlow(link);
    });
    engine.once('close', () => {
      connections.remove(link, admission.address);
      rooms.leaveAll(link);
      // Engine.IO has forgotten it, but the WebSocket would wait 30 s for the other side's goodbye.
      setTimeout(() => link.lane.cut(), closeGraceMs);
    });
  });

  async function join(link: Link, args: unknown[]): Promise<JoinAnswer> {
    const request = v.safeParse(JoinRequest, args[0]);
    if (!request.success || args.length !== 2) return { ok: false, code: 'INVALID_INPUT' };
    try {
      return await rooms.join(link, request.output);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'INTERNAL') logger.error({ err: error.cause }, 'room:join failed');
      return { ok: false, code: error.code };
    }
  }

  io.on('connection', (socket) => {
    const link = connections.of(socket.conn);
    if (link === null) {
      socket.disconnect(true);
      return;
    }
    socket.on('room:join', (...args: unknown[]) => {
      const answer = args.at(-1);
      if (!isAnswer(answer)) return;
      // `join` does not reject; what the answer itself might throw must not end the process.
      void join(link, args)
        .then((result) => (link.lane.unsentBytes > maxUnsentBytes ? cutSlow(link) : answer(result)))
        .catch((error: unknown) => logger.error({ err: error }, 'answer failed'));
    });
    socket.on('room:leave', (...args: unknown[]) => {
      const request = v.safeParse(LeaveRequest, args[0]);
      if (request.success) rooms.leave(link, request.output.neighbourhoodId);
    });
    const share = (told: Told) => {
      rooms
        .accept(link, told)
        .then((position) => (position === null ? undefined : eventLog.tellPosition(position)))
        // Volatile: the next one is seconds away.
        .catch((error: unknown) => logger.debug({ err: error }, 'position not told'));
    };
    socket.on('sos:position', (...args: unknown[]) => {
      const told = v.safeParse(SosPositionTold, args[0]);
      if (told.success && args.length === 1) share({ of: 'sos', ...told.output });
    });
    socket.on('patrol:position', (...args: unknown[]) => {
      const told = v.safeParse(PatrolPositionTold, args[0]);
      if (told.success && args.length === 1) share({ of: 'patrol', ...told.output });
    });
    socket.on('disconnect', () => rooms.leaveAll(link));
    // Malformed packets end the connection by themselves, and a client may name an event `error`.
    socket.on('error', () => undefined);
  });

  return {
    revoke(revocation) {
      if ('memberId' in revocation) {
        rooms.evict(revocation.neighbourhoodId, revocation.memberId);
        return;
      }
      connections.end(revocation).forEach(end);
    },
    following: () => relay.following(),
    stats: () => ({ sockets: connections.size, rooms: rooms.size, cut }),
    close() {
      relay.close();
      connections.all().forEach(end);
      io.engine.close();
    },
  };
}
