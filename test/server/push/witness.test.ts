import { describe, expect, it } from 'vitest';
import type { PushMessage } from '../../../shared/push.ts';
import { createEventLog } from '../../../server/eventlog/eventlog.ts';
import { untoldTimer } from '../../../server/incidents/confirmations/witness-timer.ts';
import { phoneOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;

const stage = pushStage();

const told = (subscriptionId: string) =>
  stage.service.received
    .filter((got) => got.subscriptionId === subscriptionId)
    .map(({ payload }) => (JSON.parse(payload) as PushMessage).kind);

/** Two neighbours of standing, one of them a volunteer, and a newcomer who reports; all subscribed. */
async function scene() {
  // The push service has a clock of its own: it is the past that is far away.
  stage.app.clock.now -= 75 * day;
  const { id, founder, neighbours } = await street(() => phoneOf(stage.app), ['Bo', 'Cy']);
  const [bo, cy] = neighbours;
  if (bo === undefined || cy === undefined) throw new Error('nobody is there');
  stage.app.clock.now += 75 * day;
  const { code } = await bo.phone.invite(id);
  const di = phoneOf(stage.app);
  await di.accept(code, 'Di');
  const role = `/api/neighbourhoods/${id}/members/${bo.member.id}/role`;
  await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
  return {
    ...{ id, bo: bo.phone, cy: cy.phone, di },
    phones: {
      founder: await stage.subscribe(founder),
      bo: await stage.subscribe(bo.phone),
      cy: await stage.subscribe(cy.phone),
      di: await stage.subscribe(di),
    },
  };
}

const all = ({ founder, bo, cy, di }: Awaited<ReturnType<typeof scene>>['phones']) =>
  [founder, bo, cy, di].map(told);

describe('telling in steps', () => {
  it('[CF11] tells volunteers and coordinators first, the rest by the second witness, no phone twice', async () => {
    const { id, bo, di, phones } = await scene();
    await stage.work();
    const { incident } = await di.report(id);
    await stage.service.waitFor((received) => received.length === 2);
    await stage.drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], [], []]);

    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/confirmations`;
    await bo.must(bo.post(path, { kind: 'confirm' }));
    await stage.service.waitFor((received) => received.length === 3);
    await stage.drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], ['alert'], []]);
  });

  it('[CF11] tells nobody twice whose first alert is still on its way', async () => {
    const { id, di, phones } = await scene();
    stage.service.behave(phones.founder, [{ status: 503 }]);
    await stage.work();
    const { incident } = await di.report(id);
    await eventually(() => stage.service.attempts.some((got) => got.subscriptionId === phones.founder), {
      what: 'a first attempt',
    });
    stage.app.clock.now += 10 * minute;
    const timer = untoldTimer({ ...stage.app.deps, eventLog: createEventLog(stage.app.redis) });
    await timer(id, incident.id);
    await stage.service.waitFor((received) => received.length >= 2);
    stage.app.clock.now += 10 * minute;
    await stage.service.waitFor((received) => received.length >= 3);
    await stage.drained();
    expect(all(phones)).toEqual([['alert'], ['alert'], ['alert'], []]);
  });
});
