import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogPage } from '../../../shared/events.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { IncidentHistory } from '../../../shared/history.ts';
import type { Update } from '../../../shared/incident-life.ts';
import type { IncidentDetail } from '../../../shared/incidents.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { newUpdate } from '../../../server/incidents/life-store.ts';
import { neighbourhoodKeys, partitionKeys, personKeys } from '../../../server/redis/keys.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { filesWith } from '../../support/disk.ts';
import { eventually } from '../../support/eventually.ts';
import type { Phone } from '../../support/phone.ts';
import { street } from '../../support/phone.ts';
import { uploadPhoto } from '../../support/photos.ts';
import { compacted } from '../../support/retention.ts';
import { newSubscription } from '../../support/subscription.ts';
import { followRevocations } from '../../../server/auth/revocations.ts';
import { startLiveServer } from '../live/live-server.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp({ env: { PUSH_EXTRA_ORIGINS: 'http://127.0.0.1:9999' } });
});
afterAll(() => test.stop());

const erase = (phone: Phone, confirm = 'erase') =>
  phone.send<Problem>('DELETE', `/api/me?confirm=${confirm}`);
const personOf = (phone: Phone) => (/vigie_session=([^.]+)\./u.exec(phone.cookie ?? '') ?? [])[1] ?? '';

/** Writes an update as the posting of one does. */
async function post(id: string, incidentId: string, by: string, text: string): Promise<void> {
  const update: Update = {
    id: `${by.slice(0, 8)}${incidentId.slice(0, 8)}`,
    incidentId,
    version: 1,
    kind: 'observation',
    text,
    by,
    mentions: [],
    at: test.clock.now,
  };
  const { guard, write } = newUpdate(id, update);
  await test.deps.eventLog.commit({
    neighbourhoodId: id,
    event: { type: 'update.posted', by, update, handling: null },
    at: test.clock.now,
    guards: [guard],
    writes: [write],
    body: {},
  });
}

let scenes = 0;

/** Ada coordinates; Canary lives here and has done everything that one can; Cy is a neighbour. */
async function scene() {
  scenes += 1;
  /** Words that stand nowhere but in this scene. */
  const word = (name: string) => `canary-${name}-${scenes}-`;
  const at = await street(() => phoneOf(test), [word('name'), 'Cy']);
  const [canary, cy] = at.neighbours;
  if (canary === undefined || cy === undefined) throw new Error('nobody lives here');
  const path = `/api/neighbourhoods/${at.id}`;
  // Whoever joined a moment ago ends no neighbour's alert; whom a role was given may.
  const role = `${path}/members/${canary.member.id}/role`;
  await at.founder.must(at.founder.send('PUT', role, { role: 'volunteer' }));
  const photoId = await uploadPhoto(canary.phone, at.id);
  const unusedPhotoId = await uploadPhoto(canary.phone, at.id);
  const own = await canary.phone.report(at.id, { description: word('own'), photoIds: [photoId] });
  const hidden = await canary.phone.report(at.id, { description: word('hidden'), anonymous: true });
  const others = await cy.phone.report(at.id, { description: 'of a neighbour' });
  const about = `${path}/incidents/${others.incident.id}`;
  await post(at.id, others.incident.id, canary.member.id, word('update'));
  await canary.phone.must(canary.phone.post(`${about}/confirmations`, { kind: 'confirm' }));
  await canary.phone.must(canary.phone.post(`${about}/responses`, { kind: 'on-scene' }));
  await canary.phone.must(
    canary.phone.post(`${about}/resolution`, { kind: 'resolved', reason: word('reason') }),
  );
  await canary.phone.must(canary.phone.post(`${about}/reopening`, { reason: word('again') }));
  await canary.phone.must(canary.phone.send('PUT', `${about}/following`, { mode: 'all' }));
  await canary.phone.must(canary.phone.send('PUT', '/api/push/subscription', newSubscription()));
  const close = async () => {
    for (const { incident } of [own, hidden])
      await canary.phone.must(
        canary.phone.post(`${path}/incidents/${incident.id}/resolution`, {
          kind: 'resolved',
          reason: word('end'),
        }),
      );
  };
  const words = ['name', 'own', 'hidden', 'update', 'reason', 'again', 'end'].map(word);
  return { ...at, word, canary, cy, path, about, own, hidden, others, photoId, unusedPhotoId, close, words };
}

