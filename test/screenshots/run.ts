// `npm run screenshots`: every screen at phone and desktop size, light and dark, English and French, into
// test/output/screenshots with a page that shows them side by side. `-- --docs` also renews the README's pictures; `-- --from patrols --look
// phone-light-en` begins at one screen, for one look.
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { Locale } from '../../shared/text.ts';
import { launchChromium, signIn, sizes, standingAt } from '../support/chromium.ts';
import { square } from '../support/phone.ts';
import { startProcess } from '../support/process.ts';
import { startRedis } from '../support/redis.ts';
import type { Redis } from '../../server/redis/client.ts';
import { createScene, readBoundary, type Scene } from './neighbourhood.ts';
import { drawn, screens as all } from './screens.ts';

const root = join(import.meta.dirname, '../..');
const output = join(root, 'test/output/screenshots');
const data = join(root, '../shared/data');
const basemap = join(data, 'basemap/monaco.pmtiles');
const boundaries = join(data, 'boundaries/monaco-quartiers.geojson');
const boundaryFile = join(output, 'boundary.geojson');

const { values } = parseArgs({
  options: { docs: { type: 'boolean' }, from: { type: 'string' }, look: { type: 'string' } },
});
/** Some screens need what those before them left: all from one on, and not one alone. */
function screensFrom(name: string | undefined): typeof all {
  const first = name === undefined ? 0 : all.findIndex((screen) => screen.name === name);
  if (first < 0) throw new Error(`no screen is called ${name}: ${all.map((one) => one.name).join(', ')}`);
  return all.slice(first);
}
const screens = screensFrom(values.from);

type Look = { size: keyof typeof sizes; scheme: 'light' | 'dark'; locale: Locale };
const looks = (['phone', 'desktop'] as const)
  .flatMap((size) =>
    (['light', 'dark'] as const).flatMap((scheme) =>
      Locale.options.map((locale): Look => ({ size, scheme, locale })),
    ),
  )
  .filter(({ size, scheme, locale }) => [undefined, `${size}-${scheme}-${locale}`].includes(values.look));
const fileOf = (screen: string, { size, scheme, locale }: Look) =>
  `${screen}-${size}-${scheme}-${locale}.png`;

async function openPage(
  browser: Browser,
  url: string,
  look: Look,
  scene: Scene | null,
  scale = 1,
): Promise<Page> {
  const context = await browser.newContext({
    viewport: sizes[look.size],
    deviceScaleFactor: scale,
    colorScheme: look.scheme,
    locale: look.locale,
    timezoneId: 'Europe/Monaco',
    reducedMotion: 'reduce',
    hasTouch: look.size === 'phone',
    isMobile: look.size === 'phone',
    baseURL: url,
    ...(scene === null ? {} : standingAt(scene.here)),
  });
  await context.grantPermissions(['notifications', ...(scene === null ? [] : ['geolocation'])]);
  context.setDefaultTimeout(15_000);
  // tsx names functions with a helper that the page does not have.
  await context.addInitScript('globalThis.__name = (given) => given');
  if (scene !== null) await signIn(context, url, scene.me);
  return context.newPage();
}

async function takeAll(browser: Browser, url: string, look: Look, scene: Scene, redis: Redis): Promise<void> {
  const mine = await openPage(browser, url, look, scene);
  const strangers = await openPage(browser, url, look, null);
  for (const { name, stranger, go } of screens) {
    const page = stranger === true ? strangers : mine;
    await go({ page, scene, locale: look.locale, boundaryFile, redis });
    await drawn(page);
    await page.screenshot({ path: join(output, fileOf(name, look)) });
  }
  await mine.context().close();
  await strangers.context().close();
  console.log(`${look.size}, ${look.scheme}, ${look.locale}: ${screens.length} screens`);
}

async function takeForReadme(browser: Browser, url: string, scene: Scene): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    const page = await openPage(browser, url, { size: 'phone', scheme, locale: 'en' }, scene, 1.25);
    await page.goto(`/n/${scene.id}`);
    await page.locator('.pin').first().waitFor();
    await drawn(page);
    await page.screenshot({ path: join(root, `docs/screenshot-${scheme}.png`) });
    await page.context().close();
  }
}

function gallery(): string {
  const rows = screens.map(({ name }) => {
    const pictures = looks.map((look) => {
      const file = fileOf(name, look);
      return `<figure><a href="${file}"><img src="${file}" alt="" loading="lazy"></a><figcaption>${look.size} ${look.scheme} ${look.locale}</figcaption></figure>`;
    });
    return `<h2>${name}</h2><div>${pictures.join('')}</div>`;
  });
  const style =
    'body{font:14px system-ui;margin:2rem;background:#888;color:#000}div{display:flex;gap:1rem;overflow-x:auto}figure{margin:0}img{height:420px}';
  return `<!doctype html><meta charset="utf-8"><title>Vigie, every screen</title><style>${style}</style>${rows.join('')}`;
}

await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
const boundary = existsSync(boundaries) ? readBoundary(boundaries).boundary : square;
await writeFile(boundaryFile, JSON.stringify(boundary));
const ownRedis = await startRedis();
const redis = await ownRedis.connect();
if (ownRedis.target.kind !== 'socket') throw new TypeError('no socket');
const server = await startProcess({
  REDIS_URL: `unix://${ownRedis.target.path}`,
  ...(existsSync(basemap) ? { BASEMAP: basemap } : {}),
});
try {
  const browser = await launchChromium();
  try {
    for (const look of looks) {
      await takeAll(browser, server.url, look, await createScene(server.url, look.locale, boundaries), redis);
    }
    if (values.docs === true) {
      await takeForReadme(browser, server.url, await createScene(server.url, 'en', boundaries));
    }
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
  await redis.close();
  await ownRedis.stop();
}
await writeFile(join(output, 'index.html'), gallery());
console.log(`${looks.length * screens.length} pictures: ${join(output, 'index.html')}`);
