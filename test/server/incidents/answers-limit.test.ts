import { expect, it } from 'vitest';
import type { LogPage } from '../../../shared/events.ts';
import { phoneOf, startApp, uuid } from '../../support/app.ts';
import { street } from '../../support/phone.ts';

it('[RE19] answers and endings of a member are counted by the hour, each by itself, and repetitions are not', async () => {
  const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
  try {
    const { id, founder, neighbours } = await street(() => phoneOf(limited));
    const bo = neighbours[0]?.phone ?? founder;
    const { incident } = await founder.report(id);
    const { incident: other } = await founder.report(id);
    const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
    const head = async () => (await bo.must(bo.get<LogPage>(`/api/neighbourhoods/${id}/log`))).cursor;
    const repeated = { 'idempotency-key': uuid() };
    const answer = (headers = {}) => bo.post(`${about}/responses`, { kind: 'acknowledged' }, headers);

    expect((await answer(repeated)).status).toBe(201);
    for (let i = 1; i < 98; i += 1) expect((await answer()).status).toBe(201);
    expect((await answer(repeated)).headers.get('idempotency-replayed')).toBe('true');
    expect((await bo.post(`${about}/confirmations`, { kind: 'confirm' })).status).toBe(201);
    expect((await bo.post(`${about}/freshness`)).status).toBe(201);
    const before = await head();
    for (const [path, body] of [
      ['responses', { kind: 'en-route' }],
      ['confirmations', { kind: 'dispute' }],
      ['freshness', {}],
    ] as const) {
      const refused = await bo.post(`${about}/${path}`, body);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3000);
    }
    expect(await head()).toEqual(before);
    // What was done before is answered all the same.
    expect((await answer(repeated)).status).toBe(201);

    const end = { kind: 'false-alarm', reason: 'Nothing.' };
    for (let i = 0; i < 20; i += 1) {
      expect((await founder.post(`${about}/resolution`, end)).status).toBe(201);
      expect((await founder.post(`${about}/reopening`, { reason: 'Or was it?' })).status).toBe(201);
    }
    const closed = await head();
    expect((await founder.post(`${about}/resolution`, end)).status).toBe(429);
    expect((await founder.post(`${about}/merge`, { into: other.id })).status).toBe(429);
    expect(await head()).toEqual(closed);
    expect((await founder.post(`${about}/responses`, { kind: 'acknowledged' })).status).toBe(201);
  } finally {
    await limited.stop();
  }
});
