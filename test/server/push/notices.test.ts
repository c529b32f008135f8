import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../shared/events.ts';
import type { CheckIn, Search } from '../../../shared/home-safe.ts';
import { NoticeMessage } from '../../../shared/push.ts';
import { encodeEntity } from '../../../server/eventlog/eventlog.ts';
import { newId } from '../../../server/ids.ts';
import { topicOf } from '../../../server/push/sender.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf } from '../../support/app.ts';
import { type Phone, street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();

const names = ['founder', 'bo', 'cy', 'di', 'vi'] as const;
type Who = (typeof names)[number];

/** Ada founded it, Vi is a volunteer; Bo walks with Cy. All are subscribed, Bo with two phones. */
async function scene() {
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneOf(stage.app),
    ['Bo', 'Cy', 'Di', 'Vi'],
  );
  const [bo, cy, di, vi] = neighbours;
  if (!bo || !cy || !di || !vi) throw new Error('nobody is there');
  await founder.must(
    founder.send('PUT', `/api/neighbourhoods/${id}/members/${vi.member.id}/role`, { role: 'volunteer' }),
  );
  const members: Record<Who, string> = {
    ...{ founder: founderMember.id, bo: bo.member.id, cy: cy.member.id },
    ...{ di: di.member.id, vi: vi.member.id },
  };
  const second = phoneOf(stage.app);
  const { code } = await bo.phone.must(bo.phone.post<{ code: string }>('/api/device-links'));
  await second.must(second.post(`/api/device-links/${code}/use`));
  const phones: [Who, Phone][] = [
    ...([
      ['founder', founder],
      ['bo', bo.phone],
      ['bo', second],
    ] as [Who, Phone][]),
    ...([
      ['cy', cy.phone],
      ['di', di.phone],
      ['vi', vi.phone],
    ] as [Who, Phone][]),
  ];
  const devices = new Map<string, Who>();
  for (const [who, phone] of phones) {
    const device = await stage.subscribe(phone);
    devices.set(device, who);
  }
  await stage.work();

  const keys = neighbourhoodKeys(id);
  const write = (event: LogEvent, key: string, entity: { id: string; version: number }) =>
    stage.app.deps.eventLog.commit({
      ...{ neighbourhoodId: id, event, at: stage.app.clock.now, guards: [], body: {} },
      writes: [['HSET', key, entity.id, encodeEntity(entity)]],
    });
  let seen = 0;
  return {
    ...{ id, members, write, keys },
    /** What came since this was asked last, once it is so much. */
    told: async (count: number) => {
      await stage.service.waitFor((received) => received.length >= seen + count);
      await stage.drained();
      const fresh = stage.service.received.slice(seen);
      seen = stage.service.received.length;
      return fresh
        .map(({ subscriptionId, payload, ...rest }) => ({
          who: devices.get(subscriptionId),
          message: v.parse(NoticeMessage, JSON.parse(payload)),
          payload,
          ...rest,
        }))
        .toSorted((a, b) => (a.who ?? '').localeCompare(b.who ?? ''));
    },
    settled: async () => {
      await stage.drained();
      return stage.service.received.length - seen;
    },
  };
}

const lines = (found: { who: Who | undefined; message: NoticeMessage }[]) =>
  found.map(({ who, message }) => `${who}: ${message.notice}`);

const checkInOf = (memberId: string, over: Partial<CheckIn> = {}): CheckIn => ({
  ...{ id: newId(), version: 1, patrolId: newId(), memberId, state: 'due', since: 1, dueAt: 1 },
  ...{ nextAt: 2, lastAt: null },
  ...over,
});
const searchOf = (memberId: string, over: Partial<Search> = {}): Search => ({
  ...{ id: newId(), version: 1, patrolId: newId(), memberId, step: 'partners', beganAt: 1 },
  ...{ lastAt: null, ownerId: null, dueAt: null, end: null },
  ...over,
});

