import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { eventually } from './eventually.ts';
import { selfSigned } from './self-signed.ts';

/** How the service treats one request. */
export type Behaviour =
  | 'accept'
  /** reads the request and never answers */
  | 'hang'
  /** breaks the connection */
  | 'reset'
  /** answers 201 and then one byte now and then, without end */
  | 'slow-body'
  /** answers 201 with a body of many megabytes */
  | 'huge-body'
  | { status: number; headers?: Record<string, string> };

/** A message as the device would have got it. */
export type Received = {
  subscriptionId: string;
  at: number;
  payload: string;
  ttl: number;
  urgency: string | undefined;
  topic: string | undefined;
  claims: { aud: string; exp: number; sub: string };
  vapidKey: string;
  authorization: string;
  /** The body as it travelled. */
  body: Buffer;
};

export type TestSubscription = { id: string; endpoint: string; keys: { p256dh: string; auth: string } };

type Device = { pair: ECDH; auth: Buffer };

const fromBase64url = (text: string) => Buffer.from(text, 'base64url');

function hkdf(salt: Buffer, secret: Buffer, info: string | Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, length));
}

/** RFC 8291 from the receiver's side, written apart from the product's own encryption. */
export function decrypt(body: Buffer, device: Device): string {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const senderKey = body.subarray(21, 21 + idLength);
  const sealed = body.subarray(21 + idLength);
  if (sealed.length > recordSize) throw new Error('more than one record');
  const shared = device.pair.computeSecret(senderKey);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), device.pair.getPublicKey(), senderKey]);
  const ikm = hkdf(device.auth, shared, info, 32);
  const key = hkdf(salt, ikm, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = hkdf(salt, ikm, 'Content-Encoding: nonce\0', 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  let end = plain.length - 1;
  while (end >= 0 && plain[end] === 0) end -= 1;
  if (plain[end] !== 2) throw new Error('no delimiter of a last record');
  return plain.subarray(0, end).toString('utf8');
}

/** Checks a token as RFC 8292 tells the service to. @throws Error saying what is wrong */
export function checkVapid(authorization: string | undefined, origin: string, now: number) {
  const match = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/u.exec(authorization ?? '');
  if (match === null) throw new Error('no vapid authorization');
  const [, header = '', payload = '', signature = '', k = ''] = match;
  const point = fromBase64url(k);
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const signed = Buffer.from(`${header}.${payload}`);
  const { alg } = JSON.parse(fromBase64url(header).toString()) as { alg: string };
  if (alg !== 'ES256') throw new Error(`alg ${alg}`);
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, fromBase64url(signature))) {
    throw new Error('signature');
  }
  const claims = JSON.parse(fromBase64url(payload).toString()) as { aud: string; exp: number; sub: string };
  if (claims.aud !== origin) throw new Error(`aud ${claims.aud}`);
  if (claims.exp * 1000 <= now || claims.exp * 1000 > now + 24 * 3600 * 1000) throw new Error('exp');
  if (!/^(mailto:|https:)/u.test(claims.sub)) throw new Error('sub');
  return { claims, vapidKey: k };
}

