import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, defineConfig, type Plugin, type ResolvedConfig } from 'vite';

const outDir = '../dist/client';

/** The built files below a folder whose names match, as paths from it, in a stable order. */
function filesIn(folder: string, names: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && names.test(item.name))
    .map((item) => relative(folder, join(item.parentPath, item.name)))
    .toSorted();
}

/**
 * Builds the service worker last and tells it what to keep for a start without a network: `__PRECACHE__` is
 * `{url, revision}[]`, every file that the page may ask for. It lies at the root, so that it may serve every page.
 */
function serviceWorker(entry: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'vigie:service-worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    // Not `closeBundle`, which is called after a failed build too.
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const folder = join(config.root, config.build.outDir);
        const precache = filesIn(folder, /\.(?:js|css|html|svg|png|woff2|webmanifest)$/u).map((file) => ({
          url: `/${file.split(sep).join('/')}`,
          revision: createHash('sha256')
            .update(readFileSync(join(folder, file)))
            .digest('hex')
            .slice(0, 16),
        }));
        await build({
          configFile: false,
          root: config.root,
          publicDir: false,
          logLevel: 'warn',
          define: { __PRECACHE__: JSON.stringify(precache) },
          build: {
            outDir: folder,
            emptyOutDir: false,
            target: 'es2022',
            rolldownOptions: {
              input: join(config.root, entry),
              output: { format: 'iife', entryFileNames: 'sw.js', codeSplitting: false },
            },
          },
        });
      },
    },
  };
}

/** Puts a `.br` and a `.gz` beside what gains by it: the server sends them as they are. */
function precompressed(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'vigie:precompressed',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      // After the service worker, which is one of the files.
      order: 'post',
      sequential: true,
      handler() {
        const folder = join(config.root, config.build.outDir);
        for (const file of filesIn(folder, /\.(?:js|css|html|svg|json|webmanifest)$/u)) {
          const path = join(folder, file);
          const bytes = readFileSync(path);
          // Below this the headers cost as much as is gained.
          if (bytes.length < 1024) continue;
          const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
          writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
          writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        }
      },
    },
  };
}

export default defineConfig({
  root: 'client',
  // Phones of the last few years; what they lack the page does without.
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // A `data:` address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [serviceWorker('sw.ts'), precompressed()],
});
