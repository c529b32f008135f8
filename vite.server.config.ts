import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

/** Lays the Redis scripts beside the bundle, where `new URL('./x.lua', import.meta.url)` finds them. */
function luaScripts(): Plugin {
  return {
    name: 'vigie:lua-scripts',
    apply: 'build',
    generateBundle() {
      const scripts = readdirSync('server', { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.lua'),
      );
      const names = new Set(scripts.map((script) => basename(script)));
      if (names.size < scripts.length) throw new Error('two Redis scripts have one name');
      for (const script of scripts) {
        const source = readFileSync(join('server', script));
        this.emitFile({ type: 'asset', fileName: basename(script), source });
      }
    },
  };
}

// Everything is bundled: the folder runs without node_modules, and a start reads a few files instead of a thousand.
// Only sharp is native code that must be installed; without it the server runs, and takes no photos.
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: 'dist/server',
    emptyOutDir: true,
    target: 'node20',
    sourcemap: true,
    rolldownOptions: {
      input: {
        index: 'server/index.ts',
        'push-worker': 'server/push/worker-thread.ts',
        'photo-resizer': 'server/photos/resize-process.ts',
        cli: 'server/cli/main.ts',
      },
      // All in one folder: what finds its neighbours by `import.meta.url` finds them from a chunk too.
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      // `ws` works without these and asks for them in a `try`.
      external: ['bufferutil', 'utf-8-validate', 'sharp'],
    },
  },
  plugins: [luaScripts()],
});
