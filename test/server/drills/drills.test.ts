import * as v from 'valibot';
import { expect, it } from 'vitest';
import { drillDueTimer, drillTimer } from '../../../server/drills/timer.ts';
import { forgetDrills } from '../../../server/drills/personal.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import { type Drill, type DrillChanged, type DrillDetail, DrillFigures } from '../../../shared/drills.ts';
import type { LogPage } from '../../../shared/events.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { phoneOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type Phone, street } from '../../support/phone.ts';
import { preferencesCommand } from '../../support/preferences.ts';
import { pushStage } from '../push/push-stage.ts';

const hour = 3600 * 1000;
const day = 24 * hour;
const stage = pushStage();

/** Ada coordinates; Bo, Cy, Di and Ed are neighbours. */
async function scene() {
  const at = await street(() => phoneOf(stage.app), ['Bo', 'Cy', 'Di', 'Ed']);
  const [bo, cy, di, ed] = at.neighbours;
  if (!bo || !cy || !di || !ed) throw new Error('nobody is there');
  const path = `/api/neighbourhoods/${at.id}/drills`;
  const { partition } = neighbourhoodKeys(at.id);
  const detail = (phone: Phone, { id }: Drill) => phone.must(phone.get<DrillDetail>(`${path}/${id}`));
  return {
    ...{ id: at.id, ada: at.founder, bo: bo.phone, cy: cy.phone, di: di.phone, ed: ed.phone, path, detail },
    start: async () => (await at.founder.must(at.founder.post<DrillChanged>(path))).drill,
    seen: (phone: Phone, drill: Drill, kind = 'saw') => phone.post(`${path}/${drill.id}/seen`, { kind }),
    end: (phone: Phone, drill: Drill) => phone.post<DrillChanged>(`${path}/${drill.id}/end`),
    types: async () =>
      (
        await at.founder.must(at.founder.get<LogPage>(`/api/neighbourhoods/${at.id}/log?limit=500`))
      ).entries.map(({ type }) => type),
    /** Lets so many milliseconds pass, with the timers. */
    pass: async (ms: number) => {
      stage.app.clock.now += ms;
      const timers = { drill: drillTimer(stage.app.deps), 'drill-due': drillDueTimer(stage.app.deps) };
      await runDue(stage.app.deps, partition, timers);
    },
  };
}

it('[DR1] [DR3] [DR4] a drill goes to everybody’s phone as a drill, and ends with how far it got to how many', async () => {
  const { ada, bo, cy, di, ed, start, seen, end, detail, types } = await scene();
  const devices = new Map<string, string>();
  for (const [who, phone] of Object.entries({ ada, bo, cy, di }))
    devices.set(await stage.subscribe(phone), who);
  const idOf = (who: string) => [...devices].find(([, name]) => name === who)?.[0] ?? '';
  stage.service.behave(idOf('di'), [{ status: 410 }]);
  await stage.work();
  const drill = await start();
  await stage.service.waitFor((received) => received.length === 3);
  await stage.drained();
  for (const { payload, urgency } of stage.service.received) {
    expect(JSON.parse(payload)).toMatchObject({ kind: 'notice', notice: 'drill', id: drill.id });
    expect(urgency).toBe('high');
  }
  // Ada answered, Bo's phone showed it, Cy's push service has it, Di's is gone, Ed is told by nothing.
  for (const [phone, kind] of [
    [ada, 'saw'],
    [bo, 'got'],
    [ada, 'got'],
  ] as const)
    expect((await seen(phone, drill, kind)).status).toBe(204);
  const figures = { answered: 1, shown: 1, accepted: 1, waiting: 0, refused: 1, none: 1 };
  await eventually(async () => (await detail(ada, drill)).figures.answered === 1);
  expect((await detail(ada, drill)).figures).toEqual(figures);
  for (const [phone, mine] of [
    [ada, 'answered'],
    [bo, 'shown'],
    [cy, 'accepted'],
    [di, 'refused'],
    [ed, 'none'],
  ] as const)
    expect((await detail(phone, drill)).mine).toBe(mine);
  const ended = await end(ada, drill);
  expect(ended.body.drill.end).toMatchObject({ at: stage.app.clock.now, figures });
  // What everybody reads of it names nobody but who held it.
  expect(JSON.stringify(await detail(cy, drill))).not.toMatch(new RegExp([...devices.keys()].join('|'), 'u'));
  // It takes itself back where it was shown, and nowhere else; an answer after the end is none.
  await stage.service.waitFor((received) => received.length === 6);
  await stage.drained();
  const over = stage.service.received.slice(3);
  expect(new Set(over.map(({ subscriptionId }) => devices.get(subscriptionId)))).toEqual(
    new Set(['ada', 'bo', 'cy']),
  );
  expect(over.every(({ payload }) => payload.includes('"notice":"drill-over"'))).toBe(true);
  expect((await seen(cy, drill)).status).toBe(409);
  // No incident, no ladder, no figure of alerts.
  expect((await types()).filter((type) => /incident|handling/u.test(type))).toEqual([]);
});

