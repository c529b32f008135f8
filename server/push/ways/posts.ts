import { createHmac } from 'node:crypto';
import { publicLookup, type Resolver } from '../endpoint.ts';
import { type Outcome, outcomeOf } from '../outcome.ts';
import { failureOf } from '../sender.ts';
import { createTransport, type Post } from '../transport.ts';
import { checkAddress, topicIn } from './address.ts';
import { bodyOf, type Note } from './note.ts';
import type { StoredWay } from './way.ts';
import { wayWords } from './words.ts';

const secretPrefix = 'whsec_';

/** A signing secret in the form that the Standard Webhooks libraries take. @param secret in base64url */
export const signingSecretOf = (secret: string): string =>
  secretPrefix + Buffer.from(secret, 'base64url').toString('base64');

/** The headers of Standard Webhooks: the receiver can tell who sent it, when, and whether it got it before. */
function signed(id: string, at: number, body: Buffer, signing: string): Record<string, string> {
  const seconds = String(Math.floor(at / 1000));
  const key = Buffer.from(signing.slice(secretPrefix.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const headersOf = (body: Buffer, more: Record<string, string> = {}) => ({
  'content-type': 'application/json',
  'content-length': String(body.length),
  'user-agent': 'Vigie',
  ...more,
});

/** @param now for the signature: of this attempt, so that the receiver may refuse what is old */
function toWebhook(url: URL, way: StoredWay, note: Note, now: number): Post {
  const { id, title, url: open, at, data } = note;
  const body = json({ id, ...data, at: new Date(at).toISOString(), title, text: bodyOf(note), url: open });
  return { url, headers: headersOf(body, signed(id, now, body, way.signing ?? '')), body };
}

/** ntfy's "publish as JSON": the only form in which a title may have any letters. */
function toTopic(url: URL, way: StoredWay, note: Note): Post | null {
  const topic = topicIn(url);
  if (topic === null) return null;
  const { title, url: click, priority } = note;
  const open = { action: 'view', label: wayWords[way.locale].openButton, url: click };
  const body = json({
    ...{ topic: topic.topic, title, message: bodyOf(note), priority },
    ...(click === null ? {} : { click, actions: [open] }),
  });
  const auth: Record<string, string> = way.token === null ? {} : { authorization: `Bearer ${way.token}` };
  return { url: topic.server, headers: headersOf(body, auth), body };
}

/**
 * A member's own receiver, not a service that the operator answers for: whatever it says is tried again, and only
 * "gone" ends it.
 */
function outcomeOfWay(way: StoredWay, outcome: Outcome): Outcome {
  if (outcome.kind === 'gone' && way.kind === 'ntfy') return again('status-404');
  if (outcome.kind === 'rejected') return again(outcome.reason);
  return outcome.kind === 'tooLarge' ? again('status-413') : outcome;
}
const again = (reason: string): Outcome => ({ kind: 'retry', reason, afterMs: null, mayHaveArrived: false });

export type PostsOptions = {
  /** Origins that the operator allows wherever they lead. */
  extraOrigins: readonly string[];
  now: () => number;
  resolver?: Resolver;
  timeoutMs: number;
};

/** Sends to topics and webhooks, under the rules of push endpoints: resolved, checked, pinned, no redirects. */
export function createPosts({ extraOrigins, now, resolver, timeoutMs }: PostsOptions) {
  const toPublic = createTransport({ timeoutMs, lookup: publicLookup(resolver) });
  const toNamed = createTransport({ timeoutMs });

  /** One attempt. Never rejects. */
  async function send(way: StoredWay, note: Note): Promise<Outcome> {
    const check = checkAddress(way.address, extraOrigins);
    if (!check.ok) return { kind: 'impossible', reason: 'way-not-allowed' };
    const post = way.kind === 'ntfy' ? toTopic(check.url, way, note) : toWebhook(check.url, way, note, now());
    if (post === null) return { kind: 'impossible', reason: 'way-not-allowed' };
    try {
      const { status, retryAfter } = await (check.named ? toNamed : toPublic).post(post);
      // 404 is a mistake in the address or a server being mended: only 410 says that it is meant.
      const outcome: Outcome = status === 404 ? again('status-404') : outcomeOf(status, retryAfter, now());
      return outcomeOfWay(way, outcome);
    } catch (error) {
      return outcomeOfWay(way, failureOf(error));
    }
  }

  function close(): void {
    toPublic.close();
    toNamed.close();
  }

  return { send, close };
}
