import http from 'node:http';
import http2, { type ClientHttp2Session } from 'node:http2';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import tls from 'node:tls';

/** What counts of an answer. */
export type Answer = { status: number; retryAfter: string | undefined };

/** What is sent; the headers have lower-case names. */
export type Post = {
  url: URL;
  headers: Record<string, string>;
  body: Buffer;
  /** Milliseconds for this exchange, where less are left than for others. */
  withinMs?: number;
};

/** Nothing was answered in time. */
export class ExchangeTimeout extends Error {
  readonly code = 'TIMEOUT';
}

export type TransportOptions = {
  /** For one exchange, from connecting to the end of the answer. */
  timeoutMs: number;
  /** Decides where a host's connections go. */
  lookup?: LookupFunction;
  ca?: string;
};

const maxAnswerBytes = 4096;
const connectionsPerHost = 16;
const idleMs = 60_000;
const maxSessions = 256;

/** One request under way: its first end counts, and once the status has come nothing changes it. */
class Exchange {
  #answer: Answer | null = null;
  #abort: (() => void) | null = null;
  #ended = false;
  readonly #timer: NodeJS.Timeout;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;

  constructor(timeoutMs: number, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
    // Of the whole exchange: a service that sends a byte a second must not hold a connection for ever.
    this.#timer = setTimeout(() => {
      this.end(new ExchangeTimeout('no answer'));
      this.#abort?.();
    }, timeoutMs);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** @param abort what gives the request up when its time is over */
  begun(abort: () => void): void {
    this.#abort = abort;
  }

  answered(status: number, retryAfter: string | undefined): void {
    this.#answer = { status, retryAfter };
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#answer === null) this.#reject(error ?? new Error('closed without an answer'));
    else this.#resolve(this.#answer);
  }
}

/**
 * POSTs to push services over HTTP/2 where they speak it (RFC 8030 is made for it; a storm of messages then shares
 * one connection, its frames and its system calls), else over HTTP/1.1 connections that are kept.
 */
export function createTransport({ timeoutMs, lookup, ca }: TransportOptions) {
  const connection = { ...(lookup === undefined ? {} : { lookup }), ...(ca === undefined ? {} : { ca }) };
  // A handshake costs as much as ten messages: what a storm opened stays open for a minute.
  const kept = {
    keepAlive: true,
    maxSockets: connectionsPerHost,
    maxFreeSockets: connectionsPerHost,
    timeout: idleMs,
  };
  const agent = new https.Agent({ ...kept, ...connection });
  const plainAgent = new http.Agent({ ...kept, ...connection });
  /** Of each origin, its HTTP/2 session; null where it speaks HTTP/1.1 only. */
  const sessions = new Map<string, Promise<ClientHttp2Session | null>>();

  function sessionOf(url: URL): Promise<ClientHttp2Session | null> {
    const { origin } = url;
    const known = sessions.get(origin);
    if (known !== undefined) return known;
    const opening = connect(url, () => {
      if (sessions.get(origin) === opening) sessions.delete(origin);
    });
    sessions.set(origin, opening);
    const [oldest] = sessions.keys();
    if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest);
    return opening;
  }

  function connect(url: URL, onGone: () => void): Promise<ClientHttp2Session | null> {
    return new Promise((resolve, reject) => {
      const host = hostOf(url);
      const socket = tls.connect({
        ...connection,
        host,
        port: portOf(url),
        ...(isIP(host) === 0 ? { servername: host } : {}),
        ALPNProtocols: ['h2', 'http/1.1'],
      });
      const fail = (error: Error) => {
        onGone();
        reject(error);
      };
      socket.once('error', fail);
      socket.setTimeout(timeoutMs, () => socket.destroy(new ExchangeTimeout('no connection')));
      socket.once('secureConnect', () => {
        socket.setTimeout(0);
        if (socket.alpnProtocol !== 'h2') {
          socket.destroy();
          resolve(null);
          return;
        }
        socket.off('error', fail);
        const session = http2.connect(url.origin, { createConnection: () => socket });
        // Each of its streams hears of it too.
        session.on('error', () => undefined);
        session.on('goaway', onGone);
        session.on('close', onGone);
        session.setTimeout(idleMs, () => session.close());
        resolve(session);
      });
    });
  }

  function overHttp2(session: ClientHttp2Session, { url, headers, body }: Post, exchange: Exchange): void {
    const stream = session.request({ ...headers, ':method': 'POST', ':path': url.pathname + url.search });
    stream.on('response', (answer) => exchange.answered(answer[':status'] ?? 0, answer['retry-after']));
    stream.on('error', (error) => exchange.end(error));
    stream.on('close', () => exchange.end());
    limitBytes(stream, () => stream.close(http2.constants.NGHTTP2_CANCEL));
    stream.end(body);
    exchange.begun(() => {
      stream.close(http2.constants.NGHTTP2_CANCEL);
      // Perhaps only this request hangs, perhaps the connection: the next ones open another.
      sessions.delete(url.origin);
      session.close();
      setTimeout(() => session.destroy(), timeoutMs).unref();
    });
  }

  function overHttp1({ url, headers, body }: Post, exchange: Exchange): void {
    const options = {
      method: 'POST',
      host: hostOf(url),
      port: portOf(url),
      path: url.pathname + url.search,
      headers,
    };
    const request =
      url.protocol === 'http:'
        ? http.request({ ...options, agent: plainAgent })
        : https.request({ ...options, agent });
    request.on('response', (response) => {
      exchange.answered(response.statusCode ?? 0, response.headers['retry-after']);
      response.on('error', (error) => exchange.end(error));
      response.on('close', () => exchange.end());
      limitBytes(response, () => response.destroy());
    });
    request.on('error', (error) => exchange.end(error));
    request.end(body);
    exchange.begun(() => request.destroy());
  }

  async function begin(post: Post, exchange: Exchange): Promise<void> {
    try {
      const session = post.url.protocol === 'http:' ? null : await sessionOf(post.url);
      if (exchange.ended) return;
      if (session === null) overHttp1(post, exchange);
      else overHttp2(session, post, exchange);
    } catch (error) {
      exchange.end(error instanceof Error ? error : new Error('not sent'));
    }
  }

  /**
   * One exchange. Follows no redirect, and of the answer's body reads 4 kB at most. Once the status has come, nothing
   * that breaks or takes too long afterwards changes it.
   * @throws ExchangeTimeout, or the error of the connection
   */
  function post(post: Post): Promise<Answer> {
    return new Promise((resolve, reject) => {
      void begin(post, new Exchange(post.withinMs ?? timeoutMs, resolve, reject));
    });
  }

  /** Ends the connections that are kept open. */
  function close(): void {
    agent.destroy();
    plainAgent.destroy();
    for (const opening of sessions.values()) {
      opening.then((session) => session?.destroy()).catch(() => undefined);
    }
    sessions.clear();
  }

  return { post, close };
}

/** An IPv6 literal, which only a named origin can have, stands in brackets in a URL. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/u, '$1');
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'http:' ? 80 : 443;
}

function limitBytes(stream: NodeJS.ReadableStream, cut: () => void): void {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) cut();
  });
}
