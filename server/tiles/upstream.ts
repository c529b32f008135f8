import type { Logger } from 'pino';
import { Breaker } from './breaker.ts';
import type { CachedTile, DiskCache } from './disk-cache.ts';
import { fillTemplate, type TileAddress } from './tile-address.ts';

const day = 24 * 60 * 60_000;
/** OpenStreetMap's tile usage policy asks for at least seven days where a server's headers say nothing. */
const longestFresh = 7 * day;
const timeOut = 10_000;
const largestTile = 1024 * 1024;
const parallel = 6;
const longestQueue = 256;
const imageTypes = /^image\/(?:png|jpeg|webp|avif|gif)$/u;

export type UpstreamTile =
  | { kind: 'tile'; tile: Pick<CachedTile, 'type' | 'body'>; maxAge: number }
  | { kind: 'absent' }
  | { kind: 'unavailable'; retryAfter: number };

type UpstreamOptions = {
  template: string;
  userAgent: string;
  cache: DiskCache;
  logger: Logger;
  now: () => number;
};

/** What one question to the tile server brought. */
type Answer = { kind: 'tile'; tile: CachedTile; keep: boolean } | { kind: 'absent' };

class UpstreamError extends Error {}

/** Milliseconds a response may be kept: its own word up to seven days, seven days where it says nothing (RFC 9111). */
function lifetime(headers: Headers): { keep: boolean; fresh: number } {
  const directives = (headers.get('Cache-Control') ?? '').toLowerCase();
  if (/\b(?:no-store|private)\b/u.test(directives)) return { keep: false, fresh: 0 };
  if (/\bno-cache\b/u.test(directives)) return { keep: true, fresh: 0 };
  const seconds =
    /\bs-maxage=(\d{1,10})/u.exec(directives)?.[1] ?? /\bmax-age=(\d{1,10})/u.exec(directives)?.[1];
  if (seconds === undefined) return { keep: true, fresh: longestFresh };
  const age = Number(headers.get('Age') ?? 0) || 0;
  return { keep: true, fresh: Math.min(longestFresh, Math.max(0, Number(seconds) - age) * 1000) };
}

/** Reads a body of at most 1 MiB; more is refused as soon as it is seen. */
async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(response.headers.get('Content-Length') ?? 0) > largestTile) throw new UpstreamError('too large');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > largestTile) throw new UpstreamError('too large');
    chunks.push(chunk);
  }
  if (size === 0) throw new UpstreamError('empty');
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

/**
 * Another party's tile server, asked by us so that it never sees a member. Kept tiles answer first; the same tile
 * is asked for once however many want it; a stale tile is better than none; and a server that does not answer is
 * left alone for a while, so that a machine without a network shows a plain map at once instead of a slow one.
 */
export class Upstream {
  private readonly options: UpstreamOptions;
  private readonly breaker: Breaker;
  private readonly inFlight = new Map<string, Promise<UpstreamTile>>();
  private readonly waiting: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private running = 0;

  constructor(options: UpstreamOptions) {
    this.options = options;
    this.breaker = new Breaker(options.now);
  }

  get(address: TileAddress): Promise<UpstreamTile> {
    const name = `${address.z}-${address.x}-${address.y}`;
    const shared = this.inFlight.get(name);
    if (shared !== undefined) return shared;
    const answer = this.find(name, address).finally(() => this.inFlight.delete(name));
    this.inFlight.set(name, answer);
    return answer;
  }

  /** Ends what is under way. */
  close(): void {
    this.stopping.abort();
  }

  private async find(name: string, address: TileAddress): Promise<UpstreamTile> {
    const kept = await this.options.cache.get(name);
    const now = this.options.now();
    if (kept !== null && kept.freshUntil > now) {
      return { kind: 'tile', tile: kept, maxAge: (kept.freshUntil - now) / 1000 };
    }
    const instead: UpstreamTile =
      kept === null
        ? { kind: 'unavailable', retryAfter: Math.max(1, this.breaker.wait / 1000) }
        : { kind: 'tile', tile: kept, maxAge: 60 };
    if (this.waiting.length >= longestQueue || this.breaker.wait > 0) return instead;
    try {
      // Asked again when its turn comes: what queued up while the server fell silent must not try one by one.
      const answer = await this.inTurn(async () => (this.breaker.admits() ? this.ask(address, kept) : null));
      if (answer === null) return instead;
      this.breaker.succeeded();
      if (answer.kind === 'absent') return answer;
      if (answer.keep) await this.keep(name, answer.tile);
      return { kind: 'tile', tile: answer.tile, maxAge: Math.max(0, answer.tile.freshUntil - now) / 1000 };
    } catch (error) {
      if (this.breaker.failed()) {
        // The host alone: the template may hold a key.
        const { host } = new URL(this.options.template);
        const reason = error instanceof UpstreamError ? error.message : 'no answer';
        this.options.logger.warn({ host, reason, pauseMs: this.breaker.wait }, 'tile server left alone');
      }
      return instead;
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= parallel) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }

  private async ask(address: TileAddress, kept: CachedTile | null): Promise<Answer> {
    const { template, userAgent, now } = this.options;
    const response = await fetch(fillTemplate(template, address), {
      headers: {
        'User-Agent': userAgent,
        Accept: 'image/*',
        ...(kept?.etag ? { 'If-None-Match': kept.etag } : {}),
      },
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(timeOut), this.stopping.signal]),
    });
    try {
      const { keep, fresh } = lifetime(response.headers);
      if (response.status === 304 && kept !== null) {
        return { kind: 'tile', tile: { ...kept, freshUntil: now() + fresh }, keep };
      }
      if (response.status === 404 || response.status === 204) return { kind: 'absent' };
      if (response.status !== 200) throw new UpstreamError(`status ${response.status}`);
      const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
      if (!imageTypes.test(type)) throw new UpstreamError('not an image');
      const body = await readBounded(response);
      const etag = response.headers.get('ETag');
      return { kind: 'tile', tile: { type, etag, body, freshUntil: now() + fresh }, keep };
    } finally {
      if (!response.bodyUsed) await response.body?.cancel();
    }
  }

  private async keep(name: string, tile: CachedTile): Promise<void> {
    try {
      await this.options.cache.put(name, tile);
    } catch (err) {
      // A full disk must not take the map away.
      this.options.logger.warn({ err }, 'tile not kept');
    }
  }
}
