import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import type { LogPage } from '../../../shared/events.ts';
import {
  type Checkpoint,
  type Checkpoints,
  type CheckpointVisited,
  mostCheckpoints,
} from '../../../shared/patrols.ts';
import type { Snapshot } from '../../../shared/protocol.ts';
import { phoneOf, startApp, type TestApp, uuid } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { comeAlong, startPatrol, volunteer, wantPatrols } from '../../support/patrol-scene.ts';
import { inside, type Phone, street } from '../../support/phone.ts';
import { join, openSocket } from '../live/follower.ts';
import { startLiveServer } from '../live/live-server.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const bridge = { name: 'The bridge', position: inside };
const north = (metres: number) => ({ lat: inside.lat + metres / 111_195, lng: inside.lng });

async function scene() {
  const at = await street(() => phoneOf(test), ['Vi', 'Ben']);
  const [vi, ben] = at.neighbours;
  if (!vi || !ben) throw new Error('nobody lives here');
  await volunteer(at.founder, at.id, vi.member.id);
  await wantPatrols(test.redis, at.id, [at.founderMember.id, vi.member.id, ben.member.id]);
  const path = `/api/neighbourhoods/${at.id}`;
  const place = async (body: object = bridge) => {
    const { checkpoint } = await vi.phone.must(
      vi.phone.post<{ checkpoint: Checkpoint }>(`${path}/checkpoints`, body),
    );
    return checkpoint;
  };
  const list = async (phone: Phone) =>
    (await phone.must(phone.get<Checkpoints>(`${path}/checkpoints`))).checkpoints;
  const round = async () => {
    const { id } = await startPatrol(vi.phone, at.id);
    return await comeAlong(vi.phone, at.founder, at.id, id);
  };
  const visit = (
    phone: Phone,
    patrolId: string,
    code: string,
    over: object = {},
    headers?: Record<string, string>,
  ) =>
    phone.post<CheckpointVisited>(
      `${path}/patrols/${patrolId}/visits`,
      { code, position: north(20), accuracy: 10, at: test.clock.now, ...over },
      headers,
    );
  return { ...at, vi, ben, path, place, list, round, visit };
}

