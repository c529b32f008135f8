import { createHash } from 'node:crypto';
import { encrypt, InvalidReceiverKeys } from './encrypt.ts';
import { checkEndpoint, ForbiddenAddress, publicLookup, type Resolver } from './endpoint.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { createTransport } from './transport.ts';
import type { Vapid } from './vapid.ts';

/** Where one message goes. */
export type Receiver = { endpoint: string; keys: { p256dh: string; auth: string } };

/** RFC 8030, section 5.3: how much of the device's battery the message is worth. */
export type Urgency = 'normal' | 'high';

/** One message for many receivers. */
export type OutgoingMessage = {
  payload: Buffer;
  urgency: Urgency;
  /** From `topicOf`: an undelivered message of the same topic is replaced (RFC 8030, section 5.4). */
  topic: string;
  /** Seconds that the service keeps it for a device which is not reachable. */
  ttl: number;
};

/** At most 32 characters of base64url, the same for the same incident; says nothing of it to the service. */
export function topicOf(incidentId: string): string {
  return createHash('sha256').update(incidentId).digest('base64url').slice(0, 32);
}

const totalMs = 10_000;
const coding = { 'content-type': 'application/octet-stream', 'content-encoding': 'aes128gcm' };

export type SenderOptions = {
  vapid: Vapid;
  extraOrigins: readonly string[];
  now: () => number;
  /** Replaces the system's resolver; the addresses it gives are checked all the same. */
  resolver?: Resolver;
  /** Milliseconds for one attempt, from connecting to the end of the answer. */
  timeoutMs?: number;
  /** Called between two messages. */
  giveWay?: () => void;
  /** Certificates to trust at the operator's own push services. */
  ca?: string;
};

type Sending = { receiver: Receiver; message: OutgoingMessage; resolve: (outcome: Outcome) => void };
type Sealed = { url: URL; named: boolean; body: Buffer };
type Way = Omit<Sealed, 'body'>;

// RFC 8030, section 5: a message may come without content. The device then says that there is news, not which.
const withoutContent = Buffer.alloc(0);

const atOnce = 32;

/** Sends messages to push services (RFC 8030). One a process: it keeps their connections open. */
export function createSender(options: SenderOptions) {
  const { vapid, extraOrigins, now, timeoutMs = totalMs, ca, giveWay = () => undefined } = options;
  const toPublic = createTransport({ timeoutMs, lookup: publicLookup(options.resolver) });
  const toNamed = createTransport({ timeoutMs, ...(ca === undefined ? {} : { ca }) });

  const turn: Sending[] = [];

  /**
   * One attempt at one receiver. Never rejects: whatever happens is an outcome.
   * The endpoint is checked here too, since the allow-list may be narrower than when it was stored.
   */
  function send(receiver: Receiver, message: OutgoingMessage): Promise<Outcome> {
    return new Promise((resolve) => {
      if (turn.length === 0) setImmediate(sendTurn);
      turn.push({ receiver, message, resolve });
    });
  }

  // What came in one turn of the loop is encrypted, some at a time, and then sent, all of these. Going back and forth
  // between the two costs a quarter more: each pushes the other out of the processor's caches. Not all at once, since
  // what comes from Redis and the services is read in between, however long commands are given way to.
  function sendTurn(): void {
    const sendings = turn.splice(0, atOnce);
    if (turn.length > 0) setImmediate(sendTurn);
    const sealed = sendings.map((sending) => {
      giveWay();
      return { sending, ...seal(sending) };
    });
    for (const { sending, ...result } of sealed) {
      giveWay();
      if ('outcome' in result) sending.resolve(result.outcome);
      else void deliver(sending, result).then(sending.resolve);
    }
  }

  function seal({ receiver, message }: Sending): Sealed | { outcome: Outcome } {
    const check = checkEndpoint(receiver.endpoint, extraOrigins);
    if (!check.ok) return { outcome: { kind: 'impossible', reason: 'endpoint-not-allowed' } };
    try {
      return { url: check.url, named: check.named, body: encrypt(message.payload, receiver.keys) };
    } catch (error) {
      const reason = error instanceof InvalidReceiverKeys ? 'receiver-keys' : 'payload';
      return { outcome: { kind: 'impossible', reason } };
    }
  }

  /**
   * Where the service takes no message of this size it gets a shorter one: first without most of the padding, then
   * without content. All of it in the time of one attempt.
   */
  async function deliver({ receiver, message }: Sending, { body, ...way }: Sealed): Promise<Outcome> {
    const endsAt = performance.now() + timeoutMs;
    const first = await post(way, message, body);
    if (first.kind !== 'tooLarge') return first;
    for (const shorter of [encrypt(message.payload, receiver.keys, 'short'), withoutContent]) {
      const withinMs = endsAt - performance.now();
      if (withinMs <= 0) return { kind: 'retry', reason: 'status-413', afterMs: null, mayHaveArrived: false };
      const outcome = await post(way, message, shorter, withinMs);
      if (outcome.kind !== 'tooLarge') return outcome;
    }
    return first;
  }

  async function post(
    { url, named }: Way,
    message: OutgoingMessage,
    body: Buffer,
    withinMs = timeoutMs,
  ): Promise<Outcome> {
    const { ttl, urgency, topic } = message;
    const length = String(body.length);
    const authorization = vapid.authorization(url.origin);
    const common = { 'content-length': length, ttl: String(ttl), urgency, topic, authorization };
    // Spread first: an object that is copied whole is copied at once.
    const headers = body.length === 0 ? common : { ...common, ...coding };
    try {
      const answer = await (named ? toNamed : toPublic).post({ url, headers, body, withinMs });
      return outcomeOf(answer.status, answer.retryAfter, now());
    } catch (error) {
      return failureOf(error);
    }
  }

  /** Ends the connections that are kept open. */
  function close(): void {
    toPublic.close();
    toNamed.close();
  }

  return { send, close };
}

export type Sender = ReturnType<typeof createSender>;

/** What fails before anything was sent. */
const beforeConnecting = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What an exchange means that brought no answer. */
export function failureOf(error: unknown): Outcome {
  if (error instanceof ForbiddenAddress) return { kind: 'rejected', reason: 'address-not-allowed' };
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'network';
  const mayHaveArrived = !beforeConnecting.has(code);
  return { kind: 'retry', reason: code.toLowerCase(), afterMs: null, mayHaveArrived };
}
