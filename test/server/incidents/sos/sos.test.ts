import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../../../shared/errors.ts';
import type { LogPage } from '../../../../shared/events.ts';
import type { IncidentDetail, IncidentPage, Reported } from '../../../../shared/incidents.ts';
import type { Snapshot } from '../../../../shared/protocol.ts';
import type { SosSettings } from '../../../../shared/sos.ts';
import type { Statistics } from '../../../../shared/statistics.ts';
import { handlingTimer } from '../../../../server/incidents/handling/timer.ts';
import { neighbourhoodKeys } from '../../../../server/redis/keys.ts';
import { runDue } from '../../../../server/timers/timers.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../../support/app.ts';
import { type Phone, square, street } from '../../../support/phone.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const codes = { cancel: '2468', duress: '1357' };

/** Bo needs help; Ada coordinates, Cy is a resident, Vi a volunteer. */
async function scene(on: TestApp = test) {
  const at = await street(() => phoneOf(on), ['Bo', 'Cy', 'Vi']);
  const [bo, cy, vi] = at.neighbours;
  if (bo === undefined || cy === undefined || vi === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  await at.founder.must(
    at.founder.send('PUT', `${path}/members/${vi.member.id}/role`, { role: 'volunteer' }),
  );
  const log = async () => (await at.founder.must(at.founder.get<LogPage>(`${path}/log`))).entries;
  const about = (id: string) => `${path}/incidents/${id}`;
  return {
    ...at,
    bo,
    cy,
    vi,
    path,
    about,
    log,
    raise: async () => (await bo.phone.must(bo.phone.post<Reported>(`${path}/sos`))).incident,
    setCodes: (more: object = {}) =>
      bo.phone.send<SosSettings>('PUT', `${path}/sos/codes`, { ...codes, ...more }),
    end: (id: string, code?: string, phone: Phone = bo.phone) =>
      phone.post<Reported & Problem>(`${path}/sos/${id}/end`, code === undefined ? {} : { code }),
    detail: (id: string, phone: Phone) => phone.get<IncidentDetail>(about(id)),
    respond: (id: string, phone: Phone, kind: string) => phone.post(`${about(id)}/responses`, { kind }),
  };
}

describe('raising an SOS', () => {
  it('[SO1] tells everybody at once that help is needed, and nobody where', async () => {
    const { raise, log, bo, founder, path } = await scene();
    const sos = await raise();
    expect(sos).toMatchObject({
      severity: 'extreme',
      status: 'open',
      reportedBy: bo.member.id,
      audience: 'everyone',
      sos: { startedBy: 'member', silent: false, told: 'all' },
    });
    // Bo is new here: of a report only volunteers would be told first.
    expect((await log()).at(-1)).toMatchObject({
      type: 'incident.reported',
      by: bo.member.id,
      incident: sos,
    });
    const [lng, lat] = square.coordinates[0]?.[0] ?? [];
    expect(sos.position).toEqual({ lat, lng });
    const { incidents } = await founder.must(founder.get<Snapshot>(`${path}/snapshot`));
    expect(incidents.map(({ id }) => id)).toContain(sos.id);
  });

  it('[SO1] knows no limit of alerts and no cool-down, but one runs at a time', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { raise, end, bo, path, respond, vi, about } = await scene(limited);
      for (let i = 0; i < 15; i += 1) {
        const { id } = await raise();
        if (i < 3) {
          await respond(id, vi.phone, 'on-scene');
          const body = { kind: 'false-alarm', reason: 'Nothing was wrong.' };
          expect((await vi.phone.post(`${about(id)}/resolution`, body)).status).toBe(201);
        } else expect((await end(id)).status).toBe(201);
      }
      await raise();
      expect((await bo.phone.post(`${path}/sos`)).status).toBe(409);
    } finally {
      await limited.stop();
    }
  });

  it('[SO1] repeats its answer to a repeated command', async () => {
    const { bo, path, log } = await scene();
    const key = { 'idempotency-key': uuid() };
    const first = await bo.phone.post(`${path}/sos`, { silent: true }, key);
    const again = await bo.phone.post(`${path}/sos`, { silent: true }, key);
    expect(again.body).toEqual(first.body);
    expect((await log()).filter(({ type }) => type === 'incident.reported')).toHaveLength(1);
  });

  it('[SO2] nobody answers, confirms, hands over, keeps open or opens again their own', async () => {
    const { raise, bo, cy, founder, founderMember, about, respond, path } = await scene();
    const { id } = await raise();
    expect((await respond(id, bo.phone, 'acknowledged')).status).toBe(403);
    expect((await bo.phone.post(`${about(id)}/confirmations`, { kind: 'confirm' })).status).toBe(403);
    expect((await bo.phone.post(`${about(id)}/freshness`)).status).toBe(403);
    await cy.phone.must(respond(id, cy.phone, 'acknowledged'));
    const toBo = { memberId: bo.member.id };
    expect((await cy.phone.post(`${about(id)}/handling`, toBo)).status).toBe(422);
    // A coordinator may hand anything over, but what is their own.
    const own = (await founder.must(founder.post<Reported>(`${path}/sos`))).incident;
    const toCy = { memberId: cy.member.id };
    expect((await founder.post(`${about(own.id)}/handling`, toCy)).status).toBe(403);
    expect(founderMember.role).toBe('coordinator');
  });

  it('[SO2] ends by whoever raised it and by who is on the scene, by nobody else, and for good', async () => {
    const { raise, end, cy, vi, founder, bo, about, respond } = await scene();
    const { id } = await raise();
    const body = { kind: 'resolved', reason: 'Brought home.' };
    await cy.phone.must(respond(id, cy.phone, 'acknowledged'));
    for (const phone of [founder, cy.phone, bo.phone])
      expect((await phone.post(`${about(id)}/resolution`, body)).status).toBe(403);
    expect((await end(id, undefined, cy.phone)).status).toBe(403);
    await vi.phone.must(respond(id, vi.phone, 'on-scene'));
    expect((await vi.phone.post(`${about(id)}/resolution`, body)).status).toBe(201);
    expect((await end(id)).status).toBe(409);
    for (const phone of [vi.phone, bo.phone, founder])
      expect((await phone.post(`${about(id)}/reopening`, { reason: 'Not over.' })).status).toBe(409);
    const second = await raise();
    expect((await end(second.id)).body.incident).toMatchObject({
      status: 'closed',
      outcome: { kind: 'resolved', by: bo.member.id },
    });
  });

  it('[SO2] is merged with nothing, and an incident that is none is not ended so', async () => {
    const { raise, end, founder, bo, id: neighbourhoodId, about } = await scene();
    const sos = await raise();
    const { incident } = await bo.phone.report(neighbourhoodId, { category: 'other' });
    const merged = await founder.post(`${about(incident.id)}/merge`, { into: sos.id });
    expect(merged.status).toBe(409);
    expect((await end(incident.id)).status).toBe(404);
  });

  it('[SO3] is asked of volunteers a minute later where nobody has answered, then of everybody', async () => {
    const { raise, log, id } = await scene();
    await raise();
    const steps: string[] = [];
    for (const ms of [59_000, 2000, 120_000, 120_000]) {
      test.clock.now += ms;
      await runDue(test.deps, neighbourhoodKeys(id).partition, { handling: handlingTimer(test.deps) });
      const entries = (await log()).filter((entry) => entry.type === 'handling.changed');
      steps.push(entries.at(-1)?.handling.step ?? 'none');
    }
    expect(steps).toEqual(['none', 'volunteers', 'everyone', 'exhausted']);
  });
});