function checkHeaders(request: IncomingMessage, body: Buffer): void {
  const { headers } = request;
  if (request.method !== 'POST') throw new Error(`method ${request.method}`);
  if (!/^\d{1,7}$/u.test(String(headers['ttl'])) || Number(headers['ttl']) > 2_592_000)
    throw new Error('ttl');
  if (!/^(very-low|low|normal|high)$/u.test(String(headers['urgency']))) throw new Error('urgency');
  if (!/^[\w-]{1,32}$/u.test(String(headers['topic']))) throw new Error('topic');
  if (headers['content-encoding'] !== 'aes128gcm') throw new Error('content-encoding');
  if (Number(headers['content-length']) !== body.length) throw new Error('content-length');
  if (body.length > 4096) throw new Error('body too large');
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * A push service on a loopback port (RFC 8030) with its devices: it checks every request, decrypts each message with
 * the receiver's private key, and misbehaves on demand.
 * @param options.tls speaks HTTPS, over HTTP/1.1 or HTTP/2, with the self-signed certificate of `self-signed.ts`
 * @param options.delayMs how long it takes for each answer
 * @param options.now its clock, where the senders' is the test's
 */
export async function startPushService(
  options: { tls?: 'h1' | 'h2'; delayMs?: number; now?: () => number } = {},
) {
  const now = options.now ?? Date.now;
  const devices = new Map<string, Device>();
  const plans = new Map<string, Behaviour[]>();
  const received: Received[] = [];
  /** Every request, also those that got no message through. */
  const attempts: { subscriptionId: string; at: number }[] = [];
  /** What was wrong with requests: a test ends with none of them. */
  const faults: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let always: Behaviour = 'accept';
  let made = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const subscriptionId = request.url?.slice('/push/'.length) ?? '';
    attempts.push({ subscriptionId, at: Date.now() });
    const behaviour = plans.get(subscriptionId)?.shift() ?? always;
    const body = await readBody(request);
    if (behaviour === 'reset') return void request.socket.destroy();
    if (behaviour === 'hang') return;
    if (typeof behaviour === 'object') {
      response.writeHead(behaviour.status, behaviour.headers).end();
      return;
    }
    const device = devices.get(subscriptionId);
    if (device === undefined) return void response.writeHead(404).end();
    try {
      checkHeaders(request, body);
      const { claims, vapidKey } = checkVapid(request.headers.authorization, origin, now());
      received.push({
        subscriptionId,
        at: Date.now(),
        payload: decrypt(body, device),
        ttl: Number(request.headers['ttl']),
        urgency: request.headers['urgency']?.toString(),
        topic: request.headers['topic']?.toString(),
        claims,
        vapidKey,
        authorization: request.headers.authorization ?? '',
        body,
      });
    } catch (error) {
      faults.push(String(error));
      response.writeHead(400).end();
      return;
    }
    const answer = () => {
      response.writeHead(201, { Location: `${origin}/message/${received.length}` });
      if (behaviour === 'slow-body') timers.add(setInterval(() => response.write('.'), 20));
      else if (behaviour === 'huge-body') response.end(Buffer.alloc(4 * 1024 * 1024));
      else response.end();
    };
    if (options.delayMs === undefined) answer();
    else timers.add(setTimeout(answer, options.delayMs));
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // The client cuts connections on purpose; its own outcome is what the test looks at.
    response.on('error', () => undefined);
    handle(request, response).catch((error: unknown) => {
      if (!request.destroyed) faults.push(String(error));
    });
  };
  const server =
    options.tls === undefined
      ? http.createServer(onRequest)
      : options.tls === 'h1'
        ? https.createServer(selfSigned, onRequest)
        : http2.createSecureServer(selfSigned, (request, response) => {
            // Node's compatibility layer: what `handle` uses of them is the same.
            onRequest(request as unknown as IncomingMessage, response as unknown as ServerResponse);
          });
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    received,
    attempts,
    faults,
    /** TCP connections so far. */
    connections: () => connections,
    /** Breaks all connections, as a restart of the service would. */
    disconnect(): void {
      for (const socket of sockets) socket.destroy();
    },
    newSubscription(): TestSubscription {
      const pair = createECDH('prime256v1');
      pair.generateKeys();
      const auth = randomBytes(16);
      made += 1;
      const id = `${made}-${randomBytes(9).toString('base64url')}`;
      devices.set(id, { pair, auth });
      return {
        id,
        endpoint: `${origin}/push/${id}`,
        keys: { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') },
      };
    },
    /** The next requests to this subscription are treated so, one after the other; later ones as all are. */
    behave(subscriptionId: string, behaviours: Behaviour[]): void {
      plans.set(subscriptionId, [...behaviours]);
    },
    /** How requests without a plan of their own are treated. */
    behaveAll(behaviour: Behaviour): void {
      always = behaviour;
    },
    /** Resolves when what has been received fulfils the condition. */
    async waitFor(condition: (received: Received[]) => boolean, within = 60_000): Promise<void> {
      await eventually(() => condition(received), { within, what: 'the messages at the push service' });
    },
    async close(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

export type PushService = Awaited<ReturnType<typeof startPushService>>;
