import { describe, expect, it } from 'vitest';
import { findMembership } from '../../../server/auth/membership.ts';
import { AppError } from '../../../server/errors.ts';
import { type EventLog, cursorOf } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { eventually } from '../../support/eventually.ts';
import { join, rawJoin } from './follower.ts';
import { foundNeighbourhood } from './live-server.ts';
import { seqsOf, useStage } from './stage.ts';

const stage = useStage();
const snapshotNeeded = { ok: true, snapshotNeeded: true };

describe('joining', () => {
  it('[LI2] answers with everything after the cursor, then tells what comes, in order', async () => {
    const live = await stage.serve();
    for (let i = 0; i < 5; i += 1) await stage.place.report();
    const { cookie } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    const answer = await ada.join(2);
    expect(answer).toMatchObject({
      ok: true,
      cursor: cursorOf({ epoch: stage.place.epoch, seq: 6 }),
      positions: [],
    });
    expect(seqsOf(answer)).toEqual([3, 4, 5, 6]);
    const [stored] = await stage.place.log.read(stage.place.id, 2, 3);
    expect('entries' in answer && JSON.stringify(answer.entries[0])).toBe(stored?.json);
    for (let i = 0; i < 3; i += 1) await stage.place.report();
    await eventually(() => ada.entries.length === 3);
    expect(ada.seqs()).toEqual([7, 8, 9]);
  });

  it('[LI3] asks for a snapshot without a cursor, and for one of another life, from the future, trimmed or 500 behind', async () => {
    const live = await stage.serve();
    const { cookie } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    expect(await join(ada.socket, { neighbourhoodId: stage.place.id, cursor: null })).toEqual(snapshotNeeded);
    expect(await ada.join(0, newId())).toEqual(snapshotNeeded);
    expect(await ada.join(2)).toEqual(snapshotNeeded);
    for (let i = 0; i < 20; i += 1) await Promise.all(Array.from({ length: 26 }, () => stage.place.report()));
    const head = await stage.place.log.head(stage.place.id);
    expect(head?.seq).toBe(521);
    expect(await ada.join(20)).toEqual(snapshotNeeded);
    expect(seqsOf(await ada.join(21))).toHaveLength(500);
    const { log } = neighbourhoodKeys(stage.place.id);
    await stage.redis.send(log, 'XTRIM', log, 'MINID', '0-101');
    const fresh = await stage.phone(await stage.serve(), cookie);
    expect(await fresh.join(99)).toEqual(snapshotNeeded);
    expect(seqsOf(await fresh.join(100))).toHaveLength(421);
    // Who needs a snapshot is in no room.
    expect(live.live.stats().rooms).toBe(1);
    expect(await ada.join(0, newId())).toEqual(snapshotNeeded);
    await eventually(() => live.live.stats().rooms === 0);
  });

  it('[LI4] a cursor ahead of this process is not from the future while the log has it', async () => {
    const live = await stage.serve({
      around: (log) => ({ ...log, subscribe: async () => async () => undefined }),
    });
    const { cookie } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    expect(seqsOf(await ada.join(0))).toEqual([1]);
    await stage.place.report();
    await stage.place.report();
    const bo = await stage.phone(live, (await stage.place.enrol()).cookie);
    expect(await bo.join(3)).toMatchObject({
      ok: true,
      entries: [],
      cursor: cursorOf({ epoch: stage.place.epoch, seq: 3 }),
    });
    await eventually(() => ada.entries.length === 2);
  });

  it('[LI5] is for members: for others, and for rooms that do not exist, there is nothing', async () => {
    const live = await stage.serve();
    const elsewhere = await foundNeighbourhood(stage.redis);
    const stranger = await stage.phone(live, (await elsewhere.enrol()).cookie);
    expect(await stranger.join(0)).toEqual({ ok: false, code: 'NOT_FOUND' });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    expect(seqsOf(await ada.join(0))).toEqual([1]);
    expect(await stranger.join(0)).toEqual({ ok: false, code: 'NOT_FOUND' });
    expect(await rawJoin(stranger.socket, { neighbourhoodId: newId(), cursor: null })).toMatchObject({
      code: 'NOT_FOUND',
    });
    await stage.place.report();
    await eventually(() => ada.entries.length === 1);
    expect(stranger.entries).toEqual([]);
  });

  it('[LI6] refuses malformed requests as INVALID_INPUT and changes nothing', async () => {
    const live = await stage.serve();
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    const cursor = cursorOf({ epoch: stage.place.epoch, seq: 0 });
    const wrong: unknown[][] = [
      [],
      [null],
      ['x'],
      [{ neighbourhoodId: stage.place.id }],
      [{ neighbourhoodId: '../etc', cursor: null }],
      [{ neighbourhoodId: stage.place.id, cursor: 7 }],
      [{ neighbourhoodId: stage.place.id, cursor: `${stage.place.epoch}.-1` }],
      [{ neighbourhoodId: stage.place.id, cursor: `${stage.place.epoch}.NaN` }],
      [{ neighbourhoodId: [stage.place.id], cursor }],
      [{ neighbourhoodId: stage.place.id, cursor, role: 'coordinator' }],
      [{ neighbourhoodId: stage.place.id, cursor }, 'more'],
    ];
    for (const args of wrong)
      expect(await rawJoin(ada.socket, ...args)).toEqual({ ok: false, code: 'INVALID_INPUT' });
    expect(live.live.stats().rooms).toBe(0);
    expect(ada.socket.connected).toBe(true);
  });

  it('[LI7] answers UNAVAILABLE while Redis is away and INTERNAL for what nobody expected; the process lives on', async () => {
    let trouble: Error | null = null;
    const live = await stage.serve({
      auth: {
        async findMembership(personId, neighbourhoodId) {
          if (trouble !== null) throw trouble;
          return findMembership(stage.redis, personId, neighbourhoodId);
        },
      },
    });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    trouble = new AppError('UNAVAILABLE');
    expect(await ada.join(0)).toEqual({ ok: false, code: 'UNAVAILABLE' });
    trouble = new TypeError('a bug');
    expect(await ada.join(0)).toEqual({ ok: false, code: 'INTERNAL' });
    trouble = null;
    expect(seqsOf(await ada.join(0))).toEqual([1]);
  });

  it('[LI8] a thousand entries of one turn are few frames, and N who come back cost one read of the log', async () => {
    let reads = 0;
    const counted = (log: EventLog) => ({
      ...log,
      read: (...args: Parameters<EventLog['read']>) => {
        reads += 1;
        return log.read(...args);
      },
    });
    for (let i = 0; i < 10; i += 1) await Promise.all(Array.from({ length: 30 }, () => stage.place.report()));
    const live = await stage.serve({ around: counted });
    const { cookie } = await stage.place.enrol();
    const phones = await Promise.all(Array.from({ length: 40 }, () => stage.phone(live, cookie)));
    const answers = await Promise.all(phones.map((each, i) => each.join(i * 7)));
    answers.forEach((answer, i) =>
      expect(seqsOf(answer)).toEqual(Array.from({ length: 301 - i * 7 }, (_, k) => i * 7 + k + 1)),
    );
    expect(reads).toBe(1);
    await Promise.all(Array.from({ length: 200 }, () => stage.place.report()));
    await eventually(() => phones.every(({ entries }) => entries.length === 200));
    const [first] = phones;
    expect(first?.seqs()).toEqual(Array.from({ length: 200 }, (_, k) => 302 + k));
    expect(first?.frames.length).toBeLessThan(100);
    expect(reads).toBe(1);
  });
});

