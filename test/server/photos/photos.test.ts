import { hash, randomUUID } from 'node:crypto';
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photoRetention } from '../../../server/photos/retention.ts';
import { neighbourhoodKeys } from '../../../server/redis/keys.ts';
import { runDue } from '../../../server/timers/timers.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { Incident } from '../../../shared/incidents.ts';
import type { PhotoUploaded } from '../../../shared/photos.ts';
import { phoneOf, startApp, type TestApp } from '../../support/app.ts';
import { type Phone, report, street } from '../../support/phone.ts';
import { photoForm, png, uploadPhoto } from '../../support/photos.ts';
import { daily } from '../../support/retention.ts';

let test: TestApp;
beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const day = 24 * 3600 * 1000;
const small = png({ width: 40, height: 30 });
const photosOf = (id: string) => `/api/neighbourhoods/${id}/photos`;
const folderOf = (id: string) => join(test.deps.env.DATA_DIR, 'photos', id);
const filesOf = async (id: string) => ((await readdir(folderOf(id)).catch(() => [])) as string[]).toSorted();
const filesOfPhoto = (photoId: string) => [`${photoId}.jpg`, `${photoId}.thumbnail.jpg`];
const records = async (id: string) => {
  const { photos } = neighbourhoodKeys(id);
  return await test.redis.send(photos, 'HKEYS', photos);
};

const newStreet = async () => {
  const made = await street(() => phoneOf(test), ['Bo']);
  const [bo] = made.neighbours;
  if (bo === undefined) throw new Error('nobody came');
  return { ...made, ada: made.founder, bo: bo.phone, boMember: bo.member };
};
const head = (id: string) => test.deps.eventLog.head(id);