type Exported = {
  exportedAt: string;
  person: {
    id: string;
    devices: { name: string; createdAt: string }[];
    notifications: { pushService: string }[];
  };
  neighbourhoods: {
    neighbourhood: { id: string; name: string };
    member: { name: string };
    incidents: { id: string; description: string; anonymous: boolean; reportedAt: string }[];
    responses: { kind: string }[];
    confirmations: { kind: string }[];
    updates: { text: string }[];
    following: { mode: string }[];
    photos: { id: string; address: string }[];
    reasons: { incidentId: string; of: string; text: string }[];
    flags: { incidentId: string; agreement: string; reason: string }[];
    record: object;
    invites: unknown[];
  }[];
};

describe('taking along', () => {
  it('[HI8] holds all that is theirs, in all their neighbourhoods, and nothing of anybody else', async () => {
    const { id, founder, canary, cy, own, hidden, others, about, path, photoId, unusedPhotoId, word } =
      await scene();
    const flagged = { agreement: 'private', reason: word('flag') };
    await canary.phone.must(canary.phone.post(`${about}/flags`, flagged));
    const theirs = { agreement: 'insult', reason: 'of a neighbour' };
    await founder.must(founder.post(`${about}/flags`, theirs));
    const ended = { kind: 'resolved', reason: word('reason') };
    await canary.phone.must(canary.phone.post(`${about}/resolution`, ended));
    const untrue = { kind: 'false-alarm', reason: 'It was the wind.' };
    await canary.phone.must(canary.phone.post(`${path}/incidents/${hidden.incident.id}/resolution`, untrue));
    const second = await canary.phone.found({ name: 'Second', memberName: 'Canary elsewhere' });
    await canary.phone.invite(second.neighbourhood.id);
    const answer = await canary.phone.get<Exported>('/api/me/export');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="vigie-export.json"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { person, neighbourhoods, exportedAt } = answer.body;
    expect(exportedAt).toBe(new Date(test.clock.now).toISOString());
    expect(person).toMatchObject({
      id: personOf(canary.phone),
      devices: [{ createdAt: new Date(test.clock.now).toISOString() }],
      notifications: [{ pushService: '127.0.0.1:9999' }],
    });
    expect(neighbourhoods).toHaveLength(2);
    const here = neighbourhoods.find(({ neighbourhood }) => neighbourhood.id === id);
    expect(here?.member.name).toBe(word('name'));
    expect(new Map(here?.incidents.map((one) => [one.id, one.anonymous]))).toEqual(
      new Map([
        [own.incident.id, false],
        [hidden.incident.id, true],
      ]),
    );
    expect(here?.incidents[0]?.reportedAt).toBe(new Date(test.clock.now).toISOString());
    expect(here?.responses).toMatchObject([{ kind: 'on-scene' }]);
    expect(here?.confirmations).toMatchObject([{ kind: 'confirm' }]);
    expect(here?.updates).toMatchObject([{ text: word('update') }]);
    expect(here?.following).toMatchObject([{ mode: 'all' }]);
    const at = new Date(test.clock.now).toISOString();
    expect(here?.reasons).toEqual([
      { incidentId: others.incident.id, of: 'ending', text: word('reason'), at },
      { incidentId: others.incident.id, of: 'reopening', text: word('again'), at },
    ]);
    expect(here?.flags).toEqual([{ incidentId: others.incident.id, of: 'incident', ...flagged }]);
    expect(here?.record).toEqual({ falseInRow: 1, resolved: 0, refuted: 0 });
    expect(here?.photos.map((photo) => photo.id).toSorted()).toEqual([photoId, unusedPhotoId].toSorted());
    expect((await canary.phone.get(here?.photos[0]?.address ?? '')).status).toBe(200);
    expect(neighbourhoods.find(({ member }) => member.name === 'Canary elsewhere')?.invites).toHaveLength(1);
    const all = JSON.stringify(answer.body);
    expect(all).not.toContain('of a neighbour');
    expect(all).not.toContain(cy.member.id);
    expect(all).not.toMatch(/secret|masked|p256dh/iu);
  });

  it('[HI8] is for who is signed in, and counted', async () => {
    expect((await phoneOf(test).get('/api/me/export')).status).toBe(401);
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const phone = phoneOf(limited);
      await phone.found();
      const answers = [];
      for (let i = 0; i < 11; i += 1) answers.push((await phone.get('/api/me/export')).status);
      expect(answers).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    } finally {
      await limited.stop();
    }
  });
});

