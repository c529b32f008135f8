import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import { PushMessage } from '../../../shared/push.ts';
import { topicOf } from '../../../server/push/sender.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { phoneOf } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { type Phone, street } from '../../support/phone.ts';
import { pushStage } from './push-stage.ts';

const day = 24 * 3600 * 1000;

const stage = pushStage();

const names = ['ada', 'bo', 'cy', 'di'] as const;
type Who = (typeof names)[number];

/** Ada coordinates; Bo, who is no newcomer, reports. All are subscribed. */
async function scene(over: Record<string, unknown> = {}) {
  // The push service has a clock of its own: it is the past that is far away.
  stage.app.clock.now -= 75 * day;
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneOf(stage.app),
    ['Bo', 'Cy', 'Di'],
  );
  stage.app.clock.now += 75 * day;
  const [bo, cy, di] = neighbours;
  if (bo === undefined || cy === undefined || di === undefined) throw new Error('nobody is there');
  const phones: Record<Who, Phone> = { ada: founder, bo: bo.phone, cy: cy.phone, di: di.phone };
  const ids: Record<Who, string> = {
    ...{ ada: founderMember.id, bo: bo.member.id },
    ...{ cy: cy.member.id, di: di.member.id },
  };
  const devices = new Map<string, Who>();
  for (const who of names) {
    const device = await stage.subscribe(phones[who]);
    devices.set(device, who);
  }
  await stage.work();
  const { outbox } = neighbourhoodKeys(id);
  let seen = 0;
  /** Who was told what since this was asked last, once all is read and sent. */
  async function told(): Promise<Partial<Record<Who, string>>> {
    await eventually(
      async () => {
        const groups = JSON.stringify(await stage.app.redis.send(outbox, 'XINFO', 'GROUPS', outbox));
        return groups.includes('"lag",0') && groups.includes('"pending",0');
      },
      { what: 'an outbox that was read' },
    );
    await stage.drained();
    const fresh = stage.service.received.slice(seen);
    seen = stage.service.received.length;
    return Object.fromEntries(
      fresh.map(({ subscriptionId, payload }) => {
        const message = v.parse(PushMessage, JSON.parse(payload));
        return [devices.get(subscriptionId), message.kind];
      }),
    );
  }
  const { incident } = await bo.phone.report(id, over);
  const path = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
  const command = (who: Who, rest: string, body: object) =>
    phones[who].must(phones[who].post(`${path}/${rest}`, body));
  return {
    ...{ id, phones, ids, incident, told },
    /** Another alert of the same thing. */
    again: async (who: Who, over: Record<string, unknown> = {}) =>
      (await phones[who].report(id, { evenSo: true, ...over })).incident,
    merge: (who: Who, from: string) =>
      phones[who].must(
        phones[who].post(`/api/neighbourhoods/${id}/incidents/${from}/merge`, { into: incident.id }),
      ),
    deviceOf: (who: Who) => [...devices].find(([, owner]) => owner === who)?.[0] ?? '',
    post: (who: Who, kind: 'observation' | 'comment', mentioned: readonly Who[] = []) =>
      command(who, 'updates', { kind, text: 'They ran north.', mentions: mentioned.map((one) => ids[one]) }),
    answer: (who: Who, kind: string) => command(who, 'responses', { kind }),
    follow: (who: Who, mode: string) =>
      phones[who].must(phones[who].send('PUT', `${path}/following`, { mode })),
    end: (who: Who) => command(who, 'resolution', { kind: 'resolved', reason: 'They left.' }),
    close: () => command('bo', 'resolution', { kind: 'resolved', reason: 'They left.' }),
    reopen: () => command('bo', 'reopening', { reason: 'They are back.' }),
    reach: async () => (await phones.ada.must(phones.ada.get<IncidentDetail>(path))).reach,
  };
}

const everybodyElse = { ada: 'alert', cy: 'alert', di: 'alert' };