describe('an upload', () => {
  it('[PH1] answers 201 once both files lie on the disk, for their owner alone', async () => {
    const { id, ada } = await newStreet();
    const before = await head(id);
    const answer = await ada.post<PhotoUploaded>(photosOf(id), photoForm(small));
    expect(answer.status).toBe(201);
    const { photoId } = answer.body;
    expect(await filesOf(id)).toEqual(filesOfPhoto(photoId));
    for (const name of await filesOf(id)) {
      const { mode, size } = await stat(join(folderOf(id), name));
      expect(mode & 0o777).toBe(0o600);
      expect(size).toBeGreaterThan(0);
    }
    expect((await stat(folderOf(id))).mode & 0o777).toBe(0o700);
    expect(await records(id)).toEqual([photoId]);
    // It tells nobody: who is about to raise an alert is not the neighbours' business.
    expect(await head(id)).toEqual(before);
  });

  it('[PH2] is judged by its bytes: a lying name is nothing, lying bytes are 422', async () => {
    const { id, ada } = await newStreet();
    expect((await ada.post(photosOf(id), photoForm(small, '../../etc/passwd', 'text/html'))).status).toBe(
      201,
    );
    const before = await filesOf(id);
    const html = new TextEncoder().encode('<!doctype html><script>canary()</script>');
    const costumed = new Uint8Array([0xff, 0xd8, 0xff, ...html]);
    const bomb = png({ width: 30_000, height: 30_000 });
    for (const bytes of [html, costumed, new Uint8Array(), small.slice(0, 50), bomb]) {
      const { status, body } = await ada.post<Problem>(photosOf(id), photoForm(bytes));
      expect(status).toBe(422);
      expect(body.issues?.[0]?.path).toBe('photo');
      expect(JSON.stringify(body)).not.toContain('canary');
    }
    expect(await filesOf(id)).toEqual(before);
    expect(await records(id)).toHaveLength(1);
  });

  it('[PH2] is 413 over 8 MB, 415 when no form, 422 without the field', async () => {
    const { id, ada } = await newStreet();
    const nine = new Uint8Array(9 * 1024 * 1024);
    nine.set(small);
    expect((await ada.post<Problem>(photosOf(id), photoForm(nine))).body.code).toBe('PAYLOAD_TOO_LARGE');
    const declared = await ada.post<Problem>(photosOf(id), photoForm(small), {
      'content-length': String(9 * 1024 * 1024),
    });
    expect(declared.body.code).toBe('PAYLOAD_TOO_LARGE');
    const json = await ada.post<Problem>(photosOf(id), { photo: 'x' });
    expect(json.body).toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE', issues: [{ path: 'Content-Type' }] });
    const other = new FormData();
    other.set('photo', 'no file');
    expect((await ada.post<Problem>(photosOf(id), other)).body.issues?.[0]?.path).toBe('photo');
    const torn = await ada.post<Problem>(photosOf(id), 'torn', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(torn.body.issues?.[0]?.path).toBe('photo');
    // Only this very route takes a form.
    const elsewhere = await ada.post<Problem>(`/api/neighbourhoods/${id}/incidents`, photoForm(small));
    expect(elsewhere.status).toBe(415);
    expect(await filesOf(id)).toEqual([]);
  });

  it('[PH5] repeated with its key gives the same photo and stores nothing twice, also at once', async () => {
    const { id, ada } = await newStreet();
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ada.post<PhotoUploaded>(photosOf(id), photoForm(small), key)),
    );
    // Another boundary around the same bytes is the same command.
    answers.push(await ada.post<PhotoUploaded>(photosOf(id), photoForm(small, 'other.png'), key));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.photoId)).size).toBe(1);
    expect(answers.at(-1)?.headers.get('idempotency-replayed')).toBe('true');
    expect(await filesOf(id)).toHaveLength(2);
    expect(await records(id)).toHaveLength(1);
    const reused = await ada.post<Problem>(photosOf(id), photoForm(png({ width: 41, height: 30 })), key);
    expect(reused.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    const without = await ada.post<Problem>(photosOf(id), photoForm(small), { 'idempotency-key': 'no' });
    expect(without.body.issues?.[0]?.path).toBe('Idempotency-Key');
  });

  it('[PH5] no other picture takes a photo’s place once the receipt of its upload has ended', async () => {
    const { id, ada, bo } = await newStreet();
    const key = { 'idempotency-key': randomUUID() };
    const { photoId } = (await ada.post<PhotoUploaded>(photosOf(id), photoForm(small), key)).body;
    await ada.report(id, { photoIds: [photoId] });
    const shown = async () => await bo.get(`${photosOf(id)}/${photoId}`);
    const before = await shown();
    const { receipt } = neighbourhoodKeys(id);
    const { memberships } = (await ada.get<{ memberships: { member: { id: string } }[] }>('/api/me')).body;
    const hashed = hash('sha256', key['idempotency-key'], 'base64url');
    const kept = receipt(memberships[0]?.member.id ?? '', hashed);
    expect(await test.redis.send(kept, 'UNLINK', kept)).toBe(1);
    const other = photoForm(png({ width: 41, height: 30 }));
    expect((await ada.post(photosOf(id), other, key)).status).toBe(409);
    expect(await shown()).toEqual(before);
    expect(before.status).toBe(200);
  });

  it('[PH6] is limited by member and hour', async () => {
    const limited = await startApp({ env: { RATE_LIMITS: 'on' } });
    try {
      const { id, founder } = await street(() => phoneOf(limited), []);
      const { limits } = limited.deps;
      const me = await founder.get<{ memberships: { member: { id: string } }[] }>('/api/me');
      const memberId = me.body.memberships[0]?.member.id ?? '';
      for (let i = 0; i < 59; i += 1) await limits.count('photos', memberId);
      expect((await founder.post(photosOf(id), photoForm(small))).status).toBe(201);
      const refused = await founder.post(photosOf(id), photoForm(small));
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      await limited.stop();
    }
  });
});