describe('erasing', () => {
  it('[HI9] leaves no word and no name: not in any key, not in the log, not on the disk', async () => {
    const { id, founder, canary, cy, own, hidden, about, path, photoId, close, words, word } = await scene();
    await close();
    const said = { kind: 'comment', text: `Ask @${word('name')}, please.`, mentions: [canary.member.id] };
    const key = { 'idempotency-key': uuid() };
    await cy.phone.must(cy.phone.post(`${about}/updates`, said, key));
    const personId = personOf(canary.phone);
    const folder = join(test.deps.env.DATA_DIR, 'photos', id);
    expect(await readdir(folder)).toHaveLength(4);
    expect(await filesWith(test.server.dir, words)).not.toEqual([]);
    const { cursor } = await founder.must(founder.get<Snapshot>(`${path}/snapshot`));

    expect((await erase(canary.phone)).status).toBe(204);
    expect(canary.phone.cookie).toBeNull();

    // The incident of a neighbour is there, without what was said of it.
    const detail = await cy.phone.must(cy.phone.get<IncidentDetail>(about));
    expect(detail.incident).toMatchObject({ description: 'of a neighbour', reopened: { reason: '' } });
    // Where a neighbour named them in what they wrote nobody is named.
    expect(detail.updates).toMatchObject([{ by: cy.member.id, text: 'Ask @…, please.', mentions: [] }]);
    const again = await cy.phone.post<{ update: Update }>(`${about}/updates`, said, key);
    expect(again.body.update).toMatchObject({ text: 'Ask @…, please.', mentions: [] });
    expect(detail.life.confirmations).toHaveLength(1);
    const { changes } = await cy.phone.must(cy.phone.get<IncidentHistory>(`${about}/history`));
    expect(changes.map(({ type }) => type)).toContain('incident.reported');
    for (const { incident } of [own, hidden])
      expect((await founder.get(`${path}/incidents/${incident.id}`)).status).toBe(404);
    expect((await founder.get(`${path}/photos/${photoId}`)).status).toBe(404);
    expect(await readdir(folder)).toEqual([]);
    const { all } = personKeys(personId);
    const names = (await test.redis.send(all, 'KEYS', all)) as string[];
    expect(names.filter((name) => !name.includes(':ended:'))).toEqual([]);

    const log = await founder.must(founder.get<LogPage>(`${path}/log?limit=500`));
    expect(JSON.stringify(log)).not.toMatch(/canary/iu);
    expect(log.entries.map(({ seq }) => seq)).toEqual(log.entries.map((_, i) => i + 1));
    // What bore their name and what bore none stand in no entry together.
    const forgotten = log.entries.flatMap((entry) =>
      entry.type === 'incidents.forgotten' ? [entry.incidentIds] : [],
    );
    expect(forgotten).toHaveLength(2);
    expect(new Set(forgotten.flat())).toEqual(new Set([own.incident.id, hidden.incident.id]));
    // Whoever knew more starts anew.
    expect(log.cursor.split('.')[0]).not.toBe(cursor.split('.')[0]);
    expect((await founder.get(`${path}/log?after=${cursor}`)).status).toBe(422);
    const { members, incidents } = await founder.must(founder.get<Snapshot>(`${path}/snapshot`));
    expect(JSON.stringify({ members, incidents })).not.toMatch(/canary/iu);

    await compacted(test);
    expect(await filesWith(test.server.dir, words)).toEqual([]);
    expect(await filesWith(test.server.dir, ['of a neighbour'])).not.toEqual([]);
    // The next alert finds a log that goes on.
    const { seq } = await founder.report(id);
    expect(seq).toBe(log.entries.length + 1);
  });

  it('[HI9] leaves nothing on a Redis Cluster either', async () => {
    const cluster = await startApp({ cluster: true });
    try {
      const { id, founder, neighbours } = await street(() => phoneOf(cluster), ['canary-cluster']);
      const [canary] = neighbours;
      const role = `/api/neighbourhoods/${id}/members/${canary?.member.id}/role`;
      await founder.must(founder.send('PUT', role, { role: 'volunteer' }));
      const { incident } = await founder.report(id, { description: 'of a neighbour' });
      const about = `/api/neighbourhoods/${id}/incidents/${incident.id}`;
      await canary?.phone.must(canary.phone.post(`${about}/responses`, { kind: 'on-scene' }));
      await canary?.phone.must(
        canary.phone.post(`${about}/resolution`, { kind: 'resolved', reason: 'canary-cluster' }),
      );
      expect(await filesWith(cluster.server.dir, ['canary-cluster'])).not.toEqual([]);
      expect(canary && (await erase(canary.phone)).status).toBe(204);
      await compacted(cluster);
      expect(await filesWith(cluster.server.dir, ['canary-cluster'])).toEqual([]);
      expect(await filesWith(cluster.server.dir, ['of a neighbour'])).not.toEqual([]);
    } finally {
      await cluster.stop();
    }
  });

  it('[HI9] asks for the rewrite of Redis’s file at once', async () => {
    const { timers } = partitionKeys(0);
    const phone = phoneOf(test);
    await phone.found();
    test.clock.now += 5;
    await erase(phone);
    expect(Number(await test.redis.send(timers, 'ZSCORE', timers, 'compaction:all'))).toBe(test.clock.now);
  });

  it('[HI9] also takes what somebody wrote in a neighbourhood that they have left', async () => {
    const { id, founder, canary, path, close, words } = await scene();
    await close();
    await canary.phone.must(canary.phone.send('DELETE', `${path}/members/${canary.member.id}`));
    expect((await erase(canary.phone)).status).toBe(204);
    const { all, meta } = neighbourhoodKeys(id);
    const dumps = ((await test.redis.send(meta, 'KEYS', all)) as string[]).toSorted();
    expect(dumps.filter((name) => name.includes(':receipt:' + canary.member.id))).toEqual([]);
    const log = await founder.must(founder.get<LogPage>(`${path}/log?limit=500`));
    expect(JSON.stringify(log)).not.toMatch(/canary/iu);
    await compacted(test);
    expect(await filesWith(test.server.dir, words)).toEqual([]);
  });

  it('[HI10] is refused where nobody would coordinate, while an alert is open, and unconfirmed; nothing changes', async () => {
    const { id, founder, canary, cy } = await scene();
    const before = await test.deps.eventLog.head(id);
    const last = await erase(founder);
    expect([last.status, last.body.code, last.body.issues?.[0]?.path]).toEqual([
      409,
      'CONFLICT',
      'memberships',
    ]);
    const open = await erase(canary.phone);
    expect([open.status, open.body.issues?.[0]?.path]).toEqual([409, 'incidents']);
    for (const confirm of ['', 'yes']) expect((await erase(cy.phone, confirm)).status).toBe(422);
    expect((await cy.phone.send('DELETE', '/api/me')).status).toBe(422);
    expect((await erase(phoneOf(test))).status).toBe(401);
    expect(await test.deps.eventLog.head(id)).toEqual(before);
    expect((await canary.phone.get('/api/me')).status).toBe(200);
  });

  it('[HI10] takes a neighbourhood along where nobody else lives, and its invites with it', async () => {
    const alone = phoneOf(test);
    const { neighbourhood } = await alone.found({ name: 'canary-alone' });
    const { code } = await alone.invite(neighbourhood.id);
    const { incident } = await alone.report(neighbourhood.id, {
      photoIds: [await uploadPhoto(alone, neighbourhood.id)],
    });
    await alone.must(
      alone.post(`/api/neighbourhoods/${neighbourhood.id}/incidents/${incident.id}/resolution`, {
        kind: 'resolved',
        reason: 'x',
      }),
    );
    expect((await erase(alone)).status).toBe(204);
    const { all, meta, timers } = neighbourhoodKeys(neighbourhood.id);
    expect(await test.redis.send(meta, 'KEYS', all)).toEqual([]);
    expect(await test.redis.send(timers, 'ZSCORE', timers, `retention:${neighbourhood.id}`)).toBeNull();
    expect(await readdir(join(test.deps.env.DATA_DIR, 'photos'))).not.toContain(neighbourhood.id);
    expect((await phoneOf(test).get(`/api/invites/${code}`)).status).toBe(404);
    expect((await phoneOf(test).post(`/api/invites/${code}/accept`, { memberName: 'Late' })).status).toBe(
      404,
    );
  });

  it('[HI10] may be asked for again where it broke off', async () => {
    const { canary, path, founder, close } = await scene();
    await close();
    const { redis } = test;
    const send = redis.send.bind(redis);
    let broken = false;
    // Redis goes away while the incidents are looked through.
    redis.send = async (key, ...args) => {
      if (args[0] === 'LREM') {
        broken = true;
        throw new Error('gone');
      }
      return await send(key, ...args);
    };
    try {
      expect((await erase(canary.phone)).status).toBe(500);
    } finally {
      redis.send = send;
    }
    expect(broken).toBe(true);
    expect((await erase(canary.phone)).status).toBe(204);
    const log = await founder.must(founder.get<LogPage>(`${path}/log?limit=500`));
    expect(JSON.stringify(log)).not.toMatch(/canary/iu);
  });

  it('[HI11] ends every device, its sockets and its notifications within two seconds', async () => {
    const { id, canary, close } = await scene();
    await close();
    const link = await canary.phone.must(canary.phone.post<{ code: string }>('/api/device-links'));
    const tablet = phoneOf(test);
    await tablet.must(tablet.post(`/api/device-links/${link.code}/use`));
    const server = await startLiveServer(test.redis);
    const unfollow = await followRevocations(test.redis, test.deps.logger, server.live.revoke);
    const cookies = [canary.phone.cookie ?? '', tablet.cookie ?? ''];
    const sockets = cookies.map((cookie) =>
      io(server.url, {
        transports: ['websocket'],
        extraHeaders: { cookie },
        forceNew: true,
        reconnection: false,
      }),
    );
    try {
      await Promise.all(sockets.map((socket) => once(socket as never, 'connect')));
      const closed = sockets.map((socket) => once(socket as never, 'disconnect'));
      expect((await erase(canary.phone)).status).toBe(204);
      await Promise.all(closed);
      for (const cookie of cookies) expect((await phoneOf(test).get('/api/me', { cookie })).status).toBe(401);
      const { subscriptions, subscriptionOrder, subscriptionMembers } = neighbourhoodKeys(id);
      for (const key of [subscriptions, subscriptionOrder, subscriptionMembers])
        await eventually(async () => (await test.redis.send(key, 'EXISTS', key)) === 0);
      // The link that was made before brings nobody back.
      const again = await phoneOf(test).post(`/api/device-links/${link.code}/use`);
      expect(again.status).toBe(404);
    } finally {
      for (const socket of sockets) socket.disconnect();
      unfollow();
      await server.close();
    }
  });
});