describe('the log of an SOS that its member had to end', () => {
  it('[SO13] says to them that it ended, in every page and in the snapshot, and to the others that it goes on', async () => {
    const { raise, end, setCodes, respond, bo, cy, vi, path, about } = await scene();
    await setCodes();
    const { id } = await raise();
    await vi.phone.must(respond(id, vi.phone, 'acknowledged'));
    test.clock.now += 1000;
    await bo.phone.must(end(id, codes.duress));
    test.clock.now += 1000;
    await cy.phone.must(respond(id, cy.phone, 'on-scene'));
    await bo.phone.must(bo.phone.post(`${about(id)}/updates`, { kind: 'comment', text: 'All is well.' }));
    const pageOf = async ({ phone }: { phone: Phone }) =>
      (await phone.must(phone.get<LogPage>(`${path}/log`))).entries;
    const [mine, theirs] = [await pageOf(bo), await pageOf(vi)];
    expect(mine.map(({ seq }) => seq)).toEqual(theirs.map(({ seq }) => seq));
    expect(mine.slice(-3).map(({ type }) => type)).toEqual([
      'incident.closed',
      'entry.erased',
      'update.posted',
    ]);
    expect(theirs.slice(-3).map(({ type }) => type)).toEqual([
      'incident.changed',
      'response.given',
      'update.posted',
    ]);
    const livesOf = async ({ phone }: { phone: Phone }) => {
      const { lives } = await phone.must(phone.get<Snapshot>(`${path}/snapshot`));
      return lives.find(({ incidentId }) => incidentId === id)?.responses.map(({ memberId }) => memberId);
    };
    expect(await livesOf(vi)).toEqual([vi.member.id, cy.member.id]);
    expect((await livesOf(bo)) ?? []).not.toContain(cy.member.id);
  });
});