it('[DR7] whoever is in quiet hours, or snoozes, is not disturbed by a drill, and counts as that and not as refused', async () => {
  const { id, ada, bo, cy, di, start, end, detail, pass } = await scene();
  const devices = new Map<string, string>();
  for (const [who, phone] of Object.entries({ ada, bo, cy, di }))
    devices.set(await stage.subscribe(phone), who);
  await stage.work();
  const minute = Math.floor(stage.app.clock.now / 60_000) % 1440;
  const quiet = preferencesCommand({ quiet: { from: minute, to: (minute + 240) % 1440 } });
  await bo.must(bo.send('PUT', `/api/neighbourhoods/${id}/preferences`, quiet));
  await cy.must(cy.send('PUT', `/api/neighbourhoods/${id}/preferences/snooze`, { for: 'hour' }));
  const drill = await start();
  const told = () =>
    stage.service.received
      .filter(({ payload }) => payload.includes('"notice":"drill"'))
      .map(({ subscriptionId }) => devices.get(subscriptionId) ?? '')
      .toSorted((a, b) => a.localeCompare(b));
  await eventually(async () => (await detail(ada, drill)).figures.waiting === 2);
  await eventually(async () => (await detail(ada, drill)).figures.accepted === 2);
  expect(told()).toEqual(['ada', 'di']);
  expect((await detail(bo, drill)).mine).toBe('waiting');
  expect((await detail(di, drill)).mine).toBe('accepted');
  // Who is disturbed again is told, if the drill still goes on; who is not by its end was never to be.
  await pass(2 * hour);
  await stage.service.waitFor((received) => received.length === 3);
  await eventually(async () => (await detail(cy, drill)).mine === 'accepted');
  expect(told()).toEqual(['ada', 'cy', 'di']);
  const { figures } = (await end(ada, drill)).body.drill.end ?? {};
  expect(figures).toEqual({ answered: 0, shown: 0, accepted: 3, waiting: 1, refused: 0, none: 1 });
  await pass(3 * hour);
  await stage.drained();
  expect((await detail(bo, drill)).mine).toBe('waiting');
  expect(told()).toHaveLength(3);
});

it('[DR8] an answer on another device counts for the one that was told, and where none was it counts for nothing', async () => {
  const { ada, bo, cy, start, seen, detail } = await scene();
  const cys = await stage.subscribe(cy);
  stage.service.behave(cys, [{ status: 410 }]);
  await stage.subscribe(bo);
  await stage.work();
  const drill = await start();
  await eventually(async () => (await detail(ada, drill)).figures.accepted === 1);
  await stage.drained();
  for (const [phone, before, after] of [
    [bo, 'accepted', 'answered'],
    [cy, 'refused', 'refused'],
    [ada, 'none', 'none'],
  ] as const) {
    const laptop = phoneOf(stage.app);
    const { code } = await phone.must(phone.post<{ code: string }>('/api/device-links'));
    await laptop.must(laptop.post(`/api/device-links/${code}/use`));
    // What another device was shown is no word of this one.
    expect((await seen(laptop, drill, 'got')).status).toBe(204);
    expect((await detail(phone, drill)).mine).toBe(before);
    expect((await seen(laptop, drill)).status).toBe(204);
    expect((await detail(laptop, drill)).mine).toBe(after);
  }
  expect((await detail(ada, drill)).figures).toMatchObject({ answered: 1, refused: 1, none: 3 });
});

