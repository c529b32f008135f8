import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Reported } from '../../../shared/incidents.ts';
import { IncidentMessage } from '../../../shared/push.ts';
import { handlingTimer } from '../../../server/incidents/handling/timer.ts';
import { phoneOf } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const day = 24 * 3600 * 1000;

const stage = pushStage();

it('[SO3] [SO6] [OC20] tells whom the member chose first, then by steps everybody, and never their own phone', async () => {
  // Cy is no newcomer: who is there may end it.
  stage.app.clock.now -= 75 * day;
  const { id, founder, neighbours } = await street(() => phoneOf(stage.app), ['Bo', 'Cy', 'Di']);
  stage.app.clock.now += 75 * day;
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  const names = new Map<string, string>();
  const all = [
    { name: 'founder', phone: founder },
    ...neighbours.map(({ phone, member }) => ({ name: member.name, phone })),
  ];
  for (const { name, phone } of all) {
    const subscription = await stage.subscribe(phone);
    names.set(subscription, name);
  }
  await stage.work();
  let seen = 0;
  const told = async (count: number) => {
    await stage.service.waitFor((received) => received.length >= seen + count);
    await stage.drained();
    const fresh = stage.service.received.slice(seen);
    seen = stage.service.received.length;
    return fresh
      .map(({ subscriptionId, payload }) => {
        const message = v.parse(IncidentMessage, JSON.parse(payload));
        const what = message.kind === 'handling' ? message.step : message.kind;
        return `${names.get(subscriptionId)}: ${what}${message.sos ? ' SOS' : ''}`;
      })
      .toSorted();
  };
  const path = `/api/neighbourhoods/${id}`;
  await bo.phone.must(bo.phone.send('PUT', `${path}/sos/sharing`, { sharing: [cy.member.id] }));
  const { incident } = await bo.phone.must(bo.phone.post<Reported>(`${path}/sos`));
  expect(await told(1)).toEqual(['Cy: alert SOS']);
  const pass = async (ms: number) => {
    stage.app.clock.now += ms;
    await handlingTimer(stage.app.deps)(id, incident.id);
  };
  await pass(60_000);
  expect(await told(1)).toEqual(['founder: volunteers SOS']);
  await pass(120_000);
  expect(await told(3)).toEqual(['Cy: everyone SOS', 'Di: everyone SOS', 'founder: everyone SOS']);
  await pass(120_000);
  expect(await told(3)).toEqual(['Cy: exhausted SOS', 'Di: exhausted SOS', 'founder: exhausted SOS']);
  // Nor that others ended it, who have ended it themselves as it looks there.
  await bo.phone.must(bo.phone.send('PUT', `${path}/sos/codes`, { cancel: '2468', duress: '1357' }));
  await bo.phone.must(bo.phone.post(`${path}/sos/${incident.id}/end`, { code: '1357' }));
  const about = `${path}/incidents/${incident.id}`;
  await cy.phone.must(cy.phone.post(`${about}/responses`, { kind: 'on-scene' }));
  await cy.phone.must(cy.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'I am with Bo.' }));
  expect(await told(3)).toEqual(['Cy: correction SOS', 'Di: correction SOS', 'founder: correction SOS']);
});
