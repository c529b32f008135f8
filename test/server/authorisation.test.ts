import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reported } from '../../shared/incidents.ts';
import type { Invite } from '../../shared/neighbourhoods.ts';
import { phoneOf, startApp, type TestApp } from '../support/app.ts';
import { uploadPhoto } from '../support/photos.ts';
import { seedDrill } from '../support/drills.ts';
import { seedSearch } from '../support/search.ts';
import { startPatrol, wantPatrols } from '../support/patrol-scene.ts';
import { street } from '../support/phone.ts';
import { askers, type Scene } from '../support/authorisation.ts';
import { noRota, planRota } from '../support/authorisation-rota.ts';
import { matrix } from '../support/authorisation-matrix.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ env: { PUSH_EXTRA_ORIGINS: 'http://127.0.0.1:9999' } });
});
afterAll(() => test.stop());

/** @param whole with a photo and a rota, which take their time */
async function scene(whole = false): Promise<Scene> {
  const { id, founder, founderMember, neighbours } = await street(
    () => phoneOf(test),
    ['Rem', 'Res', 'Vol', 'Oth', 'Wal'],
  );
  const [removed, resident, volunteer, other, walker] = neighbours;
  if (!removed || !resident || !volunteer || !other || !walker) throw new Error('neighbours are missing');
  const photoIds = whole ? [await uploadPhoto(founder, id)] : [];
  const { incident } = await founder.report(id, { photoIds });
  const { incident: otherIncident } = await other.phone.report(id);
  const sos = await other.phone.must(other.phone.post<Reported>(`/api/neighbourhoods/${id}/sos`));
  const { pairingId } = await other.phone.must(
    other.phone.post<{ pairingId: string }>(`/api/neighbourhoods/${id}/pairings`, { name: 'Mme Durand' }),
  );
  const { code } = await founder.invite(id, { maxUses: 50 });
  const { body } = await founder.get<{ invites: Invite[] }>(`/api/neighbourhoods/${id}/invites`);
  const members = `/api/neighbourhoods/${id}/members`;
  for (const { member } of [volunteer, walker])
    await founder.must(founder.send('PUT', `${members}/${member.id}/role`, { role: 'volunteer' }));
  await wantPatrols(test.redis, id, [founderMember.id, volunteer.member.id, walker.member.id]);
  const patrol = await startPatrol(walker.phone, id);
  const searchId = await seedSearch(test.redis, id, patrol.id, walker.member.id);
  const drillId = await seedDrill(test.redis, id, founderMember.id);
  await founder.send('DELETE', `${members}/${removed.member.id}`);
  const rota = whole ? await planRota(id, founder, [founder, volunteer.phone, other.phone]) : noRota;
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
    photoId: photoIds[0] ?? '',
    otherIncidentId: otherIncident.id,
    sosId: sos.incident.id,
    patrolId: patrol.id,
    searchId,
    pairingId,
    drillId,
    inviteId: body.invites.find(({ maxUses }) => maxUses === 50)?.id ?? '',
    inviteCode: code,
    ...rota,
  };
}

describe('authorisation matrix', () => {
  let still: Promise<Scene> | null = null;

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
    const [method = ''] = route.split(' ');
    // What reads or is refused changes nothing, which is looked at: those share a scene. All else has its own.
    const at =
      method === 'GET' || status >= 400
        ? await (still ??= scene(true))
        : await scene(/shift|photo/u.test(route));
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
        [422, 'INVALID_INPUT'],
      ]);
      expect(answer.body.code).toBe(codes.get(status));
    }
  });

  it('[AX1] lets an invite’s maker revoke it, and a member leave', async () => {
    const at = await scene();
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
    const mine = await scene();
    const theirs = await scene();
    const { coordinator } = mine.phones;
    for (const [method, path, body] of [
      ['GET', `/incidents/${theirs.incidentId}`, undefined],
      ['PUT', `/incidents/${theirs.incidentId}/following`, { mode: 'all' }],
      ['POST', `/incidents/${theirs.incidentId}/updates`, { kind: 'comment', text: 'Here.' }],
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
    const at = await scene();
    const answer = await at.phones.elsewhere.send(
      method,
      `/api/neighbourhoods/${at.id}/snapshot`,
      method === 'PATCH' ? {} : undefined,
    );
    expect(answer.status).toBe(404);
  });
});
