import * as v from 'valibot';
import { Category, Severity } from './incidents.ts';
import { Id, Locale } from './text.ts';

const base64url = (bytes: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[\w-]+={0,2}$/u, 'must be base64url'),
    v.check(
      (text) => Math.floor((text.replace(/=+$/u, '').length * 3) / 4) === bytes,
      `must hold ${bytes} bytes`,
    ),
  );

/** What a browser's `PushSubscription.toJSON()` gives (W3C Push API, section 8.1). */
export const SubscribeCommand = v.strictObject({
  endpoint: v.pipe(v.string(), v.maxLength(1024), v.url('must be a URL')),
  expirationTime: v.optional(v.nullable(v.number())),
  keys: v.strictObject({ p256dh: base64url(65), auth: base64url(16) }),
  locale: v.optional(Locale),
});
export type SubscribeCommand = v.InferOutput<typeof SubscribeCommand>;

export const PushKey = v.object({ publicKey: v.string() });

/** What travels, encrypted, to the service worker: no more than category and neighbourhood. */
export const PushMessage = v.object({
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  incidentId: Id,
  category: Category,
  severity: Severity,
  locale: Locale,
});
export type PushMessage = v.InferOutput<typeof PushMessage>;