it('[DR7] a drill of before has nobody who waited', () => {
  const figures = { answered: 1, shown: 0, accepted: 0, refused: 2, none: 0 };
  expect(v.parse(DrillFigures, figures)).toEqual({ ...figures, waiting: 0 });
});

it('[DR2] coordinators alone hold drills, one at a time, and not again within six days', async () => {
  const { ada, bo, path, start, end, pass } = await scene();
  expect((await bo.post(path)).status).toBe(403);
  const drill = await start();
  expect((await ada.post(path)).status).toBe(409);
  expect((await end(bo, drill)).status).toBe(403);
  expect((await end(ada, drill)).status).toBe(201);
  expect((await end(ada, drill)).status).toBe(409);
  await pass(6 * day - 1);
  expect((await ada.post(path)).status).toBe(409);
  await pass(1);
  expect((await ada.post(path)).status).toBe(201);
});

it('[DR2] of two that are started at the same moment there is one', async () => {
  const { ada, path, types } = await scene();
  const answers = await Promise.all(Array.from({ length: 6 }, () => ada.post(path)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    ...[201, 409, 409, 409, 409, 409],
  ]);
  expect((await types()).filter((type) => type === 'drill.started')).toHaveLength(1);
});

it('[DR5] a drill that nobody ends is over after a day, and after a month coordinators are reminded once', async () => {
  // The push service has a clock of its own: it is the past that is far away.
  stage.app.clock.now -= 30 * day + hour;
  const { id, ada, bo, start, pass, types } = await scene();
  const drill = await start();
  await pass(day - 1);
  expect(await types()).not.toContain('drill.ended');
  await pass(1);
  const { drills } = await bo.must(bo.get<Snapshot>(`/api/neighbourhoods/${id}/snapshot`));
  expect(drills).toMatchObject([{ id: drill.id, version: 2, end: { by: null, figures: { none: 5 } } }]);
  const device = await stage.subscribe(ada);
  await stage.subscribe(bo);
  await stage.work();
  await pass(29 * day);
  await pass(hour);
  await stage.service.waitFor((received) => received.length > 0);
  await stage.drained();
  expect(stage.service.received.map(({ subscriptionId }) => subscriptionId)).toEqual([device]);
  expect(JSON.parse(stage.service.received[0]?.payload ?? '')).toMatchObject({ notice: 'drill-due' });
  await pass(30 * day);
  expect((await types()).filter((type) => type === 'drill.due')).toHaveLength(1);
});

it('[DR6] who held a drill takes it along and can be erased from it; a drill is forgotten with the rest', async () => {
  const { id, ada, bo, start, end, path } = await scene();
  await stage.subscribe(bo);
  const drill = await start();
  await end(ada, drill);
  const { body } = await ada.get<{ neighbourhoods: { drills: object[] }[] }>('/api/me/export');
  expect(body.neighbourhoods[0]?.drills).toEqual([
    { id: drill.id, startedAt: new Date(drill.startedAt).toISOString() },
  ]);
  const keys = neighbourhoodKeys(id);
  const devices = () => stage.app.redis.send(keys.subscriptions, 'ZCARD', keys.drillDevices(drill.id));
  expect(await devices()).toBe(1);
  await bo.must(bo.send('DELETE', '/api/me?confirm=erase'));
  expect(await devices()).toBe(0);
  stage.app.clock.now += 31 * day;
  await forgetDrills(stage.app.deps)(id, 30);
  expect((await ada.get<{ drills: Drill[] }>(path)).body.drills).toEqual([]);
  expect((await ada.get(`${path}/${drill.id}`)).status).toBe(404);
});
