import { expect, it } from 'vitest';
import * as v from 'valibot';
import { handlingTimer } from '../../../server/incidents/handling/timer.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import type { Shift } from '../../../shared/shifts.ts';
import { PushMessage } from '../../../shared/push.ts';
import { phoneOf } from '../../support/app.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../../support/patrol-scene.ts';
import { inside, type Phone, street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const stage = pushStage();

/** Ada coordinates; Vi and Wo are volunteers, Bo and Cy are neighbours of standing; all subscribed. */
async function scene() {
  stage.app.clock.now -= 75 * day;
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneOf(stage.app),
    ['Vi', 'Wo', 'Bo', 'Cy'],
  );
  const [vi, wo, bo, cy] = neighbours;
  if (!vi || !wo || !bo || !cy) throw new Error('nobody is there');
  for (const { member } of [vi, wo]) await volunteer(founder, id, member.id);
  await wantPatrols(stage.app.redis, id, [founderMember.id, vi.member.id, wo.member.id]);
  stage.app.clock.now += 75 * day;
  const all: Record<string, Phone> = {
    ada: founder,
    vi: vi.phone,
    wo: wo.phone,
    bo: bo.phone,
    cy: cy.phone,
  };
  const devices = new Map<string, string>();
  for (const [who, phone] of Object.entries(all)) devices.set(await stage.subscribe(phone), who);
  await stage.work();
  let seen = 0;
  return {
    ...{ id, vi, wo, bo, cy, founder },
    told: async (count: number) => {
      await stage.service.waitFor((received) => received.length >= seen + count);
      await stage.drained();
      const fresh = stage.service.received.slice(seen);
      seen = stage.service.received.length;
      return fresh
        .map(({ subscriptionId, payload }) => {
          const message = v.parse(PushMessage, JSON.parse(payload));
          return `${devices.get(subscriptionId)} ${message.kind === 'handling' ? message.step : message.kind}`;
        })
        .toSorted();
    },
    pass: async (ms: number, incidentId: string) => {
      stage.app.clock.now += ms;
      await handlingTimer(stage.app.deps)(id, incidentId);
    },
  };
}

it('[AK1] a grave alert that nobody answers asks those on duty first, then volunteers, then everyone', async () => {
  const { id, vi, wo, cy, told, pass } = await scene();
  const patrol = await startPatrol(vi.phone, id);
  await comeAlong(vi.phone, wo.phone, id, patrol.id);
  const { incident } = await cy.phone.report(id, { severity: 'severe' });
  expect(await told(4)).toEqual(['ada alert', 'bo alert', 'vi alert', 'wo alert']);
  await pass(5 * minute, incident.id);
  expect(await told(2)).toEqual(['vi on-duty', 'wo on-duty']);
  await pass(1.5 * minute, incident.id);
  expect(await told(3)).toEqual(['ada volunteers', 'vi volunteers', 'wo volunteers']);
  await pass(3 * minute, incident.id);
  expect(await told(4)).toEqual(['ada everyone', 'bo everyone', 'vi everyone', 'wo everyone']);
});

it('[AK1] a round is not called for what can wait', async () => {
  const { id, vi, wo, bo, cy, told, pass } = await scene();
  const patrol = await startPatrol(vi.phone, id);
  await comeAlong(vi.phone, wo.phone, id, patrol.id);
  const { incident } = await cy.phone.report(id, { severity: 'moderate' });
  await told(4);
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/responses`;
  await bo.phone.must(bo.phone.post(path, { kind: 'acknowledged' }));
  await pass(20 * minute, incident.id);
  expect(await told(3)).toEqual(['ada volunteers', 'vi volunteers', 'wo volunteers']);
});

it('[AK1] on duty is also who is signed up for the shift of now, and not who cannot come or reported it', async () => {
  const { id, vi, wo, bo, cy, told, pass } = await scene();
  const at = stage.app.clock.now;
  const signUp = (memberId: string, coming?: boolean) => ({
    ...{ memberId, kind: 'firm' as const, at, newcomer: false },
    ...(coming === undefined ? {} : { coming }),
  });
  const shift: Shift = {
    ...{ id: 's'.repeat(16), version: 1, seriesId: null, date: null, route: [], needed: 2, places: 4 },
    ...{ startsAt: at - minute, endsAt: at + 60 * minute, meeting: { position: inside, words: 'Here' } },
    ...{ kit: [], note: '', plannedBy: null, plannedAt: at, status: 'planned', reason: '', follows: null },
    signUps: [signUp(vi.member.id, true), signUp(wo.member.id, false), signUp(cy.member.id)],
    shortAt: null,
  };
  const keys = neighbourhoodKeys(id);
  await stage.app.redis.send(keys.shifts, 'HSET', keys.shifts, shift.id, `1|${JSON.stringify(shift)}`);
  await stage.app.redis.send(keys.shiftTimes, 'ZADD', keys.shiftTimes, String(shift.startsAt), shift.id);
  const { incident } = await cy.phone.report(id, { severity: 'extreme' });
  await told(4);
  await pass(3 * minute, incident.id);
  expect(await told(1)).toEqual(['vi on-duty']);
  // Who said that they see to it ends the asking.
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/responses`;
  await vi.phone.must(vi.phone.post(path, { kind: 'en-route' }));
  await pass(minute, incident.id);
  await bo.phone.report(id, { severity: 'minor' });
  expect(await told(4)).toEqual(['ada alert', 'cy alert', 'vi alert', 'wo alert']);
});
