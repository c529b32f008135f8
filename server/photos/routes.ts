import { hash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { PhotoUploaded } from '../../shared/photos.ts';
import { Id } from '../../shared/text.ts';
import { actorOf, type Guarded } from '../auth/guards.ts';
import { commandOf } from '../auth/idempotency.ts';
import type { Deps } from '../deps.ts';
import { AppError, invalid } from '../errors.ts';
import { derivedId } from '../ids.ts';
import { neighbourhoodKeys } from '../redis/keys.ts';
import { describe, pathParam } from '../validate.ts';
import { createPhotoFiles, type Size } from './files.ts';
import { formatOf, mayLook } from './photo.ts';
import type { Resizer } from './resizer.ts';
import { createPhotoStore } from './store.ts';

const mostBytes = 8 * 1024 * 1024;
// The form around the file.
const mostBody = mostBytes + 16 * 1024;
// Bodies of uploads in memory at once.
const mostUploads = 12;
const busySeconds = 5;
const attempts = 5;

/** Whether this request's body is a photo, which the limits and the type of JSON do not concern. */
export const isUpload = (c: Context) =>
  c.req.method === 'POST' && /^\/api\/neighbourhoods\/[^/]+\/photos$/u.test(c.req.path);

const tooLarge = () => {
  throw new AppError('PAYLOAD_TOO_LARGE');
};
const limitBody = bodyLimit({ maxSize: mostBody, onError: tooLarge });

/** Refuses what is no form and what is too large, before anything is read. */
const form = createMiddleware(async (c, next) => {
  if (!/^multipart\/form-data\s*;/iu.test(c.req.header('content-type') ?? ''))
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      issues: [{ path: 'Content-Type', message: 'must be multipart/form-data' }],
    });
  if (Number(c.req.header('content-length') ?? 0) > mostBody) tooLarge();
  return await limitBody(c, next);
});

/** The file in the field `photo`; nothing else is looked at, not even its name. */
async function photoOf(c: Context): Promise<Uint8Array> {
  const fields = await c.req.formData().catch(() => null);
  const file = fields?.get('photo');
  if (!(file instanceof File)) throw invalid('photo', 'must be a file');
  if (file.size > mostBytes) throw new AppError('PAYLOAD_TOO_LARGE');
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (formatOf(bytes) === null) throw invalid('photo', 'must be a JPEG, PNG or WebP picture');
  return bytes;
}

/** Uploading and showing photos; mounted behind the members' guard. */
export function photoRoutes(deps: Deps, resizer: Resizer) {
  const { env, redis, eventLog, limits, now } = deps;
  const store = createPhotoStore(redis);
  const files = createPhotoFiles(env.DATA_DIR);
  const app = new Hono<Guarded>();
  let uploads = 0;

  async function upload(c: Context<Guarded>): Promise<{ replayed: boolean; body: PhotoUploaded }> {
    const { neighbourhoodId, member } = c.var;
    const bytes = await photoOf(c);
    const command = await commandOf(c, hash('sha256', bytes));
    const receipt = {
      key: neighbourhoodKeys(neighbourhoodId).receipt(member.id, command.id),
      fingerprint: command.fingerprint,
    };
    const id = derivedId('photo', neighbourhoodId, member.id, command.id);
    const there = await store.get(neighbourhoodId, id);
    const earlier = await eventLog.replay<PhotoUploaded>(receipt);
    if (earlier !== null) return earlier;
    // A receipt ends before its photo does: what neighbours have seen is not painted over under its old key.
    if (there !== null) throw new AppError('CONFLICT');
    await limits.count('photos', member.id);
    const pixels = await resizer.resize(bytes);
    if (pixels === null) throw invalid('photo', 'cannot be read, or is larger than 50 megapixels');
    const body = { photoId: id };
    await files.write(neighbourhoodId, id, pixels);
    const photo = { id, version: 1, uploadedBy: member.id, uploadedAt: now(), incidentId: null };
    const actor = actorOf(c, deps);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { guard: by } = await actor();
      if (await store.put(neighbourhoodId, photo, { by, receipt, body }))
        // Another attempt at the same command may have been quicker; with another photo, this throws.
        return (await eventLog.replay<PhotoUploaded>(receipt)) ?? { replayed: false, body };
    }
    throw new AppError('CONFLICT');
  }

  app.post('/:n/photos', describe('Upload a photo', 201, PhotoUploaded), form, async (c) => {
    if (uploads >= mostUploads) throw new AppError('UNAVAILABLE', { retryAfter: busySeconds });
    uploads += 1;
    try {
      const { replayed, body } = await upload(c);
      if (replayed) c.header('Idempotency-Replayed', 'true');
      return c.json(body, 201);
    } finally {
      uploads -= 1;
    }
  });

  const show = (size: Size) => async (c: Context<Guarded>) => {
    const { neighbourhoodId, member } = c.var;
    const photoId = pathParam(Id, c.req.param('p'));
    const [photo, hidden] = await Promise.all([
      store.get(neighbourhoodId, photoId),
      store.isHiddenFrom(neighbourhoodId, photoId, member.id),
    ]);
    if (photo === null || hidden || !mayLook(photo, member.id)) throw new AppError('NOT_FOUND');
    const headers = {
      // The pixels under an id never change.
      ETag: `"${photoId}.${size}"`,
      'Cache-Control': 'private, max-age=3600',
      'Content-Disposition': 'inline',
      'Content-Security-Policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
    };
    if (c.req.header('if-none-match') === headers.ETag) return c.body(null, 304, headers);
    const bytes = await files.read(neighbourhoodId, photoId, size);
    if (bytes === null) throw new AppError('NOT_FOUND');
    return c.body(bytes, 200, { ...headers, 'Content-Type': 'image/jpeg' });
  };

  app.get('/:n/photos/:p', describe('A photo', 200), show('photo'));
  app.get('/:n/photos/:p/thumbnail', describe('A photo, small', 200), show('thumbnail'));

  return app;
}
