export type Precached = { url: string; revision: string };

const prefix = 'vigie-shell-';
// What the server alone may answer: never from a cache, never a page of the client.
const serverPaths = /^\/(?:api|socket\.io|health|metrics|tiles)(?:\/|$)|\.pmtiles$/u;

/** FNV-1a over the list: another build has another name, and so a cache of its own. */
export function cacheNameOf(files: readonly Precached[]): string {
  let hash = 0x811c9dc5;
  for (const char of files.map(({ url, revision }) => `${url} ${revision}`).join('\n')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return `${prefix}${hash.toString(16)}`;
}

/** The cached file that answers this request; null where only the network may. */
export function cachedFor(
  { method, mode, url }: Pick<Request, 'method' | 'mode' | 'url'>,
  origin: string,
  files: ReadonlySet<string>,
): string | null {
  const { pathname, origin: from } = new URL(url);
  if (method !== 'GET' || from !== origin || serverPaths.test(pathname)) return null;
  if (files.has(pathname)) return pathname;
  return mode === 'navigate' ? '/index.html' : null;
}

/** The files of this version, as a unit: installed together, replaced together. */
export function createShell(files: readonly Precached[]) {
  const name = cacheNameOf(files);

  /** Only a plain answer of our own server: not a redirect, not a proxy's error page. */
  async function load(cache: Cache, url: string): Promise<Response> {
    const response = await fetch(url, { cache: 'no-cache', credentials: 'same-origin' });
    if (!response.ok || response.type !== 'basic' || response.redirected) {
      throw new TypeError(`cannot keep ${url}: status ${response.status}`);
    }
    await cache.put(url, response.clone());
    return response;
  }

  return {
    async install(): Promise<void> {
      const cache = await caches.open(name);
      await Promise.all(files.map(({ url }) => load(cache, url)));
    },

    /** Forgets earlier versions. */
    async clean(): Promise<void> {
      const names = await caches.keys();
      await Promise.all(
        names
          .filter((other) => other.startsWith(prefix) && other !== name)
          .map((other) => caches.delete(other)),
      );
    },

    /** From the cache; signing out empties it, then the network fills it again file by file. */
    async answer(path: string, request: Request): Promise<Response> {
      const cache = await caches.open(name);
      const cached = await cache.match(path);
      if (cached) return cached;
      return load(cache, path).catch(() => fetch(request));
    },
  };
}