describe('leaving', () => {
  it('[LI9] a room that was left, or whose last socket is gone, follows its log no more', async () => {
    let subscribed = 0;
    const live = await stage.serve({
      around: (log) => ({
        ...log,
        async subscribe(id, listener) {
          const stop = await log.subscribe(id, listener);
          subscribed += 1;
          return async () => {
            subscribed -= 1;
            await stop();
          };
        },
      }),
    });
    const ada = await stage.phone(live, (await stage.place.enrol()).cookie);
    const bo = await stage.phone(live, (await stage.place.enrol()).cookie);
    await ada.join(0);
    await bo.join(0);
    expect([subscribed, live.live.stats().rooms]).toEqual([1, 1]);
    ada.socket.emit('room:leave', { neighbourhoodId: stage.place.id });
    // Messages of one socket are dealt with in order.
    await join(ada.socket, { neighbourhoodId: stage.place.id, cursor: null });
    await stage.place.report();
    await eventually(() => bo.entries.length === 1);
    expect(ada.entries).toEqual([]);
    bo.socket.disconnect();
    await eventually(() => subscribed === 0 && live.live.stats().rooms === 0);
    await stage.place.report();
    expect(seqsOf(await ada.join(1))).toEqual([2, 3]);
  });

  it('[LI16] a removed member learns of it and of nothing after it, and is closed, without any revocation', async () => {
    const live = await stage.serve();
    const { cookie, memberId } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    const tablet = await stage.phone(live, cookie);
    const bo = await stage.phone(live, (await stage.place.enrol()).cookie);
    for (const each of [ada, tablet, bo]) await each.join(1);
    await Promise.all([
      stage.place.report(),
      stage.place.remove(memberId),
      stage.place.report(),
      stage.place.report(),
    ]);
    await eventually(() => bo.entries.length === 4);
    const removal = bo.entries.findIndex(({ type }) => type === 'member.removed');
    expect(ada.seqs()).toEqual(bo.seqs().slice(0, removal + 1));
    expect(tablet.seqs()).toEqual(ada.seqs());
    await Promise.all([ada.closed, tablet.closed]);
    expect(await (await stage.phone(live, cookie)).join(1)).toEqual({ ok: false, code: 'NOT_FOUND' });
  });

  it('[LI17] a member who is removed while the join is under way does not get in', async () => {
    let release: (() => void) | null = null;
    let held = false;
    const live = await stage.serve({
      auth: {
        async findMembership(personId, neighbourhoodId) {
          const member = await findMembership(stage.redis, personId, neighbourhoodId);
          if (held) await new Promise<void>((resolve) => (release = resolve));
          return member;
        },
      },
    });
    const bo = await stage.phone(live, (await stage.place.enrol()).cookie);
    await bo.join(1);
    const { cookie, memberId } = await stage.place.enrol();
    const ada = await stage.phone(live, cookie);
    held = true;
    const answer = ada.join(1);
    const letGo = await eventually(() => release);
    await stage.place.remove(memberId);
    await eventually(() => bo.entries.length === 1);
    letGo();
    expect(await answer).toEqual({ ok: false, code: 'NOT_FOUND' });
    await stage.place.report();
    await eventually(() => bo.entries.length === 2);
    expect(ada.entries).toEqual([]);
  });

  it('[LI18] a revoked session and a revoked membership are closed on the spot', async () => {
    const live = await stage.serve();
    const one = await stage.place.enrol();
    const other = await stage.place.enrol();
    const ada = await stage.phone(live, one.cookie);
    const bo = await stage.phone(live, other.cookie);
    await ada.join(1);
    await bo.join(1);
    live.live.revoke({ personId: one.personId, deviceId: one.deviceId });
    await ada.closed;
    expect(live.live.stats().sockets).toBe(1);
    live.live.revoke({ neighbourhoodId: stage.place.id, memberId: other.memberId });
    expect(live.live.stats()).toMatchObject({ rooms: 0, sockets: 0 });
    await bo.closed;
  });
});