describe('codes', () => {
  it('[SO5] the right one ends it, another does not, and without one set none is wanted', async () => {
    const { raise, end, setCodes, log } = await scene();
    expect((await setCodes()).body).toEqual({ sharing: 'all', hasCodes: true });
    const { id } = await raise();
    const before = await log();
    for (const code of [undefined, '0000']) {
      const answer = await end(id, code);
      expect([answer.status, answer.body.issues?.[0]?.path]).toEqual([403, 'code']);
    }
    expect(await log()).toEqual(before);
    expect((await end(id, codes.cancel)).status).toBe(201);
  });

  it('[SO5] are digits that differ, and are changed only by whoever knows the one that ends it', async () => {
    const { setCodes } = await scene();
    for (const wrong of [{ cancel: '123' }, { duress: 'abcd' }, { duress: codes.cancel }])
      expect((await setCodes(wrong)).status).toBe(422);
    expect((await setCodes()).status).toBe(200);
    expect((await setCodes()).status).toBe(403);
    expect((await setCodes({ current: '9999' })).status).toBe(403);
    expect((await setCodes({ current: codes.cancel, cancel: '8642' })).status).toBe(200);
    expect((await setCodes({ current: codes.cancel })).status).toBe(403);
  });

  it('[SO5] cannot be found by trying', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { raise, end, setCodes } = await scene(limited);
      await setCodes();
      const { id } = await raise();
      const statuses: number[] = [];
      for (let i = 0; i < 7; i += 1) statuses.push((await end(id, `000${i}`)).status);
      expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
    } finally {
      await limited.stop();
    }
  });

  it('[SO5] are stored in no form that digits can be tried against without their salt and its labour', async () => {
    const own = await startApp();
    try {
      const { raise, end, setCodes, path, bo } = await scene(own);
      // Long ones, whose digits are in no other number.
      const long = { cancel: '93718264', duress: '48271639' };
      await bo.phone.must(setCodes(long));
      const { id } = await raise();
      await bo.phone.must(end(id, long.cancel));
      const second = await raise();
      await bo.phone.must(end(second.id, long.duress));
      const body = JSON.stringify({ code: long.cancel });
      const { hash } = await import('node:crypto');
      const guess = hash('sha256', `POST ${path}/sos/${id}/end\n${body}`, 'base64url');
      const names = await readdir(own.server.dir, { recursive: true, withFileTypes: true });
      const files = names.filter((name) => name.isFile());
      const texts = await Promise.all(
        files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
      );
      const all = texts.join('\n');
      expect(all).toContain(id);
      for (const secret of [long.cancel, long.duress, guess]) expect(all).not.toContain(secret);
    } finally {
      await own.stop();
    }
  });
});