describe('a photo', () => {
  it('[PH7] is its uploader’s until it is reported, then the members’, as a picture and nothing else', async () => {
    const { id, ada, bo } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    const path = `${photosOf(id)}/${photoId}`;
    expect((await ada.get(path)).status).toBe(200);
    expect((await bo.get(path)).status).toBe(404);
    const { incident } = await ada.report(id, { photoIds: [photoId] });
    expect(incident.photoIds).toEqual([photoId]);
    for (const address of [path, `${path}/thumbnail`]) {
      const { status, headers } = await bo.get(address);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('image/jpeg');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-disposition')).toBe('inline');
      expect(headers.get('content-security-policy')).toContain('sandbox');
      expect(headers.get('content-security-policy')).not.toContain("'self'");
      expect(headers.get('cache-control')).toBe('private, max-age=3600');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      const etag = headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[^"]+"$/u);
      expect((await bo.get(address, { 'if-none-match': etag })).status).toBe(304);
    }
    const [large, thumbnail] = [await bo.get(path), await bo.get(`${path}/thumbnail`)];
    expect(large.headers.get('etag')).not.toBe(thumbnail.headers.get('etag'));
  });

  it.each(['..%2f..%2fvapid.json', '%2e%2e', 'x', 'A'.repeat(16), `${'A'.repeat(16)}.jpg`])(
    '[PH7] no other path opens a file: %s',
    async (name) => {
      const { id, ada } = await newStreet();
      await uploadPhoto(ada, id);
      expect((await ada.get(`${photosOf(id)}/${name}`)).status).toBe(404);
      expect((await ada.get(`${photosOf(id)}/${name}/thumbnail`)).status).toBe(404);
    },
  );

  it('[PH7] whose file is gone is 404, and of another neighbourhood it does not exist', async () => {
    const mine = await newStreet();
    const other = await newStreet();
    const photoId = await uploadPhoto(mine.ada, mine.id);
    await mine.ada.report(mine.id, { photoIds: [photoId] });
    expect((await other.ada.get(`${photosOf(mine.id)}/${photoId}`)).status).toBe(404);
    expect((await other.ada.get(`${photosOf(other.id)}/${photoId}`)).status).toBe(404);
    await rm(folderOf(mine.id), { recursive: true });
    expect((await mine.ada.get(`${photosOf(mine.id)}/${photoId}`)).status).toBe(404);
  });

  it('[PH8] is used by its uploader, here, once; otherwise the report is refused and the log unchanged', async () => {
    const { id, ada, bo } = await newStreet();
    const other = await newStreet();
    const mine = await uploadPhoto(ada, id);
    const [used, bos, elsewhere] = [
      await uploadPhoto(ada, id),
      await uploadPhoto(bo, id),
      await uploadPhoto(other.ada, other.id),
    ];
    await ada.report(id, { photoIds: [used], evenSo: true });
    const before = await head(id);
    const refused: [photoIds: string[], path: string][] = [
      [[used], 'photoIds.0'],
      [[mine, bos], 'photoIds.1'],
      [[elsewhere], 'photoIds.0'],
      [['A'.repeat(16)], 'photoIds.0'],
      [['../../x'], 'photoIds.0'],
      [[mine, mine], 'photoIds'],
      [Array.from({ length: 6 }, (_, i) => `${i}`.repeat(16)), 'photoIds'],
    ];
    for (const [photoIds, path] of refused) {
      const answer = await post(ada, id, { photoIds });
      expect(answer.status).toBe(422);
      expect(answer.body.issues?.[0]?.path).toBe(path);
    }
    expect(await head(id)).toEqual(before);
    expect((await post(ada, id, { photoIds: [mine] })).status).toBe(201);
  });

  it('[PH8] of two reports at once only one gets it', async () => {
    const { id, ada } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(ada, id, { photoIds: [photoId] })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422, 422, 422, 422]);
  });

  it('[PH8] a report repeated with its photos answers as the first time', async () => {
    const { id, ada } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    const key = randomUUID();
    const first = await post(ada, id, { photoIds: [photoId] }, key);
    const second = await post(ada, id, { photoIds: [photoId] }, key);
    expect(second).toMatchObject({ status: 201, body: first.body });
  });

  it('[PH8] names its uploader nowhere, not even with an anonymous report', async () => {
    const { id, ada, founderMember, bo } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    const { incident } = await ada.report(id, { photoIds: [photoId], anonymous: true });
    const detail = await bo.get(`/api/neighbourhoods/${id}/incidents/${incident.id}`);
    expect(JSON.stringify(detail.body)).toContain(photoId);
    expect(JSON.stringify(detail.body)).not.toContain(founderMember.id);
    const entries = await test.deps.eventLog.read(id, 1, 99);
    const told = entries.find(({ json }) => json.includes(photoId));
    expect(told?.json).not.toContain(founderMember.id);
  });
});

