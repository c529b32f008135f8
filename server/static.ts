import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { type Context, Hono } from 'hono';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

type File = {
  bytes: Uint8Array<ArrayBuffer>;
  encoded: Map<string, Uint8Array<ArrayBuffer>>;
  type: string;
  etag: string;
  cacheControl: string;
};

/** The client's own routes: each is the one page. */
const pages = /^\/(found|join\/[^/]+|link\/[^/]+|stop\/[^/]+|n\/[^/]+(\/.*)?|me(\/[^/]+)?)?$/u;

function load(root: string): Map<string, File> {
  const files = new Map<string, File>();
  if (!existsSync(root)) return files;
  for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const type = types[extname(item.name)];
    if (!item.isFile() || type === undefined) continue;
    const path = join(item.parentPath, item.name);
    const bytes = new Uint8Array(readFileSync(path));
    const url = `/${relative(root, path).split(sep).join('/')}`;
    const encoded = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const [name, suffix] of encodings) {
      if (existsSync(path + suffix)) encoded.set(name, new Uint8Array(readFileSync(path + suffix)));
    }
    files.set(url, {
      bytes,
      encoded,
      type,
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
      // Names under assets/ carry the hash of what they hold; all else must be able to change at once.
      cacheControl: url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  }
  return files;
}

/**
 * Serves the built client from memory. Only the paths of files that were there at the start exist, so no spelling
 * of a path reaches anything else.
 */
export function staticRoutes(root: string): Hono {
  const files = load(root);
  const app = new Hono();

  function answer(c: Context, file: File, status: 200 | 404): Response {
    const accepted = (c.req.header('accept-encoding') ?? '')
      .split(',')
      .map((part) => part.split(';')[0]?.trim());
    const encoding = [...file.encoded.keys()].find((name) => accepted.includes(name));
    const headers: Record<string, string> = {
      'Content-Type': file.type,
      'Cache-Control': file.cacheControl,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
    };
    if (status === 200 && c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers);
    if (encoding !== undefined) headers['Content-Encoding'] = encoding;
    return c.body(
      (encoding === undefined ? undefined : file.encoded.get(encoding)) ?? file.bytes,
      status,
      headers,
    );
  }

  app.get('*', async (c, next) => {
    const file = files.get(c.req.path);
    if (file !== undefined) return answer(c, file, 200);
    const page = files.get('/index.html');
    if (page === undefined) return await next();
    if (pages.test(c.req.path)) return answer(c, page, 200);
    // Somebody followed a wrong link: the app says so in words.
    const wantsPage = (c.req.header('accept') ?? '').includes('text/html') && !c.req.path.startsWith('/api/');
    return wantsPage ? answer(c, page, 404) : await next();
  });
  return app;
}