describe('duress', () => {
  /** An answer without what differs between any two: ids, times, and where in the log it is. */
  const shape = (answer: { status: number; headers: Headers; body: unknown }, ids: readonly string[]) => {
    let text = JSON.stringify([answer.status, [...answer.headers.keys()].toSorted(), answer.body]);
    for (const [i, id] of ids.entries()) text = text.replaceAll(id, `id${i}`);
    return text.replaceAll(/\d{13}/gu, 'time').replaceAll(/"seq":\d+/gu, 'seq');
  };

  it('[SO6] answers as the right code does, and so does whatever the member asks after it', async () => {
    const tell = async (code: string) => {
      const { raise, end, setCodes, bo, cy, vi, path, about, respond, detail, id: n } = await scene();
      await bo.phone.must(setCodes());
      const { id } = await raise();
      await cy.phone.must(respond(id, cy.phone, 'en-route'));
      const key = { 'idempotency-key': uuid() };
      const body = { code };
      const answers = [
        await bo.phone.post(`${path}/sos/${id}/end`, body, key),
        await bo.phone.post(`${path}/sos/${id}/end`, body, key),
      ];
      // As it is told on phones and maps; what takes it back goes out after the right code alone.
      const { reach } = neighbourhoodKeys(n);
      const correction = code === codes.cancel ? ['toldAgain', '2', 'sawAgain', '1'] : [];
      await test.redis.send(reach(id), 'HSET', reach(id), 'phones', '2', 'told', '2', ...correction);
      test.clock.now += 1000;
      await respond(id, vi.phone, 'on-scene');
      test.clock.now += 1000;
      answers.push(
        await end(id, code),
        await end(id, codes.cancel),
        await end(id, '0000'),
        await detail(id, bo.phone),
        await bo.phone.get<IncidentPage>(`${path}/incidents`),
        await bo.phone.get<IncidentPage>(`${path}/incidents?status=open`),
        await bo.phone.get<IncidentPage>(`${path}/incidents?status=closed`),
        await bo.phone.get<Statistics>(`${path}/statistics`),
        await bo.phone.post(`${about(id)}/resolution`, { kind: 'resolved', reason: 'x' }),
        await bo.phone.post(`${about(id)}/reopening`, { reason: 'x' }),
        await bo.phone.post(`${about(id)}/freshness`),
        await bo.phone.post(`${about(id)}/confirmations`, { kind: 'confirm' }),
        await respond(id, bo.phone, 'acknowledged'),
        await bo.phone.post(`${about(id)}/updates`, { kind: 'observation', text: 'They stand here.' }),
        await bo.phone.post(`${about(id)}/handling`, { memberId: cy.member.id }),
        await bo.phone.get(`${about(id)}/history`),
        await bo.phone.get(`${path}/sos/settings`),
      );
      const { incidents, lives } = (await bo.phone.get<Snapshot>(`${path}/snapshot`)).body;
      answers.push({ status: 200, headers: new Headers(), body: { incidents, lives } });
      const next = await bo.phone.post<Reported>(`${path}/sos`);
      answers.push(next);
      const second = next.body.incident.id;
      return answers.map((answer) =>
        shape(answer, [id, second, n, bo.member.id, cy.member.id, vi.member.id]),
      );
    };
    const duress = await tell(codes.duress);
    const right = await tell(codes.cancel);
    // Whoever is there answers a closed one with a refusal: that is seen by them alone.
    expect(duress).toEqual(right);
    expect(right[0]).toContain('"status":"closed"');
    expect(right[7]).toContain('"incidents":[]');
    expect(right[8]).toContain('"status":"closed"');
  });

  it('[SO6] to the others it goes on, and who helps is told, and nobody else', async () => {
    const { raise, end, setCodes, bo, cy, vi, founder, respond, detail, log } = await scene();
    await bo.phone.must(setCodes());
    const { id } = await raise();
    await cy.phone.must(respond(id, cy.phone, 'en-route'));
    await bo.phone.must(end(id, codes.duress));
    const seen = async (phone: Phone) => {
      const { incident, duress } = (await detail(id, phone)).body;
      return [incident.status, duress];
    };
    expect(await seen(cy.phone)).toEqual(['open', true]);
    expect(await seen(founder)).toEqual(['open', false]);
    expect(await seen(vi.phone)).toEqual(['open', false]);
    await vi.phone.must(respond(id, vi.phone, 'on-scene'));
    expect(await seen(vi.phone)).toEqual(['open', true]);
    await cy.phone.must(respond(id, cy.phone, 'stood-down'));
    expect(await seen(cy.phone)).toEqual(['open', false]);
    expect(await seen(bo.phone)).toEqual(['closed', false]);
    expect(JSON.stringify(await log())).not.toMatch(/duress|unseen/u);
  });

  it('[SO6] changing the codes under duress changes nothing and answers as if it did', async () => {
    const { setCodes, raise, end } = await scene();
    await setCodes();
    const answer = await setCodes({ current: codes.duress, cancel: '8642' });
    expect([answer.status, answer.body]).toEqual([200, { sharing: 'all', hasCodes: true }]);
    const { id } = await raise();
    expect((await end(id, '8642')).status).toBe(403);
    expect((await end(id, codes.cancel)).status).toBe(201);
  });
});

