import { describe, expect, it } from 'vitest';
import { type EventLog, type LogMessage, cursorOf } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { eventually } from '../../support/eventually.ts';
import { createFollower } from './follower.ts';
import { seqsOf, useStage } from './stage.ts';

const stage = useStage();

type Hear = (message: LogMessage) => void;
/** A subscription of which the network lets only some messages through. */
const lossy = (lets: (message: LogMessage, hear: Hear) => void) => (log: EventLog) => ({
  ...log,
  subscribe: (id: string, listener: Hear) => log.subscribe(id, (message) => lets(message, listener)),
});

describe('a relay whose nudges get lost', () => {
  it('[LI25] deaf to every nudge, it still tells everything within a heartbeat', async () => {
    const live = await stage.serve({ heartbeatMs: 100, around: lossy(() => undefined) });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    for (let i = 0; i < 30; i += 1) await stage.place.report();
    await eventually(() => ada.entries.length === 30);
    expect(ada.seqs()).toEqual(Array.from({ length: 30 }, (_, i) => i + 2));
  });

  it('[LI26] fills a jump from the log before it goes on, whatever comes meanwhile', async () => {
    let n = 0;
    const live = await stage.serve({
      heartbeatMs: 60_000,
      // Every third message is lost, every fifth comes twice, every seventh late.
      around: lossy((message, hear) => {
        n += 1;
        if (n % 3 === 0) return;
        if (n % 5 === 0) hear(message);
        if (n % 7 === 0) setImmediate(() => hear(message));
        else hear(message);
      }),
    });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let i = 0; i < 20; i += 1) await stage.place.report();
      }),
    );
    // The last one may be among the lost: one more tells of it.
    while (ada.entries.length < 320) {
      await stage.place.report();
      await eventually(() => ada.entries.length >= 320, { within: 200 }).catch(() => undefined);
    }
    expect(ada.seqs()).toEqual(Array.from({ length: ada.entries.length }, (_, i) => i + 2));
  });

  it('[LI27] reads the gap when the subscription was interrupted, not at the next heartbeat', async () => {
    let resubscribed: () => void = () => undefined;
    let lost = 0;
    const live = await stage.serve({
      heartbeatMs: 60_000,
      around: (log) => ({
        ...lossy(() => {
          lost += 1;
        })(log),
        onResubscribed: (listener) => {
          resubscribed = listener;
        },
      }),
    });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    await stage.place.report();
    await stage.place.report();
    await eventually(() => lost === 2);
    resubscribed();
    await eventually(() => ada.entries.length === 2);
  });

  it('[LI28] after a real Redis died and came back, rooms go on without a gap', async () => {
    const live = await stage.serve({ heartbeatMs: 200 });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(1);
    await stage.place.report();
    await eventually(() => ada.entries.length === 1);
    await stage.server.kill();
    await stage.server.restart();
    const other = await stage.server.connect();
    await eventually(async () => {
      await stage.place.report();
      return true;
    });
    await other.close();
    await eventually(() => ada.entries.length >= 2);
    expect(ada.seqs()).toEqual(Array.from({ length: ada.entries.length }, (_, i) => i + 2));
  });
});