describe('the end of a photo', () => {
  const runTimers = async (id: string) => {
    const { partition } = neighbourhoodKeys(id);
    await runDue(test.deps, partition, { photo: photoRetention(test.deps).unused });
  };

  it('[PH9] comes after a day when no report used it, also when its uploader was removed', async () => {
    const { id, ada, bo, boMember } = await newStreet();
    const [used, unused] = [await uploadPhoto(ada, id), await uploadPhoto(bo, id)];
    await ada.report(id, { photoIds: [used] });
    await ada.send('DELETE', `/api/neighbourhoods/${id}/members/${boMember.id}`);
    const { timers } = neighbourhoodKeys(id);
    const waiting = async () => (await test.redis.send(timers, 'ZRANGE', timers, '0', '-1')) as string[];
    expect((await waiting()).filter((what) => what.startsWith(`photo:${id}:`))).toEqual([
      `photo:${id}:${unused}`,
    ]);
    await runTimers(id);
    expect(await filesOf(id)).toHaveLength(4);
    test.clock.now += day + 1;
    await runTimers(id);
    expect(await records(id)).toEqual([used]);
    expect(await filesOf(id)).toEqual(filesOfPhoto(used));
    expect((await waiting()).filter((what) => what.startsWith(`photo:${id}:`))).toEqual([]);
  });

  it('[PH9] does not come to a photo that a report takes in the same moment', async () => {
    const { id, ada } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    test.clock.now += day + 1;
    const [answer] = await Promise.all([post(ada, id, { photoIds: [photoId] }), runTimers(id)]);
    // Whoever came first: an incident's photo is there, or there is no such incident.
    expect(await filesOf(id)).toEqual(answer.status === 201 ? filesOfPhoto(photoId) : []);
  });

  it('[PH9] comes with its incident’s, from the disk too', async () => {
    const { id, ada } = await newStreet();
    const old = await uploadPhoto(ada, id);
    await ada.report(id, { photoIds: [old] });
    test.clock.now += 60 * day;
    const young = await uploadPhoto(ada, id);
    await ada.report(id, { photoIds: [young] });
    test.clock.now += 40 * day;
    await daily(test)(id);
    expect(await records(id)).toEqual([young]);
    expect(await filesOf(id)).toEqual(filesOfPhoto(young));
  });

  it('[PH9] comes to what a crash left behind, and to nothing that is under way', async () => {
    const { id, ada } = await newStreet();
    const photoId = await uploadPhoto(ada, id);
    const orphans = ['A'.repeat(16) + '.jpg', '.5f0c5b1e-0000-4000-8000-000000000000'];
    const fresh = 'B'.repeat(16) + '.jpg';
    for (const name of [...orphans, fresh]) await writeFile(join(folderOf(id), name), 'x');
    const longAgo = test.clock.now / 1000 - 2 * 3600;
    const justNow = test.clock.now / 1000;
    for (const name of orphans) await utimes(join(folderOf(id), name), longAgo, longAgo);
    for (const name of [fresh, ...filesOfPhoto(photoId)])
      await utimes(join(folderOf(id), name), justNow, justNow);
    await photoRetention(test.deps).sweep(id);
    expect(await filesOf(id)).toEqual([...filesOfPhoto(photoId), fresh].toSorted());
  });
});

function post(phone: Phone, id: string, over: Record<string, unknown>, key: string = randomUUID()) {
  return phone.post<Problem & { incident: Incident }>(
    `/api/neighbourhoods/${id}/incidents`,
    { ...report, evenSo: true, ...over },
    { 'idempotency-key': key },
  );
}
