import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { phoneAt } from './app.ts';
import { launchChromium, type Launching, patience, signIn, sizes } from './chromium.ts';
import type { Phone } from './phone.ts';
import { startProcess, type TestProcess } from './process.ts';

const output = join(import.meta.dirname, '../output/browser');

export type ScreenOptions = Parameters<Browser['newContext']>[0] & {
  /** Where the server is: everything that is asked elsewhere fails the test. */
  url: string;
  /** Who is signed in on it; nobody otherwise. */
  as?: Phone;
  /** What else the console may say in this test, such as a connection that the test itself cuts. */
  expected?: RegExp[];
};

/** One person's device: a browser profile of its own with one page. */
export type Screen = { context: BrowserContext; page: Page };

// Chromium writes a line for every refused request; asking who one is without being signed in is one.
const asksWhoIAm = /^Failed to load resource: .*401.* \S*\/api\/me$/u;

/** A device with all that moves and works in its background, for tests that are about it or stand for a whole evening. */
export const asShipped = { reducedMotion: 'no-preference', serviceWorkers: 'allow' } as const;

const blocked = /^Service Worker registration blocked by Playwright/u;

/** Notes every error and warning of all pages and workers, every policy violation, every foreign request. */
function listen(context: BrowserContext, { url, expected = [] }: ScreenOptions): string[] {
  const complaints: string[] = [];
  const note = (text: string) => {
    if (![asksWhoIAm, blocked, ...expected].some((pattern) => pattern.test(text))) complaints.push(text);
  };
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => note(`uncaught: ${error.error().stack ?? String(error.error())}`));
  context.on('request', (request) => {
    const address = request.url();
    if (!address.startsWith(url) && !/^(?:data|blob):/u.test(address)) note(`foreign request: ${address}`);
  });
  return complaints;
}

/** What the page looked like when the test failed: its address, its words, its console, a picture. */
async function describeFailure(screen: Screen, complaints: string[], title: string): Promise<void> {
  const file = join(output, `${title.replaceAll(/[^\w-]+/gu, '-').slice(0, 80)}-${Date.now()}.png`);
  await mkdir(output, { recursive: true });
  const lines: string[] = [];
  for (const page of screen.context.pages()) {
    const words = await page.locator('body').innerText({ timeout: 1000 }).catch(String);
    lines.push(`page ${page.url()}`, ...words.split('\n').map((line) => `  | ${line}`));
  }
  await screen.page.screenshot({ path: file, timeout: 5000 }).catch(() => undefined);
  process.stderr.write(
    `\n${title}\n${lines.join('\n')}\nconsole: ${complaints.join('\n  ')}\npicture: ${file}\n`,
  );
}

/**
 * Opens a device for the running test. It is closed with the test, which fails if any of its pages or workers logged
 * an error or a warning, broke the content security policy or asked another server.
 */
async function openScreen(browser: Browser, options: ScreenOptions): Promise<Screen> {
  const { url, as, expected: _, ...rest } = options;
  const context = await browser.newContext({
    viewport: sizes.phone,
    locale: 'en-GB',
    baseURL: url,
    // A test is no eye, and every frame is drawn by the processor that the other tests run on. So is the service
    // worker: a third of what a new device costs, and nothing to most tests.
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
    ...rest,
  });
  context.setDefaultTimeout(patience);
  const complaints = listen(context, options);
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      // oxlint-disable-next-line no-console -- how the page tells the test
      console.error(`content security policy: ${violatedDirective} ${blockedURI}`);
    });
  });
  if (as !== undefined) await signIn(context, url, as);
  const screen = { context, page: await context.newPage() };
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await describeFailure(screen, complaints, task.name);
    await context.close();
    expect(complaints, `the console of ${task.name}`).toEqual([]);
  });
  return screen;
}

/** A running server and a browser to visit it with: one of each for a test file. */
export type Site = {
  server: TestProcess;
  open(options?: Omit<ScreenOptions, 'url'>): Promise<Screen>;
  /** A neighbour who needs no browser. */
  phone(): Phone;
  stop(): Promise<void>;
};

/** With `host` it is visited under this name instead of the loopback address, without https; `whole` brings the service worker and motion. */
export async function startSite(env: Record<string, string> = {}, launching: Launching = {}): Promise<Site> {
  const [server, browser] = await Promise.all([startProcess(env), launchChromium(launching)]);
  const { host, whole = false } = launching;
  const url = host === undefined ? server.url : server.url.replace('127.0.0.1', host);
  return {
    server,
    open: (options = {}) => openScreen(browser, { url, ...(whole && asShipped), ...options }),
    phone: () => phoneAt(server.url),
    async stop() {
      await browser.close();
      await server.stop();
    },
  };
}

let shared: Promise<Site> | null = null;

/**
 * A server and a browser for all test files of this worker that ask nothing special of them and stop neither: a
 * neighbourhood of its own keeps each test apart. Both end with the worker.
 */
export function sharedSite(): Promise<Site> {
  shared ??= startSite();
  return shared;
}

/** A button, a link or a heading by its whole name, as a screen reader says it. */
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
export const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name, exact: true });
export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name, exact: true });
