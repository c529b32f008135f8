import { describe, expect, it } from 'vitest';
import type { DrillChanged, DrillDetail } from '../../../shared/drills.ts';
import type { Way } from '../../../shared/ways.ts';
import { phoneOf } from '../../support/app.ts';
import { street } from '../../support/phone.ts';
import { waysStage } from './ways-stage.ts';

const stage = waysStage();
const newPhone = () => phoneOf(stage.app);
const minute = 60_000;
const secret = { title: 'Secret title', description: 'Secret words' };

describe('a topic', () => {
  it('[WY11] gets title, text, urgency, link and a button, and the token of its reader', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'ntfy', { token: 'tk_1', locale: 'fr' });
    await stage.work();
    const { incident } = await bo.report(id, { category: 'fire', severity: 'extreme', ...secret });
    await stage.receiver.waitFor((got) => got.length === 2);
    const [code, alert] = stage.receiver.got;
    for (const got of [code, alert]) {
      expect(got?.path).toBe('/');
      expect(got?.headers.authorization).toBe('Bearer tk_1');
    }
    const url = `https://vigie.test/n/${id}/incidents/${incident.id}`;
    expect(JSON.parse(alert?.body ?? '')).toEqual({
      topic: 'lilas-alerts',
      title: 'Feu ou fumée',
      message: expect.stringContaining('Rue des Lilas · extrême'),
      priority: 5,
      click: url,
      actions: [{ action: 'view', label: 'Ouvrir', url }],
    });
  });
});

describe('ways and the queue of pushes', () => {
  it('[WY12] a correction reaches exactly the ways that were told, in their languages', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(ada, 'email', { locale: 'fr' });
    await stage.work();
    const { incident } = await bo.report(id, { category: 'fire', severity: 'severe' });
    await stage.mail.waitFor((mails) => mails.length === 2);
    await stage.drained();
    // Added since: it heard nothing, so there is nothing to take back.
    await stage.verified(ada, 'webhook');
    const ending = { kind: 'resolved', reason: 'Over.' };
    await bo.must(bo.post(`/api/neighbourhoods/${id}/incidents/${incident.id}/resolution`, ending));
    await stage.mail.waitFor((mails) => mails.length === 3);
    await stage.drained();
    expect(stage.receiver.got).toHaveLength(1);
    const [, alert, correction] = stage.mail.mails;
    expect(correction?.headers.get('subject')).toContain('Fin d’alerte · Feu ou fumée');
    expect(correction?.headers.get('references')).toBe(alert?.headers.get('references'));
    expect(correction?.headers.get('message-id')).not.toBe(alert?.headers.get('message-id'));
  });

  it('[DR8] whoever is told of a drill by mail alone answers it on the page that the mail leads to', async () => {
    const { id, ada, bo } = await stage.pair();
    await stage.verified(bo, 'email', { address: 'bo@example.org' });
    await stage.work();
    const drills = `/api/neighbourhoods/${id}/drills`;
    const { drill } = await ada.must(ada.post<DrillChanged>(drills));
    await stage.mail.waitFor((mails) => mails.length === 2);
    await stage.drained();
    const detail = () => bo.must(bo.get<DrillDetail>(`${drills}/${drill.id}`));
    expect(await detail()).toMatchObject({ mine: 'accepted' });
    await bo.must(bo.post(`${drills}/${drill.id}/seen`));
    expect(await detail()).toMatchObject({ mine: 'answered', figures: { answered: 1, none: 1 } });
  });

  it('[WY13] are told of all their person’s neighbourhoods, also later ones, and of none that they left', async () => {
    const { id, ada, bo, boId } = await stage.pair();
    await stage.verified(bo, 'email', { address: 'bo@example.org' });
    const other = await street(newPhone, []);
    const { code } = await other.founder.invite(other.id);
    await bo.accept(code, 'Bo');
    await stage.work();
    await other.founder.report(other.id, { severity: 'severe' });
    await ada.report(id, { severity: 'severe' });
    await stage.mail.waitFor((mails) => mails.length === 3);
    await ada.must(ada.send('DELETE', `/api/neighbourhoods/${id}/members/${boId}`));
    await ada.report(id, { severity: 'severe' });
    await stage.drained();
    expect(stage.mail.mails).toHaveLength(3);
  });

  it('[WY13] what is removed is told nothing more, also what waits for it', async () => {
    const { id, ada, bo } = await stage.pair();
    const { way } = await stage.verified(ada, 'webhook');
    stage.receiver.behave([503]);
    await stage.work();
    await bo.report(id, { severity: 'severe' });
    await stage.receiver.waitFor((got) => got.length === 2);
    await ada.must(ada.send('DELETE', `/api/ways/${way.id}`));
    stage.app.clock.now += 10 * minute;
    await stage.drained();
    expect(stage.receiver.got).toHaveLength(2);
    expect(await stage.ways(ada)).toEqual([]);
    expect((await ada.send('DELETE', `/api/ways/${way.id}`)).status).toBe(404);
  });

  it('[WY14] a test goes the same way, once a command, and its run is shown', async () => {
    const { ada, bo } = await stage.pair();
    const { way } = await stage.verified(ada, 'ntfy');
    const path = `/api/ways/${way.id}/test`;
    const key = { 'idempotency-key': crypto.randomUUID() };
    for (let i = 0; i < 2; i += 1) {
      const { way: now } = await ada.must(ada.post<{ way: Way }>(path, {}, key));
      expect(now.runs.map(({ outcome }) => outcome)).toEqual(['accepted']);
    }
    expect(stage.receiver.got).toHaveLength(2);
    expect(JSON.parse(stage.receiver.got[1]?.body ?? '')).toMatchObject({ title: 'A test from Vigie' });
    expect((await bo.post(path)).status).toBe(404);
    const fresh = await ada.must(stage.add(ada, 'webhook'));
    expect((await ada.post(`/api/ways/${fresh.way.id}/test`)).status).toBe(409);
  });
});
