import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CalendarLink, Calendars } from '../../../shared/calendars.ts';
import type { LogEvent } from '../../../shared/events.ts';
import type { Shift } from '../../../shared/shifts.ts';
import { newId } from '../../../server/ids.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { changedShift } from '../../../server/shifts/store.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { inside, type Phone, street } from '../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ env: { RATE_LIMITS: 'on' } });
});
afterAll(() => test.stop());

const hour = 3600 * 1000;

async function scene() {
  const at = await street(() => phoneOf(test), ['Bodil', 'Cyrille']);
  const [bo, cy] = at.neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}/calendars`;
  const renew = (phone: Phone, scope = 'mine') =>
    phone.must(phone.send<CalendarLink>('PUT', `${path}/${scope}`, {}));

  /** Stores a shift as it is from now on. */
  async function put(over: Partial<Shift>): Promise<Shift> {
    const startsAt = test.clock.now + 30 * hour;
    const shift: Shift = {
      ...{ id: newId(), version: 1, seriesId: null, date: null, startsAt, endsAt: startsAt + 2 * hour },
      ...{ meeting: { position: inside, words: 'By the bakery' }, route: [], needed: 2, places: 3, kit: [] },
      ...{ note: 'Ask Cyrille for the key', plannedBy: at.founderMember.id, plannedAt: test.clock.now },
      ...{ status: 'planned', reason: '', follows: null, signUps: [], shortAt: null, ...over },
    };
    const { guard, writes } = changedShift(at.id, shift, null);
    const event: LogEvent = { type: 'shift.changed', by: null, shift, memberIds: [] };
    await test.deps.eventLog.commit({
      ...{ neighbourhoodId: at.id, event, at: test.clock.now, guards: [guard], writes, body: {} },
    });
    return shift;
  }
  const signUp = (memberId: string) =>
    ({ memberId, kind: 'firm', at: test.clock.now, newcomer: false }) as const;

  /** What a program without a session gets. */
  async function read(url: string) {
    const { status, body, headers } = await phoneOf(test).get<string>(new URL(url).pathname);
    if (status !== 200) return { status, body, headers, events: [] };
    const calendar = new ICAL.Component(ICAL.parse(body) as unknown[]);
    const events = calendar.getAllSubcomponents('vevent').map((one) => ({
      uid: one.getFirstPropertyValue('uid'),
      sequence: one.getFirstPropertyValue('sequence'),
      status: one.getFirstPropertyValue('status'),
      description: one.getFirstPropertyValue('description'),
      startsAt: new ICAL.Event(one).startDate.toJSDate().getTime(),
    }));
    return { status, body, headers, events };
  }
  return { ...at, bo, cy, path, renew, put, signUp, read };
}

describe('calendars', () => {
  it('[IC2] lead to my shifts and to all, for a program without a session, and follow each change', async () => {
    const { bo, cy, renew, put, signUp, read } = await scene();
    const mine = await put({ signUps: [signUp(bo.member.id), signUp(cy.member.id)] });
    const other = await put({ startsAt: test.clock.now + 50 * hour, endsAt: test.clock.now + 52 * hour });
    // Too long ago, and too far ahead.
    await put({ startsAt: test.clock.now - 400 * hour, endsAt: test.clock.now - 399 * hour });
    await put({ startsAt: test.clock.now + 2000 * hour, endsAt: test.clock.now + 2001 * hour });
    const [own, all] = [await renew(bo.phone), await renew(bo.phone, 'neighbourhood')];
    const first = await read(own.url);
    expect(first.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(first.headers.get('cache-control')).toContain('private');
    const seen = { uid: `${mine.id}@vigie`, sequence: 1, status: 'CONFIRMED', startsAt: mine.startsAt };
    // To the second, as calendars count.
    const second = (at: number) => Math.floor(at / 1000) * 1000;
    expect(first.events).toEqual([
      { ...seen, startsAt: second(mine.startsAt), description: '2 of 3 places taken.' },
    ]);
    expect((await read(all.url)).events.map(({ uid }) => uid)).toEqual([
      `${mine.id}@vigie`,
      `${other.id}@vigie`,
    ]);
    await put({ ...mine, version: 2, startsAt: mine.startsAt + hour, endsAt: mine.endsAt + hour });
    expect((await read(own.url)).events).toMatchObject([
      { uid: seen.uid, sequence: 2, startsAt: second(mine.startsAt + hour) },
    ]);
    await put({ ...mine, version: 3, status: 'cancelled', reason: 'Storm' });
    expect((await read(own.url)).events).toMatchObject([{ sequence: 3, status: 'CANCELLED' }]);
  });

  it('[IC3] name nobody and repeat no note', async () => {
    const { bo, cy, founderMember, renew, put, signUp, read } = await scene();
    await put({ signUps: [signUp(bo.member.id), signUp(cy.member.id), signUp(founderMember.id)] });
    for (const scope of ['mine', 'neighbourhood']) {
      const { url } = await renew(bo.phone, scope);
      const { body, events } = await read(url);
      expect(events).toHaveLength(1);
      for (const word of ['Bodil', 'Cyrille', 'Ada', 'key', bo.member.id, cy.member.id])
        expect(body).not.toContain(word);
    }
  });

  it('[IC4] a new link ends the earlier one, and nothing stored opens any', async () => {
    const { id, bo, path, renew, read } = await scene();
    const first = await renew(bo.phone);
    const second = await renew(bo.phone);
    expect([(await read(first.url)).status, (await read(second.url)).status]).toEqual([404, 200]);
    const listed = await bo.phone.must(bo.phone.get<Calendars>(path));
    expect(listed.calendars).toEqual([{ scope: 'mine', renewedAt: test.clock.now }]);
    const { calendars } = neighbourhoodKeys(id);
    const stored = JSON.stringify(await test.redis.send(calendars, 'HGETALL', calendars));
    expect(stored).not.toContain(second.url.split('.').at(-1));
    await bo.phone.must(bo.phone.send('DELETE', `${path}/mine`));
    expect((await read(second.url)).status).toBe(404);
  });

  it('[IC4] end with the membership, and do not come back with it', async () => {
    const { id, founder, bo, cy, renew, read } = await scene();
    const [mine, kept] = [await renew(bo.phone), await renew(cy.phone, 'neighbourhood')];
    test.clock.now += 1;
    await founder.must(founder.send('DELETE', `/api/neighbourhoods/${id}/members/${bo.member.id}`));
    expect((await read(mine.url)).status).toBe(404);
    test.clock.now += 1;
    const { code } = await founder.invite(id);
    await bo.phone.accept(code, 'Bodil');
    expect((await read(mine.url)).status).toBe(404);
    expect((await read((await renew(bo.phone)).url)).status).toBe(200);
    expect((await read(kept.url)).status).toBe(200);
    // Erased, they leave nothing that says whose it was.
    await cy.phone.must(cy.phone.send('DELETE', '/api/me?confirm=erase'));
    expect((await read(kept.url)).status).toBe(404);
    const { calendars } = neighbourhoodKeys(id);
    expect(JSON.stringify(await test.redis.send(calendars, 'HGETALL', calendars))).not.toContain(
      cy.member.id,
    );
  });

  it('[IC4] guessing is stopped, and asking without end', async () => {
    const { bo, renew, read } = await scene();
    const { url } = await renew(bo.phone);
    const wrong = `${url.slice(0, -22)}${'A'.repeat(22)}`;
    const asked = await Promise.all(Array.from({ length: 125 }, () => read(url)));
    expect(asked.filter(({ status }) => status === 200)).toHaveLength(120);
    expect(asked.filter(({ status }) => status === 429)).toHaveLength(5);
    const guesses = [];
    for (let i = 0; i < 12; i += 1) guesses.push((await read(wrong)).status);
    expect(guesses.slice(-1)).toEqual([429]);
    expect(new Set(guesses)).toEqual(new Set([404, 429]));
  });
});