describe('checkpoints', () => {
  it('[RN12] are placed and taken away by volunteers, within the neighbourhood, fifty at most; residents read no code', async () => {
    const { vi, ben, path, place, list } = await scene();
    expect((await ben.phone.post(`${path}/checkpoints`, bridge)).status).toBe(403);
    const far = { ...bridge, position: { lat: 46, lng: 4 } };
    expect((await vi.phone.post(`${path}/checkpoints`, far)).status).toBe(422);
    const { id } = await place();
    expect(await list(ben.phone)).toMatchObject([{ id, name: 'The bridge', code: null }]);
    const [{ code } = { code: null }] = await list(vi.phone);
    expect(code).toMatch(new RegExp(`^${id}\\.[\\w-]{22}$`, 'u'));
    for (let i = 1; i < mostCheckpoints; i += 1) await place({ ...bridge, name: `No. ${i}` });
    expect((await vi.phone.post(`${path}/checkpoints`, bridge)).status).toBe(409);
    expect((await ben.phone.send('DELETE', `${path}/checkpoints/${id}`)).status).toBe(403);
    expect((await vi.phone.send('DELETE', `${path}/checkpoints/${id}`)).status).toBe(204);
    expect((await vi.phone.send('DELETE', `${path}/checkpoints/${id}`)).status).toBe(404);
    expect(await list(ben.phone)).toHaveLength(mostCheckpoints - 1);
  });

  it('[RN12] count once a round, for who walks it and stands there with the code that hangs there', async () => {
    const { id: home, vi, ben, founder, path, place, list, round, visit } = await scene();
    const elsewhere = await scene();
    const { id } = await place();
    const [{ code } = { code: '' }] = await list(vi.phone);
    await elsewhere.place();
    const [{ code: foreign } = { code: '' }] = await elsewhere.list(elsewhere.vi.phone);
    const patrol = await round();
    const answers = [
      await visit(vi.phone, patrol.id, `${id}.${'A'.repeat(22)}`),
      await visit(vi.phone, patrol.id, foreign ?? ''),
      // A photo of it at home, a phone that is sure of nothing, and one with an old place.
      await visit(vi.phone, patrol.id, code ?? '', { position: north(120) }),
      await visit(vi.phone, patrol.id, code ?? '', { position: north(120), accuracy: 5000 }),
      await visit(vi.phone, patrol.id, code ?? '', { at: test.clock.now - 600_000 }),
      await visit(ben.phone, patrol.id, code ?? ''),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 403]);
    const { body } = await visit(vi.phone, patrol.id, code ?? '');
    expect(body).toEqual({ patrolId: patrol.id, visited: 1 });
    // Two at the same moment count once too.
    const second = await place({ ...bridge, name: 'The mill' });
    const other = (await list(vi.phone)).find((one) => one.id === second.id)?.code ?? '';
    const both = await Promise.all([vi.phone, founder].map((phone) => visit(phone, patrol.id, other)));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    for (const phone of [vi.phone, founder])
      expect((await visit(phone, patrol.id, code ?? '')).status).toBe(409);
    // While it runs nobody else learns how many, and nothing that stays says which.
    const { patrols, patrolVisits } = neighbourhoodKeys(home);
    const told = async () => {
      const { entries } = await ben.phone.must(ben.phone.get<LogPage>(`${path}/log?limit=500`));
      return [
        String(await test.redis.send(patrols, 'HGET', patrols, patrol.id)),
        JSON.stringify(entries.filter(({ type }) => type.startsWith('patrol.'))),
      ];
    };
    for (const text of await told()) expect(text).not.toMatch(/"visited":[1-9]/u);
    const visits = patrolVisits(patrol.id);
    expect(await test.redis.send(visits, 'HLEN', visits)).toBe(3);
    await vi.phone.must(vi.phone.post(`${path}/patrols/${patrol.id}/end`));
    expect(await test.redis.send(visits, 'EXISTS', visits)).toBe(0);
    for (const text of await told()) {
      expect(text).toContain('"visited":2');
      for (const one of [id, second.id]) expect(text).not.toContain(one);
    }
    const next = await round();
    expect((await visit(vi.phone, next.id, code ?? '')).status).toBe(201);
  });

  it('[RN12] a repeated command counts once and is answered as before; its key for another checkpoint is refused', async () => {
    const { vi, place, list, round, visit } = await scene();
    await place();
    await place({ ...bridge, name: 'The mill' });
    const [one, two] = (await list(vi.phone)).map(({ code }) => code ?? '');
    const patrol = await round();
    const key = { 'idempotency-key': uuid() };
    const standing = { at: test.clock.now };
    const first = await visit(vi.phone, patrol.id, one ?? '', standing, key);
    await vi.phone.must(visit(vi.phone, patrol.id, two ?? ''));
    const again = await visit(vi.phone, patrol.id, one ?? '', standing, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await visit(vi.phone, patrol.id, two ?? '', standing, key)).status).toBe(422);
  });

  it('[RN12] how many is told live to those on duty, and to the others with the end of the round', async () => {
    const live = await startLiveServer(test.redis);
    try {
      const { id, vi, ben, founder, path, place, list, round, visit } = await scene();
      await place();
      const [{ code } = { code: '' }] = await list(vi.phone);
      const patrol = await round();
      const { cursor } = await ben.phone.must(ben.phone.get<LogPage>(`${path}/log?limit=500`));
      const follow = async (phone: Phone) => {
        const socket = openSocket(live.url, phone.cookie ?? '');
        const heard: unknown[] = [];
        socket.on('patrol:visited', (visited) => heard.push(visited));
        socket.on('log:entries', ({ entries }) => heard.push(...entries.map(({ type }) => type)));
        const connected = new Promise<void>((resolve) => void socket.on('connect', () => resolve()));
        socket.connect();
        await connected;
        await join(socket, { neighbourhoodId: id, cursor });
        return { heard, close: () => socket.disconnect() };
      };
      const [partner, resident] = [await follow(founder), await follow(ben.phone)];
      await vi.phone.must(visit(vi.phone, patrol.id, code ?? ''));
      await eventually(() => partner.heard.length === 1);
      expect(partner.heard).toEqual([{ neighbourhoodId: id, patrolId: patrol.id, visited: 1 }]);
      const seen = async (phone: Phone) =>
        (await phone.must(phone.get<Snapshot>(`${path}/snapshot`))).patrols.map(({ visited }) => visited);
      expect([await seen(founder), await seen(ben.phone)]).toEqual([[1], [0]]);
      await vi.phone.must(vi.phone.post(`${path}/patrols/${patrol.id}/end`));
      await eventually(() => resident.heard.length > 0);
      expect(resident.heard).toEqual(['patrol.ended']);
      expect(await seen(ben.phone)).toEqual([1]);
      for (const phone of [partner, resident]) phone.close();
    } finally {
      await live.close();
    }
  });
});