describe('a log that cannot be followed on', () => {
  const follow = async (heartbeatMs: number, around?: (log: EventLog) => EventLog) => {
    const live = await stage.serve(around === undefined ? { heartbeatMs } : { heartbeatMs, around });
    const { place } = stage;
    const follower = createFollower({
      neighbourhoodId: place.id,
      cookie: (await place.enrol()).cookie,
      cursor: cursorOf({ epoch: place.epoch, seq: 1 }),
      head: async () => cursorOf((await place.log.head(place.id)) ?? { epoch: place.epoch, seq: 0 }),
    });
    stage.atEnd(() => follower.close());
    follower.connect(live.url);
    await eventually(() => follower.state === 'live');
    return follower;
  };

  it('[LI29] in a new life, clients are told of it and start from a snapshot', async () => {
    const follower = await follow(50);
    await stage.place.report();
    await eventually(() => follower.applied.length === 1);
    const { meta } = neighbourhoodKeys(stage.place.id);
    await stage.redis.send(meta, 'HSET', meta, 'epoch', newId());
    await eventually(() => follower.snapshots === 1 && follower.state === 'live');
    await stage.place.report();
    await eventually(() => follower.applied.length === 1);
    expect(follower.applied.map(({ seq }) => seq)).toEqual([3]);
  });

  it('[LI30] a gap of more than 512 entries, or one that was trimmed, is healed by a snapshot, never by silence', async () => {
    let deaf = true;
    let lost = 0;
    const follower = await follow(
      60_000,
      lossy((message, hear) => {
        if (deaf) lost += 1;
        else hear(message);
      }),
    );
    for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: 30 }, () => stage.place.report()));
    await eventually(() => lost === 600);
    deaf = false;
    await stage.place.report();
    await eventually(() => follower.snapshots === 1 && follower.state === 'live');
    deaf = true;
    for (let i = 0; i < 5; i += 1) await stage.place.report();
    const { log } = neighbourhoodKeys(stage.place.id);
    await stage.redis.send(log, 'XTRIM', log, 'MAXLEN', '1');
    await eventually(() => lost === 605);
    deaf = false;
    await stage.place.report();
    await eventually(() => follower.snapshots === 2 && follower.state === 'live');
    await stage.place.report();
    const head = await stage.place.log.head(stage.place.id);
    await eventually(() => follower.applied.at(-1)?.seq === head?.seq);
    expect(follower.applied.map(({ seq }) => seq)).toEqual(
      Array.from({ length: follower.applied.length }, (_, i) => follower.from + i + 1),
    );
  });
});

describe('what goes on the wire', () => {
  it('[LI31] frames over 64 kB arrive whole, also beyond ASCII', async () => {
    const live = await stage.serve();
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    const bo = await stage.phone(live, (await stage.place.enrol()).cookie, ['polling']);
    await ada.join(1);
    await bo.join(1);
    const texts = [80_000, 65_536, 65_535, 200, 126, 125, 1].map((length) => `🔥é${'x'.repeat(length)}`);
    for (const description of texts) await stage.place.report({ description });
    const told = () =>
      ada.entries.map((entry) => (entry.type === 'incident.reported' ? entry.incident.description : ''));
    await eventually(() => ada.entries.length === texts.length && bo.entries.length === texts.length);
    expect(told()).toEqual(texts);
    expect(bo.entries).toEqual(ada.entries);
    expect(seqsOf(await ada.join(1))).toHaveLength(texts.length);
  });

  it('[LI32] clients that begin by long-polling get everything in order through their upgrade in a storm', async () => {
    const live = await stage.serve();
    let storming = true;
    const writers = Array.from({ length: 8 }, async () => {
      while (storming) await stage.place.report();
    });
    const phones = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const { cookie } = await stage.place.enrol();
        const each = await stage.phone(live, cookie, i % 3 === 0 ? ['polling'] : ['polling', 'websocket']);
        // The upgrade is under way: joining now makes the storm run through it.
        const head = (await stage.place.log.head(stage.place.id))?.seq ?? 0;
        const answer = await each.join(Math.max(0, head - 20));
        return { each, caughtUp: seqsOf(answer) ?? [], polling: i % 3 === 0 };
      }),
    );
    await eventually(() => phones.every(({ each }) => each.entries.length > 200));
    const transports = () => phones.map(({ each }) => each.socket.io.engine.transport.name);
    await eventually(() => transports().filter((name) => name === 'websocket').length === 8);
    storming = false;
    await Promise.all(writers);
    const head = (await stage.place.log.head(stage.place.id))?.seq ?? 0;
    await eventually(() => phones.every(({ each }) => each.seqs().includes(head)));
    for (const { each, caughtUp } of phones) {
      // One socket carries the answer and what is live: in their order of arrival they make the log.
      const all = [...caughtUp, ...each.seqs()].toSorted((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: all.length }, (_, i) => (all[0] ?? 0) + i));
      expect(each.seqs()).toEqual(each.seqs().toSorted((a, b) => a - b));
    }
  });
});
