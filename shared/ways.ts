import * as v from 'valibot';
import { TimeZone } from './neighbourhoods.ts';
import { LockScreen } from './push.ts';
import { Id, Locale, Timestamp } from './text.ts';

/** By what a member can be told beside push. */
export const WayKind = v.picklist(['email', 'ntfy', 'webhook']);
export type WayKind = v.InferOutput<typeof WayKind>;

/** So many ways of one person are told. */
export const maxWays = 5;
/** A code that was sent counts for so long, and for so many tries. */
export const codeMinutes = 30;
export const codeTries = 5;

const email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(254, 'must be an e-mail address'),
  v.email('must be an e-mail address'),
);
const address = v.pipe(v.string(), v.trim(), v.maxLength(1024), v.url('must be a URL'));
/** How the reader wants to be written to. */
const reader = { locale: Locale, timeZone: TimeZone };

export const AddWayCommand = v.variant('kind', [
  v.strictObject({ kind: v.literal('email'), address: email, ...reader }),
  v.strictObject({
    kind: v.literal('ntfy'),
    /** The topic's whole address. */
    address,
    /** Where the topic is not open to everybody. Never shown again. */
    token: v.optional(v.pipe(v.string(), v.regex(/^[\u0021-\u007e]{1,200}$/u, 'must be an access token'))),
    ...reader,
  }),
  v.strictObject({ kind: v.literal('webhook'), address, ...reader }),
]);
export type AddWayCommand = v.InferOutput<typeof AddWayCommand>;

export const VerifyWayCommand = v.strictObject({
  code: v.pipe(v.string(), v.trim(), v.regex(/^\d{6}$/u, 'must be six digits')),
});

export const WayCommand = v.strictObject({ lockScreen: LockScreen });

/** One attempt at one way: how it went, never what it said. */
export const WayRun = v.object({
  at: Timestamp,
  /** `accepted`: the other side took it; `again`: it is tried again; `refused`: it is not. */
  outcome: v.picklist(['accepted', 'again', 'refused']),
  /** Such as `status-503` or `smtp-550`; null where it was accepted. */
  reason: v.nullable(v.string()),
});
export type WayRun = v.InferOutput<typeof WayRun>;

/** A way of telling as its owner sees it; its secrets are never shown again. */
export const Way = v.object({
  id: Id,
  kind: WayKind,
  address: v.string(),
  locale: Locale,
  timeZone: v.string(),
  /** What it may say of an alert: its address may be read by others than its owner. */
  lockScreen: LockScreen,
  addedAt: Timestamp,
  /** `ended`: the other side said that there is nobody any more, or its reader stopped it there. */
  state: v.picklist(['unverified', 'verified', 'ended']),
  /** Newest first. */
  runs: v.array(WayRun),
});
export type Way = v.InferOutput<typeof Way>;

/** `kinds`: what this server can do. */
export const Ways = v.object({ kinds: v.array(WayKind), ways: v.array(Way) });
export type Ways = v.InferOutput<typeof Ways>;
export const WayAnswer = v.object({ way: Way });
/** `secret`: what a webhook's messages are signed with, shown this once. */
export const WayAdded = v.object({ way: Way, secret: v.nullable(v.string()) });
export type WayAdded = v.InferOutput<typeof WayAdded>;

/** `<person>.<way>.<secret>`: what stands in a mail, to stop it. */
export const StopCode = v.pipe(v.string(), v.regex(/^[\w-]{16}\.[\w-]{20}\.[\w-]{22}$/u, 'must be a code'));
