import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { callerOf, isSecure } from '../auth/guards.ts';
import { isForeign } from '../auth/origin.ts';
import { type Session, tokenOfCookies } from '../auth/session.ts';
import type { Env } from '../env.ts';
import { AppError, problemOf, toAppError } from '../errors.ts';
import type { Limits } from '../limits.ts';

/** Whose handshake was let through, and when it began: what ended later ends this connection too. */
export type Admission = { session: Session; address: string; startedAt: number };

export type HandshakeOptions = {
  env: Env;
  logger: Logger;
  limits: Limits;
  /** The session that a cookie's token opens; rejects with AppError UNAVAILABLE. */
  findSession: (token: string) => Promise<Session | null>;
  /** Connections open now. */
  open: { bySession: (session: Session) => number; byAddress: (address: string) => number };
};

const perSession = 10;
/** A whole street may stand behind one address. */
const perAddress = 500;

const firstOf = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);

/** Counts handshakes that are let through but not connected yet: that takes them to the end of this turn of the loop. */
function createPending() {
  const counts = new Map<string, number>();
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add(key: string): void {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      setImmediate(() => {
        const left = (counts.get(key) ?? 1) - 1;
        if (left === 0) counts.delete(key);
        else counts.set(key, left);
      });
    },
  };
}

/** Answers a handshake that is refused; Engine.IO, which would answer 403 to all, never hears of it again. */
function refuse(request: IncomingMessage & { res?: ServerResponse | null }, error: AppError): void {
  const { status, headers, body } = problemOf(error);
  const text = JSON.stringify(body);
  const all = { ...headers, 'Content-Length': String(Buffer.byteLength(text)), Connection: 'close' };
  const response = request.res;
  if (response !== undefined && response !== null) {
    response.writeHead(status, all).end(text);
    return;
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  request.socket.write(`HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${text}`);
  request.socket.destroySoon();
}

/**
 * Decides on each handshake before an Engine.IO session exists: another site's page gets 403, no valid session 401,
 * too many connections 429, a store that is away 503, each as problem+json.
 */
export function createHandshake(options: HandshakeOptions) {
  const { env, logger, limits, findSession, open } = options;
  const admissions = new WeakMap<IncomingMessage, Admission>();
  const pending = createPending();
  const limited = env.RATE_LIMITS === 'on';

  async function admit(request: IncomingMessage): Promise<Admission> {
    const startedAt = performance.now();
    const { headers } = request;
    const origins = {
      origin: headers.origin,
      secFetchSite: firstOf(headers['sec-fetch-site']),
      host: headers.host,
    };
    if (isForeign(origins, env.PUBLIC_URL)) throw new AppError('FORBIDDEN');
    const address = callerOf(
      firstOf(headers['x-forwarded-for']),
      request.socket.remoteAddress,
      env.TRUST_PROXY,
    );
    await limits.count('address', address);
    const token = tokenOfCookies(headers.cookie, isSecure(env));
    const session = token === null ? null : await findSession(token);
    if (session === null) {
      if (token !== null) await limits.count('guesses', address);
      throw new AppError('NOT_SIGNED_IN');
    }
    const sessionKey = `${session.personId}.${session.deviceId}`;
    if (limited) {
      const tooMany =
        open.bySession(session) + pending.of(sessionKey) >= perSession ||
        open.byAddress(address) + pending.of(address) >= perAddress;
      if (tooMany) throw new AppError('RATE_LIMITED', { retryAfter: 5 });
    }
    pending.add(sessionKey);
    pending.add(address);
    return { session, address, startedAt };
  }

  async function decide(request: IncomingMessage, allow: () => void): Promise<void> {
    // Until an upgrade is accepted nobody listens to its socket, and an error nobody listens to ends the process.
    const onError = () => request.socket.destroy();
    request.socket.on('error', onError);
    try {
      admissions.set(request, await admit(request));
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'INTERNAL') logger.error({ err: error.cause }, 'handshake failed');
      refuse(request, error);
      return;
    }
    request.socket.off('error', onError);
    allow();
  }

  function allowRequest(request: IncomingMessage, allow: (error: string | null, ok: boolean) => void): void {
    decide(request, () => allow(null, true)).catch((error: unknown) =>
      logger.error({ err: error }, 'handshake failed'),
    );
  }

  return { allowRequest, admissionOf: (request: IncomingMessage) => admissions.get(request) ?? null };
}
