import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reported } from '../../shared/incidents.ts';
import type { Invite } from '../../shared/neighbourhoods.ts';
import { newSubscription } from '../support/subscription.ts';
import { anyone, askers, inside, n, type Row, type Scene, signedIn } from '../support/authorisation.ts';
import { roundRows } from '../support/authorisation-round.ts';
import { noRota, planRota, rotaRows } from '../support/authorisation-rota.ts';
import { phoneOf, startApp, type TestApp } from '../support/app.ts';
import { photoForm, png, uploadPhoto } from '../support/photos.ts';
import { seedSearch } from '../support/search.ts';
import { startPatrol, wantPatrols } from '../support/patrol-scene.ts';
import { report, square, street } from '../support/phone.ts';

const matrix: Record<string, Row> = {
  'GET /health/live': { request: () => ({ path: '/health/live' }), expect: anyone(200) },
  'GET /health/ready': { request: () => ({ path: '/health/ready' }), expect: anyone(200) },
  // By address, not by person: see the process's own test.
  'GET /metrics': { request: () => ({ path: '/metrics' }), expect: anyone(200) },
  'GET /api/config': { request: () => ({ path: '/api/config' }), expect: anyone(200) },
  'GET /api/openapi.json': { request: () => ({ path: '/api/openapi.json' }), expect: anyone(200) },
  'GET /api/docs': { request: () => ({ path: '/api/docs' }), expect: anyone(200) },
  'GET /api/me': { request: () => ({ path: '/api/me' }), expect: signedIn(200) },
  'GET /api/me/export': { request: () => ({ path: '/api/me/export' }), expect: signedIn(200) },
  // The coordinator of the scene is the only one.
  'DELETE /api/me': {
    request: () => ({ path: '/api/me?confirm=erase' }),
    expect: [401, 204, 204, 204, 204, 409],
  },
  'DELETE /api/session': { request: () => ({ path: '/api/session' }), expect: anyone(204) },
  'GET /api/devices': { request: () => ({ path: '/api/devices' }), expect: signedIn(200) },
  // A device that is not the asker's own does not exist for them.
  'DELETE /api/devices/:d': {
    request: () => ({ path: `/api/devices/${'A'.repeat(16)}` }),
    expect: signedIn(404),
  },
  'POST /api/device-links': {
    request: () => ({ path: '/api/device-links', body: {} }),
    expect: signedIn(201),
  },
  'POST /api/device-links/:code/use': {
    request: () => ({ path: `/api/device-links/${'A'.repeat(16)}.${'A'.repeat(22)}/use`, body: {} }),
    expect: anyone(404),
  },
  'POST /api/neighbourhoods': {
    request: () => ({
      path: '/api/neighbourhoods',
      body: { name: 'New', boundary: square, memberName: 'Eve' },
    }),
    expect: anyone(201),
  },
  'GET /api/invites/:code': {
    request: (s) => ({ path: `/api/invites/${s.inviteCode}` }),
    expect: anyone(200),
  },
  'POST /api/invites/:code/accept': {
    request: (s) => ({ path: `/api/invites/${s.inviteCode}/accept`, body: { memberName: 'Eve' } }),
    expect: [201, 201, 201, 200, 200, 200],
  },
  'GET /api/neighbourhoods/:n/boundary': { request: (s) => n(s, '/boundary'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/snapshot': { request: (s) => n(s, '/snapshot'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/log': { request: (s) => n(s, '/log'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/members': { request: (s) => n(s, '/members'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/members/:m/role': {
    request: (s) => ({ ...n(s, `/members/${s.other.id}/role`), body: { role: 'volunteer' } }),
    expect: [401, 404, 404, 403, 403, 200],
  },
  'DELETE /api/neighbourhoods/:n/members/:m': {
    request: (s) => n(s, `/members/${s.other.id}`),
    expect: [401, 404, 404, 403, 403, 204],
  },
  // Each has their own only.
  'PUT /api/neighbourhoods/:n/kit': {
    request: (s) => ({ ...n(s, '/kit'), body: { kit: ['torch', 'first-aid'] } }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/settings': {
    request: (s) => ({ ...n(s, '/settings'), body: { retentionDays: 30 } }),
    expect: [401, 404, 404, 403, 403, 200],
  },
  'POST /api/neighbourhoods/:n/invites': {
    request: (s) => ({ ...n(s, '/invites'), body: {} }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/invites': { request: (s) => n(s, '/invites'), expect: inside(200) },
  'DELETE /api/neighbourhoods/:n/invites/:i': {
    request: (s) => n(s, `/invites/${s.inviteId}`),
    expect: [401, 404, 404, 403, 403, 204],
  },
  'POST /api/neighbourhoods/:n/incidents': {
    request: (s) => ({ ...n(s, '/incidents'), body: { ...report, evenSo: true } }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/incidents': { request: (s) => n(s, '/incidents'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/incidents/:i': {
    request: (s) => n(s, `/incidents/${s.incidentId}`),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/incidents/:i/history': {
    request: (s) => n(s, `/incidents/${s.incidentId}/history`),
    expect: inside(200),
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/confirmations': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/confirmations`), body: { kind: 'confirm' } }),
    expect: [401, 404, 404, 201, 201, 403],
  },
  'POST /api/neighbourhoods/:n/incidents/:i/responses': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/responses`), body: { kind: 'acknowledged' } }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/handling': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/handling`), body: { memberId: s.other.id } }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  // Two neighbours reported them, the one asking is neither.
  'POST /api/neighbourhoods/:n/incidents/:i/merge': {
    request: (s) => ({ ...n(s, `/incidents/${s.otherIncidentId}/merge`), body: { into: s.incidentId } }),
    expect: [401, 404, 404, 403, 201, 201],
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/resolution': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/resolution`),
      body: { kind: 'resolved', reason: 'They left.' },
    }),
    expect: [401, 404, 404, 403, 403, 201],
  },
  // It is open.
  'POST /api/neighbourhoods/:n/incidents/:i/reopening': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/reopening`), body: { reason: 'They are back.' } }),
    expect: [401, 404, 404, 403, 403, 409],
  },
  'POST /api/neighbourhoods/:n/incidents/:i/freshness': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/freshness`), body: {} }),
    expect: inside(201),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/seen': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/seen`), body: { kind: 'got', of: 'alert' } }),
    expect: inside(204),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/updates': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/updates`),
      body: { kind: 'observation', text: 'They have gone north.' },
    }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/incidents/:i/following': {
    request: (s) => n(s, `/incidents/${s.incidentId}/following`),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/incidents/:i/following': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/following`), body: { mode: 'muted' } }),
    expect: inside(200),
  },
  'POST /api/neighbourhoods/:n/sos': { request: (s) => ({ ...n(s, '/sos'), body: {} }), expect: inside(201) },
  // Another neighbour's: only whoever raised it ends it so.
  'POST /api/neighbourhoods/:n/sos/:i/end': {
    request: (s) => ({ ...n(s, `/sos/${s.sosId}/end`), body: {} }),
    expect: inside(403),
  },
  // Each has their own only.
  'GET /api/neighbourhoods/:n/sos/settings': { request: (s) => n(s, '/sos/settings'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/sos/sharing': {
    request: (s) => ({ ...n(s, '/sos/sharing'), body: { sharing: [s.other.id] } }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/sos/codes': {
    request: (s) => ({ ...n(s, '/sos/codes'), body: { cancel: '2468', duress: '1357' } }),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/walk': { request: (s) => n(s, '/walk'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/walk': {
    request: (s) => ({ ...n(s, '/walk'), body: { raiseAt: Date.now() + 600_000 } }),
    expect: inside(200),
  },
  'PUT /api/neighbourhoods/:n/walk/home': {
    request: (s) => ({ ...n(s, '/walk/home'), body: {} }),
    expect: inside(200),
  },
  ...roundRows,
  'POST /api/neighbourhoods/:n/photos': {
    request: (s) => ({ ...n(s, '/photos'), body: photoForm(png({ width: 9, height: 9 })) }),
    expect: inside(201),
  },
  'GET /api/neighbourhoods/:n/photos/:p': {
    request: (s) => n(s, `/photos/${s.photoId}`),
    expect: inside(200),
  },
  'GET /api/neighbourhoods/:n/photos/:p/thumbnail': {
    request: (s) => n(s, `/photos/${s.photoId}/thumbnail`),
    expect: inside(200),
  },
  // The coordinator of the scene reported it.
  'POST /api/neighbourhoods/:n/incidents/:i/flags': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/flags`), body: { agreement: 'insult' } }),
    expect: [401, 404, 404, 201, 201, 403],
  },
  // Nobody has flagged it.
  'POST /api/neighbourhoods/:n/incidents/:i/reviews/:r/verdict': {
    request: (s) => ({
      ...n(s, `/incidents/${s.incidentId}/reviews/${'A'.repeat(16)}/verdict`),
      body: { verdict: 'keep' },
    }),
    expect: inside(404),
  },
  'POST /api/neighbourhoods/:n/incidents/:i/reviews/:r/appeal': {
    request: (s) => ({ ...n(s, `/incidents/${s.incidentId}/reviews/${'A'.repeat(16)}/appeal`), body: {} }),
    expect: inside(404),
  },
  'GET /api/neighbourhoods/:n/reviews/mine': { request: (s) => n(s, '/reviews/mine'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/moderation': { request: (s) => n(s, '/moderation'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/statistics': { request: (s) => n(s, '/statistics'), expect: inside(200) },
  'GET /api/neighbourhoods/:n/statistics/weeks': {
    request: (s) => n(s, '/statistics/weeks'),
    expect: inside(200),
  },
  ...rotaRows,
  // Each has their own only.
  'GET /api/neighbourhoods/:n/calendars': { request: (s) => n(s, '/calendars'), expect: inside(200) },
  'PUT /api/neighbourhoods/:n/calendars/:scope': {
    request: (s) => ({ ...n(s, '/calendars/mine'), body: {} }),
    expect: inside(200),
  },
  'DELETE /api/neighbourhoods/:n/calendars/:scope': {
    request: (s) => n(s, '/calendars/mine'),
    expect: inside(204),
  },
  // Its link opens it, and no session does.
  'GET /api/calendars/:code': {
    request: () => ({ path: `/api/calendars/${'A'.repeat(16)}.${'A'.repeat(16)}.${'A'.repeat(22)}` }),
    expect: anyone(404),
  },
  'GET /api/push/key': { request: () => ({ path: '/api/push/key' }), expect: anyone(200) },
  'PUT /api/push/subscription': {
    request: () => ({ path: '/api/push/subscription', body: newSubscription() }),
    expect: signedIn(204),
  },
  'DELETE /api/push/subscription': {
    request: () => ({ path: '/api/push/subscription' }),
    expect: signedIn(204),
  },
};

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ env: { PUSH_EXTRA_ORIGINS: 'http://127.0.0.1:9999' } });
});
afterAll(() => test.stop());

async function scene(withRota: boolean): Promise<Scene> {
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneOf(test),
    ['Rem', 'Res', 'Vol', 'Oth', 'Wal'],
  );
  const [removed, resident, volunteer, other, walker] = neighbours;
  if (!removed || !resident || !volunteer || !other || !walker) throw new Error('neighbours are missing');
  const photoId = await uploadPhoto(founder, id);
  const { incident } = await founder.report(id, { photoIds: [photoId] });
  const { incident: otherIncident } = await other.phone.report(id);
  const sos = await other.phone.must(other.phone.post<Reported>(`/api/neighbourhoods/${id}/sos`));
  const { code } = await founder.invite(id, { maxUses: 50 });
  const { body } = await founder.get<{ invites: Invite[] }>(`/api/neighbourhoods/${id}/invites`);
  const members = `/api/neighbourhoods/${id}/members`;
  for (const { member } of [volunteer, walker])
    await founder.must(founder.send('PUT', `${members}/${member.id}/role`, { role: 'volunteer' }));
  await wantPatrols(test.redis, id, [founderMember.id, volunteer.member.id, walker.member.id]);
  const patrol = await startPatrol(walker.phone, id);
  const searchId = await seedSearch(test.redis, id, patrol.id, walker.member.id);
  await founder.send('DELETE', `${members}/${removed.member.id}`);
  // Only where it is asked for: a scene is made for each cell.
  const rota = withRota ? await planRota(id, founder, [founder, volunteer.phone, other.phone]) : noRota;
  const elsewhere = phoneOf(test);
  await elsewhere.found();
  return {
    id,
    phones: {
      anonymous: phoneOf(test),
      elsewhere,
      removed: removed.phone,
      resident: resident.phone,
      volunteer: volunteer.phone,
      coordinator: founder,
    },
    other: other.member,
    own: { resident: resident.member, volunteer: volunteer.member, coordinator: founderMember },
    incidentId: incident.id,
    photoId,
    otherIncidentId: otherIncident.id,
    sosId: sos.incident.id,
    patrolId: patrol.id,
    searchId,
    inviteId: body.invites.find(({ maxUses }) => maxUses === 50)?.id ?? '',
    inviteCode: code,
    ...rota,
  };
}

describe('authorisation matrix', () => {
  it('[AX1] has a row for every route', () => {
    const routes = test.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(new Set(Object.keys(matrix))).toEqual(new Set(routes));
  });

  const cells = Object.entries(matrix).flatMap(([route, row]) =>
    askers.map((asker, i) => [asker, route, row, row.expect[i] ?? 0] as const),
  );

  it.each(cells)('[AX1] answers %s on %s', async (asker, route, row, status) => {
    const at = await scene(route.includes('shift'));
    const [method = ''] = route.split(' ');
    const { path, body } = row.request(at, asker);
    const before = await test.deps.eventLog.head(at.id);
    const answer = await at.phones[asker].send<{ code?: string }>(method, path, body);
    expect(answer.status).toBe(status);
    if (status >= 400) {
      expect(await test.deps.eventLog.head(at.id)).toEqual(before);
      const codes = new Map([
        [401, 'NOT_SIGNED_IN'],
        [403, 'FORBIDDEN'],
        [404, 'NOT_FOUND'],
        [409, 'CONFLICT'],
      ]);
      expect(answer.body.code).toBe(codes.get(status));
    }
  });

  it('[AX1] lets an invite’s maker revoke it, and a member leave', async () => {
    const at = await scene(false);
    const { resident } = at.phones;
    await resident.invite(at.id, { maxUses: 3 });
    const { body } = await resident.get<{ invites: Invite[] }>(`/api/neighbourhoods/${at.id}/invites`);
    const own = body.invites.find(({ invitedBy }) => invitedBy === at.own.resident.id);
    expect((await resident.send('DELETE', `/api/neighbourhoods/${at.id}/invites/${own?.id}`)).status).toBe(
      204,
    );
    expect(
      (await resident.send('DELETE', `/api/neighbourhoods/${at.id}/members/${at.own.resident.id}`)).status,
    ).toBe(204);
  });

  it('[AX1] keeps ids of one neighbourhood from opening anything in another', async () => {
    const mine = await scene(false);
    const theirs = await scene(true);
    const { coordinator } = mine.phones;
    for (const [method, path, body] of [
      ['GET', `/incidents/${theirs.incidentId}`, undefined],
      ['PUT', `/incidents/${theirs.incidentId}/following`, { mode: 'all' }],
      ['POST', `/incidents/${theirs.incidentId}/updates`, { kind: 'comment', text: 'Here.' }],
      ['GET', `/shifts/${theirs.shiftId}`, undefined],
      ['POST', `/shifts/${theirs.shiftId}/sign-ups`, {}],
      ['POST', `/shift-series/${theirs.seriesId}/end`, {}],
      ['DELETE', `/invites/${theirs.inviteId}`, undefined],
      ['DELETE', `/members/${theirs.other.id}`, undefined],
      ['PUT', `/members/${theirs.other.id}/role`, { role: 'coordinator' }],
    ] as const) {
      expect((await coordinator.send(method, `/api/neighbourhoods/${mine.id}${path}`, body)).status).toBe(
        404,
      );
    }
  });

  it.each(['HEAD', 'OPTIONS', 'PATCH'])('[AX1] opens nothing by %s', async (method) => {
    const at = await scene(false);
    const answer = await at.phones.elsewhere.send(
      method,
      `/api/neighbourhoods/${at.id}/snapshot`,
      method === 'PATCH' ? {} : undefined,
    );
    expect(answer.status).toBe(404);
  });
});