describe('what is kept of it', () => {
  it('[SO12] is taken along without codes and duress, and erased with its member', async () => {
    const { bo, cy, vi, path, setCodes, raise, end, id: n } = await scene();
    await bo.phone.must(setCodes());
    await bo.phone.must(bo.phone.send('PUT', `${path}/sos/sharing`, { sharing: [cy.member.id] }));
    const { id } = await raise();
    await bo.phone.must(end(id, codes.duress));
    const raiseAt = test.clock.now + 600_000;
    await bo.phone.must(bo.phone.send('PUT', `${path}/walk`, { raiseAt, note: 'By the canal' }));
    type Export = { neighbourhoods: { sos: object; incidents: { status: string }[] }[] };
    const { body } = await bo.phone.get<Export>('/api/me/export');
    expect(body.neighbourhoods[0]).toMatchObject({
      sos: { sharing: [cy.member.id], hasCodes: true, walk: { note: 'By the canal' } },
      incidents: [{ status: 'closed' }],
    });
    expect(JSON.stringify(body)).not.toMatch(/duress|salt/u);

    await vi.phone.must(vi.phone.post(`${path}/incidents/${id}/responses`, { kind: 'on-scene' }));
    const found = { kind: 'resolved', reason: 'Found.' };
    await vi.phone.must(vi.phone.post(`${path}/incidents/${id}/resolution`, found));
    // That others ended it shows in no figure of theirs either.
    expect((await bo.phone.get<Export>('/api/me/export')).body.neighbourhoods[0]).toMatchObject({
      ...{ incidents: [{ status: 'closed', outcome: { by: bo.member.id } }] },
      record: { resolved: 0, refuted: 0 },
    });
    expect((await bo.phone.send('DELETE', '/api/me?confirm=erase')).status).toBe(204);
    const { sos, sosSettings, walks, timers } = neighbourhoodKeys(n);
    for (const key of [sos, sosSettings, walks]) expect(await test.redis.send(key, 'HLEN', key)).toBe(0);
    const waiting = await test.redis.send(timers, 'ZRANGE', timers, '0', '-1');
    expect(waiting).not.toContain(`walk:${n}:${bo.member.id}`);
  });
});
