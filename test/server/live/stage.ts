import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { cursorOf } from '../../../server/eventlog/eventlog.ts';
import type { Redis } from '../../../server/redis/client.ts';
import type { LogEntry } from '../../../shared/events.ts';
import type { JoinAnswer } from '../../../shared/protocol.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { join, type LiveSocket, openSocket } from './follower.ts';
import {
  foundNeighbourhood,
  type LiveServer,
  type LiveServerOptions,
  startLiveServer,
  type TestNeighbourhood,
} from './live-server.ts';

/** A connected socket, with what it was told so far. */
export type TestPhone = {
  socket: LiveSocket;
  entries: LogEntry[];
  /** The seqs of each `log:entries` frame. */
  frames: number[][];
  heads: string[];
  reaches: unknown[];
  closed: Promise<void>;
  seqs(): number[];
  join(seq: number, epoch?: string): Promise<JoinAnswer>;
};

export type Stage = {
  redis: Redis;
  server: TestRedis;
  /** A new one for each test. */
  place: TestNeighbourhood;
  serve(options?: LiveServerOptions): Promise<LiveServer>;
  phone(live: LiveServer, cookie: string, transports?: ('websocket' | 'polling')[]): Promise<TestPhone>;
  /** Runs when the test has ended, last first. */
  atEnd(end: () => Promise<void> | void): void;
};

/** Registers what the tests of a file need: one Redis, a neighbourhood for each, and the end of what each started. */
export function useStage(): Stage {
  const ends: (() => Promise<void> | void)[] = [];
  const stage = {
    async serve(options) {
      const live = await startLiveServer(stage.redis, options);
      ends.push(() => live.close());
      return live;
    },
    async phone({ url }, cookie, transports) {
      const socket = openSocket(url, cookie, transports);
      const entries: LogEntry[] = [];
      const frames: number[][] = [];
      const heads: string[] = [];
      const reaches: unknown[] = [];
      socket.on('log:entries', (message) => {
        entries.push(...message.entries);
        frames.push(message.entries.map(({ seq }) => seq));
      });
      socket.on('log:head', ({ cursor }) => heads.push(cursor));
      socket.on('incident:reach', ({ reach }) => reaches.push(reach));
      const closed = new Promise<void>((resolve) => void socket.on('disconnect', () => resolve()));
      const connected = new Promise<void>((resolve) => void socket.on('connect', () => resolve()));
      socket.connect();
      await connected;
      ends.push(() => void socket.disconnect());
      const { id, epoch: life } = stage.place;
      return {
        socket,
        entries,
        frames,
        heads,
        reaches,
        closed,
        seqs: () => entries.map(({ seq }) => seq),
        join: (seq, epoch = life) => join(socket, { neighbourhoodId: id, cursor: cursorOf({ epoch, seq }) }),
      };
    },
    atEnd: (end) => void ends.push(end),
  } as Stage;

  beforeAll(async () => {
    stage.server = await startRedis();
    stage.redis = await stage.server.connect();
  });
  afterAll(() => stage.server.stop());
  beforeEach(async () => {
    stage.place = await foundNeighbourhood(stage.redis);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
  return stage;
}

export const seqsOf = (answer: JoinAnswer) =>
  'entries' in answer ? answer.entries.map(({ seq }) => seq) : null;