describe('telling of neighbours’ words', () => {
  it('[UP6] pushes a mention to the mentioned alone, with nothing of the words; comments to nobody', async () => {
    const { told, post, phones, ids, id } = await scene();
    expect(await told()).toEqual(everybodyElse);
    await post('cy', 'comment');
    await post('cy', 'comment', ['ada', 'di', 'ada', 'cy']);
    expect(await told()).toEqual({ ada: 'mention', di: 'mention' });
    const { payload, urgency } = stage.service.received.at(-1) ?? { payload: '', urgency: '' };
    expect(payload).not.toContain('north');
    expect(payload).not.toContain(ids.cy);
    expect(urgency).toBe('high');
    expect(stage.service.received).toHaveLength(5);
    // In what somebody sees, too: the others who follow get that, the mentioned this.
    await post('cy', 'observation', ['di']);
    expect(await told()).toEqual({ di: 'mention', bo: 'observation' });
    // Who is gone since is not asked any more.
    await phones.ada.send('DELETE', `/api/neighbourhoods/${id}/members/${ids.di}`);
    await post('cy', 'comment', ['ada']);
    expect(await told()).toEqual({ ada: 'mention' });
  });

  it('[UP7] [UP8] pushes an observation to who reported, who responds and who wishes it', async () => {
    const { told, post, answer, follow } = await scene();
    await told();
    await post('cy', 'observation');
    expect(await told()).toEqual({ bo: 'observation' });
    await answer('cy', 'en-route');
    await follow('di', 'all');
    await post('ada', 'observation');
    expect(await told()).toEqual({ bo: 'observation', cy: 'observation', di: 'observation' });
    // Nobody is told of their own.
    await post('bo', 'observation');
    expect(await told()).toEqual({ cy: 'observation', di: 'observation' });
    await answer('cy', 'stood-down');
    await follow('di', 'first');
    await follow('bo', 'first');
    expect(await told()).toEqual({ ada: 'handling' });
    await post('ada', 'observation');
    expect(await told()).toEqual({});
  });

  it('[UP7] tells no anonymous writer of their own words, and the others that follow', async () => {
    const { told, post, follow } = await scene({ anonymous: true });
    expect(await told()).toEqual({ ada: 'alert' });
    await follow('cy', 'all');
    await post('bo', 'observation');
    expect(await told()).toEqual({ cy: 'observation' });
  });

  it('[UP9] leaves the muted alone, but for what takes back what they were told', async () => {
    const { told, post, answer, follow, close, reopen } = await scene();
    await told();
    for (const who of ['ada', 'cy'] as const) await follow(who, 'muted');
    await answer('cy', 'acknowledged');
    await post('bo', 'observation', ['ada']);
    await post('di', 'comment', ['cy']);
    expect(await told()).toEqual({});
    // Nobody is left to see to it: only Ada could be asked, Di and the reporter apart.
    await answer('cy', 'stood-down');
    expect(await told()).toEqual({});
    await close();
    expect(await told()).toEqual({ ada: 'correction', cy: 'correction', di: 'correction' });
    await reopen();
    expect(await told()).toEqual({ ada: 'reopening', cy: 'reopening', di: 'reopening' });
  });

  it('[UP9] keeps the second step of an alert from who muted it meanwhile', async () => {
    const { told, phones, follow, incident, id } = await scene({ anonymous: true });
    expect(await told()).toEqual({ ada: 'alert' });
    await follow('di', 'muted');
    const path = `/api/neighbourhoods/${id}/incidents/${incident.id}/confirmations`;
    await phones.ada.must(phones.ada.post(path, { kind: 'confirm' }));
    expect(await told()).toEqual({ cy: 'alert' });
  });

  it('[UP7] [UP11] words count as no alert, and wait apart from it and from its correction', async () => {
    const { told, post, close, follow, incident, reach } = await scene({ anonymous: true });
    expect(await told()).toEqual({ ada: 'alert' });
    await follow('cy', 'all');
    await post('ada', 'observation', ['di']);
    expect(await told()).toEqual({ bo: 'observation', cy: 'observation', di: 'mention' });
    await close();
    // Exactly the phones that the alert reached, see OC2; Cy chose to hear all of it.
    expect(await told()).toEqual({ ada: 'correction', cy: 'ended' });
    await post('ada', 'comment', ['di']);
    expect(await told()).toEqual({ di: 'mention' });
    await eventually(async () => (await reach()).correction.told === 1, { what: 'the figures' });
    expect(await reach()).toMatchObject({ phones: 1, alert: { told: 1 }, correction: { told: 1 } });
    const topics = (kind: PushMessage['kind']) =>
      new Set(
        stage.service.received
          .filter(({ payload }) => v.parse(PushMessage, JSON.parse(payload)).kind === kind)
          .map(({ topic }) => topic),
      );
    expect(topics('alert')).toEqual(new Set([topicOf(incident.id)]));
    expect(topics('correction')).toEqual(topics('alert'));
    const words = [...topics('observation'), ...topics('mention')];
    expect(new Set([...words, topicOf(incident.id)]).size).toBe(3);
  });

  it('[PD15] tells those who follow the one that goes on of a merge, and the others how theirs ended', async () => {
    const { told, again, merge, follow } = await scene();
    await told();
    // Muted by Di, followed by Cy: neither Cy nor Bo, who reported the first, is told of the second.
    const second = await again('ada', { anonymous: true });
    expect(await told()).toEqual({});
    await follow('cy', 'all');
    await follow('di', 'muted');
    await merge('ada', second.id);
    expect(await told()).toEqual({ bo: 'merging', cy: 'merging' });
    const { payload, urgency, topic } = stage.service.received.at(-1) ?? {};
    expect(JSON.parse(payload ?? '')).toMatchObject({ kind: 'merging' });
    expect([urgency, topic === topicOf(second.id)]).toEqual(['normal', false]);
    // Of a third everybody is told, and hears how it ended and nothing else.
    const third = await again('di', { category: 'fire' });
    expect(await told()).toEqual({ ada: 'alert', bo: 'alert', cy: 'alert' });
    await merge('ada', third.id);
    expect(await told()).toEqual({ ada: 'correction', bo: 'correction', cy: 'correction', di: 'ended' });
  });

  it('[OC20] tells the reporter in silence that somebody else ended it, which is no correction', async () => {
    const { told, end, reach, incident } = await scene();
    expect(await told()).toEqual(everybodyElse);
    await end('ada');
    expect(await told()).toEqual({ ada: 'correction', bo: 'ended', cy: 'correction', di: 'correction' });
    const ended = stage.service.received.find(({ payload }) => payload.includes('"ended"'));
    expect(JSON.parse(ended?.payload ?? '')).toMatchObject({ outcome: 'resolved' });
    expect([ended?.urgency, ended?.topic === topicOf(incident.id)]).toEqual(['normal', false]);
    await eventually(async () => (await reach()).phones === 3 && (await reach()).correction.told === 3, {
      what: 'the figures',
    });
    expect(await reach()).toMatchObject({ phones: 3, alert: { told: 3 }, correction: { told: 3 } });
  });

  it('[OC20] tells who has a part in it and was not told, not who ended it, and no muted one', async () => {
    // A newcomer's, and without a name: Ada alone is told of it.
    const { told, end, reopen, follow, answer } = await scene({ anonymous: true });
    expect(await told()).toEqual({ ada: 'alert' });
    await follow('cy', 'all');
    await answer('di', 'en-route');
    await end('bo');
    expect(await told()).toEqual({ ada: 'correction', cy: 'ended', di: 'ended' });
    await reopen();
    await told();
    await follow('bo', 'muted');
    await end('ada');
    expect(Object.keys(await told())).not.toContain('bo');
  });

  it('[UP7] tells no observation of what ended meanwhile', async () => {
    const { told, post, close, follow, deviceOf } = await scene();
    await told();
    await follow('cy', 'all');
    const attempts = () =>
      stage.service.attempts.filter((got) => got.subscriptionId === deviceOf('cy')).length;
    stage.service.behave(deviceOf('cy'), [{ status: 503 }]);
    await post('di', 'observation');
    await eventually(() => attempts() === 2, { what: 'the attempt that fails' });
    await close();
    stage.app.clock.now += 3600 * 1000;
    expect(await told()).toMatchObject({ bo: 'observation', cy: 'correction' });
    expect(attempts()).toBe(3);
  });
});
