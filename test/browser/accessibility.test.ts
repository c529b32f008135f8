import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Redis } from '../../server/redis/client.ts';
import { type Site, startSite } from '../support/browser.ts';
import { sizes, standingAt } from '../support/chromium.ts';
import { inside } from '../support/phone.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { createWorld, visitsOf } from './visits.ts';

// Reading it takes a page half a second, the long form twice that: once a document, and not once a look.
const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server: TestRedis;
let redis: Redis;
let site: Site;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
  if (server.target.kind !== 'socket') throw new TypeError('no socket');
  site = await startSite({ REDIS_URL: `unix://${server.target.path}` });
});
afterAll(async () => {
  await site.stop();
  await redis.close();
  await server.stop();
});

const ofColours = 'color-contrast';

/** What axe finds on the page as it is: each finding with its rule and the elements. */
async function findings(page: Page, by: axe.RunOptions = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  return page.evaluate(async (by) => {
    const { axe: engine } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await engine.run(document, {
      resultTypes: ['violations'],
      // There is but one stylesheet, and it is here.
      preload: false,
      ...by,
    });
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map(({ target, any }) => {
        const why = any.map(({ message }) => message).join('; ');
        return `${impact} ${id} (${help}): ${target.join(' ')} ${why}`;
      }),
    );
  }, by);
}

/** Gives the page another size, and time to follow it. */
async function resize(page: Page, size: keyof typeof sizes): Promise<void> {
  await page.setViewportSize(sizes[size]);
  await page.evaluate(
    () =>
      new Promise((drawn) => {
        requestAnimationFrame(() => requestAnimationFrame(drawn));
      }),
  );
}

/** Colours are the same at each size, and nothing but them is another in the dark: they take axe the longest. */
async function findingsOfAllLooks(page: Page): Promise<string[]> {
  const light = await findings(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await findings(page, { runOnly: [ofColours] });
  await page.emulateMedia({ colorScheme: 'light' });
  const found = [
    ...light.map((finding) => `phone: ${finding}`),
    ...dark.map((finding) => `in the dark: ${finding}`),
  ];
  // A dialog is the same at each size, and does not outlive the change of what it stands on.
  if ((await page.getByRole('dialog').count()) > 0) return found;
  await resize(page, 'desktop');
  const desktop = await findings(page, { rules: { [ofColours]: { enabled: false } } });
  await resize(page, 'phone');
  return [...found, ...desktop.map((finding) => `desktop: ${finding}`)];
}

test('[BR3] axe finds nothing on any screen, on a phone, in the dark, on a desktop', async () => {
  const options = { colorScheme: 'light' } as const;
  const world = await createWorld(site, redis);
  const expected = [/ 404 .*\/nowhere$/u];
  const signedIn = await site.open({ ...options, ...standingAt(inside), as: world.founder, expected });
  const signedOut = await site.open(options);
  const all: string[] = [];
  for (const [name, go] of visitsOf(world)) {
    const page = await go(signedIn.page, signedOut.page);
    all.push(...(await findingsOfAllLooks(page)).map((finding) => `${name}, ${finding}`));
  }
  expect(all).toEqual([]);
}, 480_000);
