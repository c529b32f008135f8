import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** The block below a key of two-space YAML, its indentation taken off; empty where the key is not there. */
function block(yaml: string, key: string): string {
  const found = new RegExp(`^${key}:\\n((?: {2}.*\\n|\\n|#.*\\n)*)`, 'mu').exec(yaml)?.[1] ?? '';
  return found.replaceAll(/^ {2}/gmu, '');
}

/** The items of a list, one a line or `[a, b]`. */
function items(yaml: string, key: string): string[] {
  const inline = new RegExp(`^${key}: \\[(.*)\\]$`, 'mu').exec(yaml)?.[1];
  const list =
    inline?.split(', ') ??
    block(yaml, key)
      .split('\n')
      .flatMap((line) => /^- (.*)$/u.exec(line)?.[1] ?? []);
  return list.map((item) => item.replaceAll("'", ''));
}

function compose(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('docker compose', () => {
  const yaml = read('docker-compose.yml');
  const services = block(yaml, 'services');

  test('[RU40] keeps Redis to the app alone, durable, and never makes room by forgetting', () => {
    const redis = block(services, 'redis');
    expect(items(redis, 'networks')).toEqual(['store']);
    expect(items(redis, 'ports')).toEqual([]);
    expect(items(redis, 'volumes')).toEqual(['redis-data:/data']);
    expect(items(redis, 'command').join(' ')).toBe(
      'redis-server --appendonly yes --appendfsync always --no-appendfsync-on-rewrite no --maxmemory-policy noeviction --save ',
    );
    expect(block(block(yaml, 'networks'), 'store').trim()).toBe('internal: true');
    expect(items(block(services, 'app'), 'networks')).toEqual(['front', 'store']);
  });

  test('[RU40] opens ports on Caddy alone, which leads to the app', () => {
    expect(items(block(services, 'caddy'), 'ports')).toEqual(['80:80', '443:443', '443:443/udp']);
    expect(items(block(services, 'caddy'), 'networks')).toEqual(['front']);
    expect(items(block(services, 'app'), 'ports')).toEqual([]);
    expect(read('Caddyfile')).toMatch(/^\{\$DOMAIN\} \{[^}]*\breverse_proxy app:8080\n\}\n$/u);
  });

  test('[RU40] needs the name of the server, and gives the app its address and its Redis', () => {
    const app = block(services, 'app');
    expect(app).toContain('PUBLIC_URL: https://${DOMAIN:?');
    expect(app).toContain("TRUST_PROXY: '1'");
    expect(app).toContain('REDIS_URL: redis://redis:6379');
    if (compose()) {
      const run = (environment: Record<string, string>) =>
        execFileSync('docker', ['compose', '-f', join(root, 'docker-compose.yml'), 'config', '-q'], {
          env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
          stdio: 'pipe',
        });
      run({ DOMAIN: 'vigie.example.org' });
      expect(() => run({})).toThrow(/set DOMAIN/u);
    }
  });
});

test('[RU41] the image holds the bundled server and sharp only, and runs it as an ordinary user, watched', () => {
  const lines = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  expect(last.filter((line) => line.startsWith('COPY'))).toEqual([
    'COPY --from=build /build/package.json ./',
    'COPY --from=build /build/dist ./dist',
    'COPY --from=build /build/native/node_modules ./node_modules',
  ]);
  // All that sharp needs at run time: its own dependencies, and the platform's binaries.
  const { dependencies } = JSON.parse(read('node_modules/sharp/package.json')) as {
    dependencies: Record<string, string>;
  };
  const copied = lines.find((line) => line.includes('cp -r --parents')) ?? '';
  for (const name of ['sharp', '@img', ...Object.keys(dependencies)])
    expect(copied).toContain(`node_modules/${name.startsWith('@img/') ? '@img' : name}`);
  expect(last.filter((line) => line.startsWith('RUN'))).toEqual([
    'RUN install -d -o node -g node -m 0700 /data',
  ]);
  expect(last.indexOf('USER node')).toBeGreaterThan(0);
  expect(last.find((line) => line.startsWith('HEALTHCHECK'))).toContain('/health/ready');
  expect(last.find((line) => line.startsWith('CMD'))).toBe(
    'CMD ["node", "--enable-source-maps", "dist/server/index.js"]',
  );
  // What the build needs is let into its context, and data never is.
  expect(read('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['*', '!server', '!client', '!shared', '!package-lock.json']),
  );
  expect(read('.dockerignore')).not.toContain('data');
});
