import * as v from 'valibot';
import { HandlingStep, OutcomeKind } from './incident-life.ts';
import { Category, Severity } from './incidents.ts';
import { bareNotices, noticeActionNames, noticeKinds, noticePages } from './notices.ts';
import { Id, Locale, Timestamp } from './text.ts';

const base64url = (bytes: number) =>
  v.pipe(
    v.string(),
    v.regex(/^[\w-]+={0,2}$/u, 'must be base64url'),
    v.check(
      (text) => Math.floor((text.replace(/=+$/u, '').length * 3) / 4) === bytes,
      `must hold ${bytes} bytes`,
    ),
  );

/**
 * What a device's lock screen, or another way of telling, may say of an alert: only that there is one, or its kind, or
 * also its first line, of which kinds that may be.
 */
export const LockScreen = v.picklist(['nothing', 'category', 'full']);
export type LockScreen = v.InferOutput<typeof LockScreen>;
export const defaultLockScreen: LockScreen = 'category';

/** What a browser's `PushSubscription.toJSON()` gives (W3C Push API, section 8.1). */
export const SubscribeCommand = v.strictObject({
  endpoint: v.pipe(v.string(), v.maxLength(1024), v.url('must be a URL')),
  expirationTime: v.optional(v.nullable(v.number())),
  keys: v.strictObject({ p256dh: base64url(65), auth: base64url(16) }),
  locale: v.optional(Locale),
});
export type SubscribeCommand = v.InferOutput<typeof SubscribeCommand>;

export const PushKey = v.object({ publicKey: v.string() });

/** A test asks whether a push gets to this device; its id is the test's. */
export const PushTest = v.object({
  id: Id,
  sentAt: Timestamp,
  /** `gone`: the push service knows this device no more; `refused`, `unreachable`: it took nothing. */
  outcome: v.picklist(['accepted', 'gone', 'refused', 'unreachable']),
  /** By the device's own word. */
  arrivedAt: v.nullable(Timestamp),
});
export type PushTest = v.InferOutput<typeof PushTest>;
export const PushTested = v.object({ test: PushTest });

/** What is known of pushes to the device that asks. */
export const PushDevice = v.object({
  subscribed: v.boolean(),
  lockScreen: LockScreen,
  /** When a push came last, by the device's own word, or when it subscribed; to within a day. */
  arrivedAt: v.nullable(Timestamp),
  /** The last test. */
  test: v.nullable(PushTest),
});
export type PushDevice = v.InferOutput<typeof PushDevice>;
export const PushDeviceCommand = v.strictObject({ lockScreen: LockScreen });
/** This device got a push; with the test's id where it was one. */
export const ArrivedCommand = v.strictObject({ test: v.optional(Id) });
export type ArrivedCommand = v.InferOutput<typeof ArrivedCommand>;
/** After so long without any push a device is asked to test. */
export const silentMs = 30 * 24 * 3600 * 1000;

const aboutIncident = {
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  incidentId: Id,
  category: Category,
  severity: Severity,
  /** Only where it is one. */
  sos: v.optional(v.literal(true)),
  /** The first line, where the device's lock screen may say it. */
  text: v.optional(v.string()),
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
  /** It is over: to those who follow the incident by what they did and were not told of the alert, in silence. */
  v.object({ kind: v.literal('ended'), ...aboutIncident, outcome: OutcomeKind }),
  /** A neighbour named this one in what they wrote. */
  v.object({ kind: v.literal('mention'), ...aboutIncident }),
  /** `drawn` to those who are asked to decide; what they decided to whoever wrote it. */
  v.object({ kind: v.literal('review'), ...aboutIncident, step: v.picklist(['drawn', 'kept', 'removed']) }),
]);
export type IncidentMessage = v.InferOutput<typeof IncidentMessage>;

/** What is told of an incident to a device whose lock screen shall say nothing of it. */
export const BareMessage = v.object({
  kind: v.literal('bare'),
  /** `news`: neither the alert nor what takes it back. */
  of: v.picklist(['alert', 'correction', 'news']),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  incidentId: Id,
  /** Whether it makes a sound though something of the incident is shown already; not there: it does not. */
  rings: v.optional(v.literal(true)),
  quiet: v.optional(v.literal(true)),
  /** Until somebody puts it away. */
  stays: v.optional(v.literal(true)),
  locale: Locale,
});
export type BareMessage = v.InferOutput<typeof BareMessage>;

export const TestMessage = v.object({ kind: v.literal('test'), testId: Id, locale: Locale });
export type TestMessage = v.InferOutput<typeof TestMessage>;

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

/** What is told of a shift, a round or a neighbour without a phone to a device that shall say nothing of it. */
export const BareNoticeMessage = v.object({
  kind: v.literal('bare-notice'),
  of: v.picklist(bareNotices),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  /** Where it leads. */
  page: v.picklist(noticePages),
  id: Id,
  /** It takes the place of what is of its group. */
  group: v.pipe(v.string(), v.maxLength(20)),
  /** Until somebody puts it away. */
  stays: v.optional(v.literal(true)),
  locale: Locale,
});
export type BareNoticeMessage = v.InferOutput<typeof BareNoticeMessage>;

/** What did not disturb the member, together: of how much, unless its device shall say nothing of it. */
export const DigestMessage = v.object({
  kind: v.literal('digest'),
  neighbourhoodId: Id,
  neighbourhoodName: v.string(),
  count: v.optional(v.number()),
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
export const PushMessage = v.variant('kind', [
  IncidentMessage,
  BareMessage,
  TestMessage,
  NoticeMessage,
  BareNoticeMessage,
  DigestMessage,
  FoldingMessage,
]);
export type PushMessage = v.InferOutput<typeof PushMessage>;
export type PushKind = PushMessage['kind'];

/** What every way of telling is told: all but what tests one device. */
export const ToldMessage = v.variant('kind', [
  IncidentMessage,
  BareMessage,
  NoticeMessage,
  BareNoticeMessage,
  DigestMessage,
  FoldingMessage,
]);
export type ToldMessage = v.InferOutput<typeof ToldMessage>;
