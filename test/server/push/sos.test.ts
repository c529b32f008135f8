import * as v from 'valibot';
import { expect, it } from 'vitest';
import type { Reported } from '../../../shared/incidents.ts';
import { IncidentMessage } from '../../../shared/push.ts';
import { handlingTimer } from '../../../server/incidents/handling/timer.ts';
import { phoneOf } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const stage = pushStage();

it('[SO3] tells whom the member chose first, then by steps everybody, and never their own phone', async () => {
  const { id, founder, neighbours } = await street(() => phoneOf(stage.app), ['Bo', 'Cy', 'Di']);
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
});
