import * as v from 'valibot';
import { HandlingStep, OutcomeKind } from './incident-life.ts';
import { Category, Severity } from './incidents.ts';
import { noticeActionNames, noticeKinds } from './notices.ts';
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

const aboutIncident = {
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  incidentId: Id,
  category: Category,
  severity: Severity,
  /** Only where it is one. */
  sos: v.optional(v.literal(true)),
  locale: Locale,
};

/** What is told of an incident: it takes the place of what the device showed of it before. */
export const IncidentMessage = v.variant('kind', [
  v.object({ kind: v.literal('alert'), ...aboutIncident }),
  /** The alert is over: to the devices that it reached. */
  v.object({ kind: v.literal('correction'), ...aboutIncident, outcome: OutcomeKind }),
  /** The correction was too early: to the same devices. */
  v.object({ kind: v.literal('reopening'), ...aboutIncident }),
  /** Somebody is wanted: `owned` to whom it was handed, `exhausted` also to the reporter. */
  v.object({ kind: v.literal('handling'), ...aboutIncident, step: HandlingStep }),
  /** A neighbour wrote what they see: to those who follow the incident, in silence. */
  v.object({ kind: v.literal('observation'), ...aboutIncident }),
  /** Another alert turned out to be the same: to those who follow the one that goes on, in silence. */
  v.object({ kind: v.literal('merging'), ...aboutIncident }),
  /** A neighbour named this one in what they wrote. */
  v.object({ kind: v.literal('mention'), ...aboutIncident }),
  /** `drawn` to those who are asked to decide; what they decided to whoever wrote it. */
  v.object({ kind: v.literal('review'), ...aboutIncident, step: v.picklist(['drawn', 'kept', 'removed']) }),
]);
export type IncidentMessage = v.InferOutput<typeof IncidentMessage>;

/** What is told of a shift or a round: `notices` says how. */
export const NoticeMessage = v.object({
  kind: v.literal('notice'),
  notice: v.picklist(noticeKinds),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  /** Of what it is about, as in its address. */
  id: Id,
  /** What it offers to do, each with the key of that command: pressed twice, on two devices too, it is done once. */
  actions: v.array(v.object({ action: v.picklist(noticeActionNames), key: v.pipe(v.string(), v.uuid()) })),
  locale: Locale,
});
export type NoticeMessage = v.InferOutput<typeof NoticeMessage>;

/** What did not disturb the member, together: of how much. */
export const DigestMessage = v.object({
  kind: v.literal('digest'),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  count: v.number(),
  locale: Locale,
});
export type DigestMessage = v.InferOutput<typeof DigestMessage>;

/** Enough for today: what is minor or moderate waits for the digest from now on. */
export const FoldingMessage = v.object({
  kind: v.literal('folding'),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  locale: Locale,
});
export type FoldingMessage = v.InferOutput<typeof FoldingMessage>;

/** What travels, encrypted, to the service worker: no more than what of, where and how it stands. */
export const PushMessage = v.variant('kind', [IncidentMessage, NoticeMessage, DigestMessage, FoldingMessage]);
export type PushMessage = v.InferOutput<typeof PushMessage>;
export type PushKind = PushMessage['kind'];