describe('what is told of a round', () => {
  it('[PN1] [PN4] goes to whom it is about, says its kind and the neighbourhood, and has one key for all their devices', async () => {
    const { id, members, write, keys, told } = await scene();
    const checkIn = checkInOf(members.bo);
    await write({ type: 'checkIn.changed', by: null, checkIn }, keys.checkIns, checkIn);
    const found = await told(2);
    expect(lines(found)).toEqual(['bo: check-in-due', 'bo: check-in-due']);
    const [one, two] = found;
    expect(one?.message).toEqual({
      ...{ kind: 'notice', notice: 'check-in-due', neighbourhoodId: id, id: checkIn.patrolId },
      ...{ neighbourhoodName: 'Rue des Lilas', locale: 'en' },
      actions: [{ action: 'fine', key: expect.stringMatching(/^[\da-f-]{36}$/u) }],
    });
    expect(two?.message).toEqual(one?.message);
    expect(one?.urgency).toBe('high');
    expect(one?.topic).toBe(topicOf(`${checkIn.id} check-in`));
    // The next time is another command.
    const next = { ...checkIn, version: 2 };
    await write({ type: 'checkIn.changed', by: null, checkIn: next }, keys.checkIns, next);
    const [again] = await told(2);
    expect(again?.message.actions[0]?.key).not.toBe(one?.message.actions[0]?.key);
  });

  it('[PN2] is not told once it is so no more', async () => {
    const { members, write, keys, told, settled } = await scene();
    const checkIn = checkInOf(members.bo);
    // They said so before anybody could be told.
    const answered: CheckIn = { ...checkIn, version: 2, state: 'awaited' };
    await write({ type: 'checkIn.changed', by: null, checkIn }, keys.checkIns, answered);
    await write({ type: 'checkIn.changed', by: members.bo, checkIn: answered }, keys.checkIns, answered);
    const other = checkInOf(members.cy, { state: 'overdue' });
    await write({ type: 'checkIn.changed', by: null, checkIn: other }, keys.checkIns, other);
    expect(lines(await told(1))).toEqual(['cy: check-in-overdue']);
    expect(await settled()).toBe(0);
  });

  it('[PN3] that a walker is safe goes to exactly those who were told', async () => {
    const { members, write, keys, told } = await scene();
    const search = searchOf(members.bo);
    const put = (event: LogEvent, entity: Search) => write(event, keys.searches, entity);
    await put({ type: 'search.begun', by: null, search, checkIn: null, asked: [members.cy] }, search);
    const [first] = await told(1);
    expect([first?.who, first?.message.notice]).toEqual(['cy', 'walker-overdue']);
    expect(first?.payload).not.toContain(members.bo);
    const wider = { ...search, version: 2, step: 'volunteers' as const };
    await put({ type: 'search.widened', by: null, search: wider, asked: [] }, wider);
    expect(lines(await told(2))).toEqual(['founder: walker-overdue', 'vi: walker-overdue']);
    const over = { ...wider, version: 3, end: { by: members.vi, at: 1 } };
    await put({ type: 'search.ended', by: members.vi, search: over, checkIn: null }, over);
    // Not Vi, who said it; not Di, who was never told.
    const safe = await told(2);
    expect(lines(safe)).toEqual(['cy: walker-safe', 'founder: walker-safe']);
    expect(new Set(safe.map(({ topic }) => topic))).toEqual(new Set([first?.topic]));
  });

  it('[PN1] that nobody found them goes to everybody but them', async () => {
    const { members, write, keys, told } = await scene();
    const search = searchOf(members.bo, { step: 'exhausted' });
    await write({ type: 'search.widened', by: null, search, asked: [] }, keys.searches, search);
    expect(lines(await told(4))).toEqual(
      ['cy', 'di', 'founder', 'vi'].map((who) => `${who}: walker-not-found`),
    );
  });
});
