import { createHash } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { encrypt, InvalidReceiverKeys } from './encrypt.ts';
import { checkEndpoint, ForbiddenAddress, publicLookup, type Resolver } from './endpoint.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
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
const maxAnswerBytes = 4096;
const connectionsPerHost = 16;
const agentOptions = { keepAlive: true, maxSockets: connectionsPerHost, maxFreeSockets: 4, timeout: 60_000 };

export type SenderOptions = {
  vapid: Vapid;
  extraOrigins: readonly string[];
  now: () => number;
  /** Replaces the system's resolver; the addresses it gives are checked all the same. */
  resolver?: Resolver;
  /** Milliseconds for one attempt, from connecting to the end of the answer. */
  timeoutMs?: number;
  /** Certificates to trust at the operator's own push services. */
  ca?: string;
};

/** Sends messages to push services (RFC 8030). One a process: it keeps their connections open. */
export function createSender(options: SenderOptions) {
  const { vapid, extraOrigins, now, timeoutMs = totalMs } = options;
  const publicAgent = new https.Agent({ ...agentOptions, lookup: publicLookup(options.resolver) });
  const namedAgent = new https.Agent({
    ...agentOptions,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  const namedPlainAgent = new http.Agent(agentOptions);

  /**
   * One attempt at one receiver. Never rejects: whatever happens is an outcome.
   * The endpoint is checked here too, since the allow-list may be narrower than when it was stored.
   */
  async function send(receiver: Receiver, message: OutgoingMessage): Promise<Outcome> {
    const check = checkEndpoint(receiver.endpoint, extraOrigins);
    if (!check.ok) return { kind: 'impossible', reason: 'endpoint-not-allowed' };
    let body: Buffer;
    try {
      body = encrypt(message.payload, receiver.keys);
    } catch (error) {
      return {
        kind: 'impossible',
        reason: error instanceof InvalidReceiverKeys ? 'receiver-keys' : 'payload',
      };
    }
    return await post(check.url, check.named, message, body);
  }

  function post(url: URL, named: boolean, message: OutgoingMessage, body: Buffer): Promise<Outcome> {
    const plain = url.protocol === 'http:';
    // A flat list goes on the wire as it is: the cheapest form that node:http takes.
    const headers = [
      ['Host', url.host],
      ['Content-Type', 'application/octet-stream'],
      ['Content-Encoding', 'aes128gcm'],
      ['Content-Length', String(body.length)],
      ['TTL', String(message.ttl)],
      ['Urgency', message.urgency],
      ['Topic', message.topic],
      ['Authorization', vapid.authorization(url.origin)],
    ].flat();
    return new Promise((resolve) => {
      const request = (plain ? http : https).request({
        method: 'POST',
        // An IPv6 literal, which only a named origin can have, stands in brackets in a URL.
        host: url.hostname.replace(/^\[(.*)\]$/u, '$1'),
        port: url.port === '' ? undefined : Number(url.port),
        path: `${url.pathname}${url.search}`,
        headers,
        agent: plain ? namedPlainAgent : named ? namedAgent : publicAgent,
      });
      let outcome: Outcome = { kind: 'retry', reason: 'timeout', afterMs: null };
      let answered = false;
      const finish = () => {
        clearTimeout(timer);
        resolve(outcome);
      };
      // Of the whole exchange: a service that sends a byte a second must not hold a connection for ever.
      const timer = setTimeout(() => {
        finish();
        request.destroy();
      }, timeoutMs);
      request.on('error', (error) => {
        // After the status has come, nothing that breaks can change what it said.
        if (!answered) outcome = failureOf(error);
        finish();
      });
      request.on('response', (response) => {
        answered = true;
        outcome = outcomeOf(response.statusCode ?? 0, response.headers['retry-after'], now());
        drain(response, finish);
      });
      request.end(body);
    });
  }

  /** Ends the connections that are kept open. */
  function close(): void {
    for (const agent of [publicAgent, namedAgent, namedPlainAgent]) agent.destroy();
  }

  return { send, close };
}

export type Sender = ReturnType<typeof createSender>;

/**
 * Reads an answer to its end, so that its connection serves again; a long one is cut off. The status, which is all
 * that counts, has arrived by then.
 */
function drain(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) response.destroy();
  });
  response.on('error', done);
  response.on('close', done);
}

function failureOf(error: Error): Outcome {
  if (error instanceof ForbiddenAddress) return { kind: 'rejected', reason: 'address-not-allowed' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'network';
  return { kind: 'retry', reason: code.toLowerCase(), afterMs: null };
}
