import { describe, expect, it } from 'vitest';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import { PushMessage } from '../../../shared/push.ts';
import * as v from 'valibot';
import { untoldTimer } from '../../../server/incidents/confirmations/witness-timer.ts';
import { handlingTimer } from '../../../server/incidents/handling/timer.ts';
import { topicOf } from '../../../server/push/sender.ts';
import { phoneOf } from '../../support/app.ts';
import { type Phone, street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const minute = 60 * 1000;
const day = 24 * 60 * minute;

const stage = pushStage();

type Who = 'founder' | 'vi' | 'bo' | 'cy' | 'di';

/** Ada coordinates, Vi is a volunteer, Bo and Cy are neighbours of standing, Di came a moment ago; all subscribed. */
async function scene() {
  // The push service has a clock of its own: it is the past that is far away.
  stage.app.clock.now -= 75 * day;
  const { id, founder, neighbours } = await street(() => phoneOf(stage.app), ['Vi', 'Bo', 'Cy']);
  const [vi, bo, cy] = neighbours;
  if (vi === undefined || bo === undefined || cy === undefined) throw new Error('nobody is there');
  const role = `/api/neighbourhoods/${id}/members/${vi.member.id}/role`;
  await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
  stage.app.clock.now += 75 * day;
  const { code } = await bo.phone.invite(id);
  const di = phoneOf(stage.app);
  await di.accept(code, 'Di');
  const phones: Record<Who, Phone> = { founder, vi: vi.phone, bo: bo.phone, cy: cy.phone, di };
  const devices = new Map<string, Who>();
  for (const who of ['founder', 'vi', 'bo', 'cy', 'di'] as const) {
    const device = await stage.subscribe(phones[who]);
    devices.set(device, who);
  }
  await stage.work();
  let seen = 0;
  return {
    ...{ id, phones, bo: bo.member, vi: vi.member },
    /** Who was told what since this was asked last, once so many were. */
    told: async (count: number) => {
      await stage.service.waitFor((received) => received.length >= seen + count);
      await stage.drained();
      const fresh = stage.service.received.slice(seen);
      seen = stage.service.received.length;
      return Object.fromEntries(
        fresh
          .map(({ subscriptionId, payload }) => {
            const message = v.parse(PushMessage, JSON.parse(payload));
            const what = message.kind === 'handling' ? message.step : message.kind;
            return [devices.get(subscriptionId) ?? 'nobody', what] as const;
          })
          .toSorted(([a], [b]) => a.localeCompare(b)),
      );
    },
    detail: (incidentId: string) =>
      bo.phone.must(bo.phone.get<IncidentDetail>(`/api/neighbourhoods/${id}/incidents/${incidentId}`)),
    topics: () => new Set(stage.service.received.map(({ topic }) => topic)),
    answer: (who: Who, incidentId: string, kind: string) =>
      phones[who].must(
        phones[who].post(`/api/neighbourhoods/${id}/incidents/${incidentId}/responses`, { kind }),
      ),
    pass: async (minutes: number, incidentId: string) => {
      stage.app.clock.now += minutes * minute;
      await handlingTimer(stage.app.deps)(id, incidentId);
    },
  };
}

describe('asking for somebody', () => {
  it('[RE18] pushes each step to whom it asks, and to the reporter only the last', async () => {
    const { id, phones, told, pass, topics } = await scene();
    const { incident } = await phones.cy.report(id, { severity: 'severe' });
    expect(await told(4)).toEqual({ bo: 'alert', di: 'alert', founder: 'alert', vi: 'alert' });
    await pass(5, incident.id);
    expect(await told(2)).toEqual({ founder: 'volunteers', vi: 'volunteers' });
    await pass(3, incident.id);
    expect(await told(4)).toEqual({ bo: 'everyone', di: 'everyone', founder: 'everyone', vi: 'everyone' });
    await pass(3, incident.id);
    expect(await told(5)).toEqual({
      ...{ bo: 'exhausted', cy: 'exhausted', di: 'exhausted', founder: 'exhausted', vi: 'exhausted' },
    });
    // One topic, as one notification on each phone.
    expect(topics()).toEqual(new Set([topicOf(incident.id)]));
  });

  it.each([
    ['di', false],
    ['cy', true],
  ] as const)(
    '[RE18] takes no alert that waits for a witness to everybody, but tells its reporter (%s, anonymous: %s)',
    async (reporter, anonymous) => {
      const { id, phones, told, pass } = await scene();
      const { incident } = await phones[reporter].report(id, { severity: 'severe', anonymous });
      expect(await told(2)).toEqual({ founder: 'alert', vi: 'alert' });
      await pass(5, incident.id);
      expect(await told(2)).toEqual({ founder: 'volunteers', vi: 'volunteers' });
      await pass(3, incident.id);
      expect(await told(2)).toEqual({ founder: 'everyone', vi: 'everyone' });
      await pass(3, incident.id);
      expect(await told(3)).toEqual({ [reporter]: 'exhausted', founder: 'exhausted', vi: 'exhausted' });
    },
  );

  it.each(['everyone', 'exhausted'] as const)(
    '[RE21] asks everyone once a witness makes it everybody’s, though %s was told to volunteers',
    async (last) => {
      const { id, phones, told, pass, detail } = await scene();
      const { incident } = await phones.di.report(id, { severity: 'severe' });
      await told(2);
      await pass(5, incident.id);
      await told(2);
      await pass(3, incident.id);
      await told(2);
      if (last === 'exhausted') {
        await pass(3, incident.id);
        await told(3);
      }
      const confirmations = `/api/neighbourhoods/${id}/incidents/${incident.id}/confirmations`;
      await phones.cy.must(phones.cy.post(confirmations, { kind: 'confirm' }));
      expect(await told(1)).toEqual({ bo: 'alert' });
      expect((await detail(incident.id)).life.handling).toMatchObject({ step: 'volunteers', ownerId: null });
      await pass(3, incident.id);
      expect(await told(4)).toEqual({ bo: 'everyone', cy: 'everyone', founder: 'everyone', vi: 'everyone' });
      await pass(3, incident.id);
      expect(await told(5)).toMatchObject({ bo: 'exhausted', di: 'exhausted' });
    },
  );

  it('[RE21] asks them too where nobody disputes it any more; whoever has it in hand by then keeps it', async () => {
    const { id, phones, told, pass, answer, detail } = await scene();
    const [open, taken] = [
      (await phones.di.report(id, { severity: 'severe' })).incident,
      (await phones.di.report(id, { severity: 'severe' })).incident,
    ];
    await told(4);
    for (const minutes of [5, 3, 3]) {
      await pass(minutes, open.id);
      await pass(0, taken.id);
    }
    await answer('vi', taken.id, 'acknowledged');
    const { deps } = stage.app;
    for (const { id: incidentId } of [open, taken]) await untoldTimer(deps)(id, incidentId);
    expect((await detail(open.id)).life.handling).toMatchObject({ step: 'volunteers' });
    expect((await detail(taken.id)).life.handling).toMatchObject({ step: 'owned' });
  });

  it('[RE18] tells whom an incident comes to without their having said so just now, and nobody else', async () => {
    const { id, phones, told, pass, answer, vi } = await scene();
    const { incident } = await phones.cy.report(id);
    await told(4);
    // Answers push nothing by themselves.
    for (const who of ['bo', 'vi', 'di'] as const) {
      stage.app.clock.now += 1;
      await answer(who, incident.id, 'acknowledged');
    }
    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/handling`;
    await phones.bo.must(phones.bo.post(path, { memberId: vi.id }));
    expect(await told(1)).toEqual({ vi: 'owned' });
    // Stood down: the next has it. Silent: the next.
    await answer('vi', incident.id, 'stood-down');
    expect(await told(1)).toEqual({ bo: 'owned' });
    await pass(20, incident.id);
    expect(await told(1)).toEqual({ di: 'owned' });
    // Heard of again, it does not change hands; then nobody is left who has said anything.
    for (const kind of ['stood-down', 'acknowledged', 'stood-down']) await answer('bo', incident.id, kind);
    await answer('di', incident.id, 'stood-down');
    expect(await told(2)).toEqual({ founder: 'volunteers', vi: 'volunteers' });
  });
});
