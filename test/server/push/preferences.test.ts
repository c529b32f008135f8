import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { Digest, Preferences, PreferencesCommand } from '../../../shared/preferences.ts';
import { PushMessage } from '../../../shared/push.ts';
import { digestTimer } from '../../../server/push/preferences/digest-timer.ts';
import { neighbourhoodKeys, partitionOf } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import { phoneOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { inside, type Phone, street } from '../../support/phone.ts';
import { preferencesCommand } from '../../support/preferences.ts';
import { rotaScene } from '../../support/rota-scene.ts';
import { asStrings } from '../../../server/redis/reply.ts';
import { pushStage } from './push-stage.ts';

const hour = 3600 * 1000;
const day = 24 * hour;
const stage = pushStage();

const names = ['ada', 'bo', 'cy'] as const;
type Who = (typeof names)[number];
/** The minute of the day in UTC, so many hours from now. */
const minuteIn = (hours: number) => Math.floor((stage.app.clock.now + hours * hour) / 60_000) % 1440;

/** Ada coordinates, Bo reports and Cy chooses; all are subscribed, and none is a newcomer. */
async function scene() {
  // Push services look at the clock themselves: the night begins some hours ago, and ends within the token's day.
  stage.app.clock.now -= 75 * day;
  const { id, founder, founderMember, neighbours } = await street(() => phoneOf(stage.app), ['Bo', 'Cy']);
  stage.app.clock.now += 75 * day - 6 * hour;
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  const phones: Record<Who, Phone> = { ada: founder, bo: bo.phone, cy: cy.phone };
  const ids: Record<Who, string> = { ada: founderMember.id, bo: bo.member.id, cy: cy.member.id };
  const devices = new Map<string, string>();
  for (const who of names) devices.set(await stage.subscribe(phones[who]), who);
  await stage.work();
  const keys = neighbourhoodKeys(id);
  const at = `/api/neighbourhoods/${id}`;
  let seen = 0;
  const settled = async () => {
    await eventually(
      async () => {
        const groups = JSON.stringify(
          await stage.app.redis.send(keys.outbox, 'XINFO', 'GROUPS', keys.outbox),
        );
        return groups.includes('"lag",0') && groups.includes('"pending",0');
      },
      { what: 'an outbox that was read' },
    );
    await stage.drained();
  };
  return {
    ...{ id, at, keys, phones, ids, settled },
    choose: (who: Who, over: Partial<PreferencesCommand>) =>
      phones[who].must(phones[who].send<Preferences>('PUT', `${at}/preferences`, preferencesCommand(over))),
    snooze: (who: Who, how: string) =>
      phones[who].must(phones[who].send<Preferences>('PUT', `${at}/preferences/snooze`, { for: how })),
    digest: (who: Who) => phones[who].must(phones[who].get<Digest>(`${at}/digest`)),
    report: async (over: Record<string, unknown> = {}) => (await bo.phone.report(id, over)).incident.id,
    /** Bo says that it is so. */
    confirm: (incidentId: string) =>
      bo.phone.must(bo.phone.post(`${at}/incidents/${incidentId}/confirmations`, { kind: 'confirm' })),
    /** Di joins and subscribes. */
    newcomer: async (): Promise<Phone> => {
      const di = phoneOf(stage.app);
      await di.accept((await bo.phone.invite(id)).code, 'Di');
      devices.set(await stage.subscribe(di), 'di');
      return di;
    },
    close: (incidentId: string, kind: string) =>
      bo.phone.must(
        bo.phone.post(`${at}/incidents/${incidentId}/resolution`, { kind, reason: 'It was the wind.' }),
      ),
    /** Lets what is due by the clock be done, by two processes at once. */
    pass: async (hours: number) => {
      stage.app.clock.now += hours * hour;
      const { deps } = stage.app;
      const run = () => runDue(deps, partitionOf(id), { digest: digestTimer(deps) });
      await Promise.all([run(), run()]);
    },
    /** Who was told what since this was asked last. */
    told: async () => {
      await settled();
      const fresh = stage.service.received.slice(seen);
      seen = stage.service.received.length;
      return fresh
        .map(({ subscriptionId, payload }) => {
          const message = v.parse(PushMessage, JSON.parse(payload));
          const what = message.kind === 'digest' ? `digest of ${message.count}` : message.kind;
          return `${devices.get(subscriptionId)}: ${what}`;
        })
        .toSorted();
    },
  };
}

const near = (metres: number) => ({ ...inside, lat: inside.lat + metres / 111_195 });
const home = (over: object = {}) => ({
  name: 'Home',
  shape: { kind: 'circle' as const, centre: near(1000), radius: 200 },
  ...{ categories: null, leastSeverity: 'moderate' as const, hours: null },
  ...over,
});

describe('what a member chose', () => {
  it('[WI1] [WI2] decides what they are told of; who chose nothing is told of everything', async () => {
    const { told, choose, report } = await scene();
    await choose('cy', { choice: 'near', areas: [home()] });
    await report();
    expect(await told()).toEqual(['ada: alert']);
    await report({ position: near(900) });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    await report({ severity: 'severe' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    await choose('cy', { choice: 'emergencies' });
    await report({ severity: 'severe' });
    expect(await told()).toEqual(['ada: alert']);
    await choose('cy', { choice: 'all' });
    await report({ severity: 'minor' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
  });

  it('[WI12] “all updates” holds for incidents that they want, unless they chose of one', async () => {
    const { told, choose, report, phones, at } = await scene();
    const observe = (incidentId: string) =>
      phones.ada.must(
        phones.ada.post(`${at}/incidents/${incidentId}/updates`, {
          kind: 'observation',
          text: 'Two of them.',
        }),
      );
    await choose('cy', { follow: 'all' });
    const incidentId = await report();
    await observe(incidentId);
    expect(await told()).toEqual(['ada: alert', 'bo: observation', 'cy: alert', 'cy: observation']);
    const following = `${at}/incidents/${incidentId}/following`;
    expect(await phones.cy.must(phones.cy.get(following))).toEqual({ mode: 'all', chosen: false });
    await phones.cy.must(phones.cy.send('PUT', following, { mode: 'first' }));
    await observe(incidentId);
    expect(await told()).toEqual(['bo: observation']);
    await choose('cy', { follow: 'all', choice: 'near', areas: [home()] });
    await observe(await report());
    expect(await told()).toEqual(['ada: alert', 'bo: observation']);
  });

  it('[WI7] [WI8] [WI11] what quiet hours held back comes in the morning, once, as things are by then', async () => {
    const { told, choose, report, close, pass, digest } = await scene();
    await choose('cy', { quiet: { from: minuteIn(-1), to: minuteIn(8) } });
    const kept = [await report(), await report({ severity: 'minor' }), await report()];
    const wrong = await report();
    expect(await told()).toEqual(['ada: alert', 'ada: alert', 'ada: alert', 'ada: alert']);
    // What is severe comes through.
    const loud = await report({ severity: 'severe' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    // Who never heard of it hears nothing of its correction either.
    await close(wrong, 'false-alarm');
    await close(kept[0] ?? '', 'resolved');
    await close(loud, 'resolved');
    expect(await told()).toEqual(['ada: correction', 'ada: correction', 'ada: correction', 'cy: correction']);
    expect(new Set((await digest('cy')).waiting)).toEqual(new Set([...kept, wrong]));
    await pass(7);
    expect(await told()).toEqual([]);
    await pass(1.1);
    expect(await told()).toEqual(['cy: digest of 3']);
    const { last, waiting } = await digest('cy');
    expect([new Set(last?.incidentIds), waiting]).toEqual([new Set(kept), []]);
    await pass(0);
    expect(await told()).toEqual([]);
    // One a day: hours that are moved bring no second one.
    await choose('cy', { quiet: { from: minuteIn(-1), to: minuteIn(0.5) } });
    const late = await report();
    expect(await told()).toEqual(['ada: alert']);
    await pass(1);
    expect(await told()).toEqual([]);
    expect((await digest('cy')).waiting).toEqual([late]);
  });

  it('[WI8] no digest comes where nothing is left to tell; of the same thing told twice it tells once', async () => {
    const { told, choose, report, close, pass, phones, at } = await scene();
    const quiet = { from: minuteIn(-1), to: minuteIn(8) };
    await choose('cy', { quiet });
    await choose('ada', { quiet });
    const [never, one, other] = [await report(), await report(), await report()];
    expect(await told()).toEqual([]);
    // Ada's comes in her morning, which is another one.
    await choose('ada', { quiet: { ...quiet, to: minuteIn(10) } });
    await close(never, 'unfounded');
    await phones.ada.must(phones.ada.post(`${at}/incidents/${other}/merge`, { into: one }));
    await close(one, 'resolved');
    // Who reported both, and closed the other (OC20).
    expect(await told()).toEqual(['bo: ended']);
    await pass(8.1);
    expect(await told()).toEqual(['cy: digest of 1']);
  });

  it('[WI9] a snooze is quiet for an hour, or until the morning; it can be ended', async () => {
    const { told, snooze, choose, report } = await scene();
    const { now } = stage.app.clock;
    expect((await snooze('cy', 'hour')).snoozedUntil).toBe(now + hour);
    await report();
    expect(await told()).toEqual(['ada: alert']);
    await report({ severity: 'extreme' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    stage.app.clock.now += hour;
    await report();
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    await choose('cy', { quiet: { from: minuteIn(-6), to: minuteIn(3) } });
    expect((await snooze('cy', 'morning')).snoozedUntil).toBe(Math.floor((now + 4 * hour) / 60_000) * 60_000);
    expect((await snooze('cy', 'nothing')).snoozedUntil).toBeNull();
  });

  it('[WI10] beyond the budget what is not severe folds, and the member is told so once', async () => {
    const { told, choose, report, close, digest } = await scene();
    await choose('cy', { budget: 2 });
    await report();
    await report({ severity: 'severe' });
    expect(await told()).toEqual(['ada: alert', 'ada: alert', 'cy: alert', 'cy: alert']);
    const third = await report();
    expect(await told()).toEqual(['ada: alert', 'cy: folding']);
    const fourth = await report({ severity: 'minor' });
    expect(await told()).toEqual(['ada: alert']);
    await report({ severity: 'extreme' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    expect(new Set((await digest('cy')).waiting)).toEqual(new Set([third, fourth]));
    // Told that it folds is not told of it.
    await close(third, 'false-alarm');
    expect(await told()).toEqual(['ada: correction']);
  });

  it('[WI10] who chose nothing has a budget too, counted once for all residents and once for all volunteers', async () => {
    const { told, report, keys } = await scene();
    for (let i = 0; i < 12; i += 1) await report();
    expect(await told()).toHaveLength(24);
    await report();
    expect(await told()).toEqual(['ada: folding', 'cy: folding']);
    await report();
    expect(await told()).toEqual([]);
    await report({ severity: 'severe' });
    expect(await told()).toEqual(['ada: alert', 'cy: alert']);
    const counts = asStrings(await stage.app.redis.send(keys.attention, 'HVALS', keys.attention));
    // Of Ada and Cy only that they were told.
    expect(counts.filter((count) => count.endsWith('|,'))).toHaveLength(2);
    expect(counts).toHaveLength(4);
  });

  it('[WI10] whoever the first that folds did not go to is told of it by the next', async () => {
    const { id, told, report, phones, newcomer } = await scene();
    for (let i = 0; i < 12; i += 1) await report();
    await told();
    // Ada does not hear of what she reports herself.
    await phones.ada.report(id);
    expect(await told()).toEqual(['bo: folding', 'cy: folding']);
    await newcomer();
    await report();
    expect(await told()).toEqual(['ada: folding', 'di: folding']);
    await report();
    expect(await told()).toEqual([]);
  });

  it('[WI10] volunteers who chose nothing have one for what goes to them alone, and to all', async () => {
    const { id, told, report, newcomer } = await scene();
    const di = await newcomer();
    for (let i = 0; i < 6; i += 1) await report();
    await told();
    for (let i = 0; i < 6; i += 1) await di.report(id);
    expect(await told()).toEqual(Array(6).fill('ada: alert'));
    await di.report(id);
    expect(await told()).toEqual(['ada: folding']);
    await di.report(id);
    expect(await told()).toEqual([]);
    // Residents were told of half as many.
    await report();
    expect(await told()).toEqual(['cy: alert', 'di: alert']);
  });

  it('[WI10] [WI15] what somebody was told first as a volunteer is not the first that folds', async () => {
    const { id, told, choose, confirm, report, digest, newcomer } = await scene();
    const di = await newcomer();
    await choose('ada', { budget: 1 });
    const { incident } = await di.report(id);
    expect(await told()).toEqual(['ada: alert']);
    await confirm(incident.id);
    expect(await told()).toEqual(['cy: alert']);
    expect((await digest('ada')).waiting).toEqual([]);
    const next = await report();
    expect(await told()).toEqual(['ada: folding', 'cy: alert', 'di: alert']);
    expect((await digest('ada')).waiting).toEqual([next]);
  });

  it('[WI15] nor does it wait for their digest', async () => {
    const { id, told, choose, confirm, digest, newcomer } = await scene();
    const di = await newcomer();
    const { incident } = await di.report(id);
    expect(await told()).toEqual(['ada: alert']);
    await choose('ada', { quiet: { from: minuteIn(-1), to: minuteIn(8) } });
    await confirm(incident.id);
    expect(await told()).toEqual(['cy: alert']);
    expect((await digest('ada')).waiting).toEqual([]);
  });

  it('[WI6] an SOS comes through to those who were chosen for it, whatever they settled', async () => {
    const { told, choose, phones, at, ids } = await scene();
    await choose('cy', { quiet: { from: minuteIn(-1), to: minuteIn(3) }, urgentThrough: false });
    await phones.bo.must(phones.bo.send('PUT', `${at}/sos/sharing`, { sharing: [ids.cy] }));
    await phones.bo.must(phones.bo.post(`${at}/sos`));
    expect(await told()).toEqual(['cy: alert']);
  });

  it('[WI6] [WI7] what can wait is told as soon as it is quiet no more, if it still holds', async () => {
    const at = await rotaScene(stage.app, { days: 0 });
    const volunteer = at.who(3);
    await at.founder.send('PUT', `${at.base}/members/${volunteer.member.id}/role`, { role: 'volunteer' });
    await stage.subscribe(volunteer.phone);
    await stage.work();
    const command = preferencesCommand({ quiet: { from: minuteIn(-1), to: minuteIn(1) } });
    await volunteer.phone.must(volunteer.phone.send('PUT', `${at.base}/preferences`, command));
    const startsAt = stage.app.clock.now + 5 * hour;
    await at.plan({ startsAt, endsAt: startsAt + hour, needed: 3 });
    stage.app.clock.now += hour / 2;
    await at.pass();
    const { pushDue } = neighbourhoodKeys(at.id);
    await eventually(
      async () => {
        const [, due] = asStrings(
          await stage.app.redis.send(pushDue, 'ZRANGE', pushDue, '0', '0', 'WITHSCORES'),
        );
        return Number(due) >= stage.app.clock.now + hour / 3 && Number(due) <= startsAt;
      },
      { what: 'a message that waits' },
    );
    expect(stage.service.received).toEqual([]);
    stage.app.clock.now += hour;
    await stage.service.waitFor((received) => received.length === 1);
    expect(JSON.parse(stage.service.received[0]?.payload ?? '')).toMatchObject({ notice: 'shift-short' });
  });
});
