import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import type { Phone } from './phone.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Milliseconds that a page gets for what must come: much, since a slow machine must not fail what is right. */
export const patience = 30_000;

/** The sizes that the screens are made for, in CSS pixels. */
export const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

/** What costs much and shows nothing: the address bar's suggestions, two hidden pages a window; and what Playwright turns off, whose list ours takes the place of. */
const withoutFeatures = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'],
  ...['AimEnabled', 'AvoidCorsURLLoaderRestartOnRedirect', 'AvoidUnnecessaryBeforeUnloadCheckSync'],
  ...['DestroyProfileOnBrowserClose', 'HttpsFirstBalancedModeAutoEnable', 'HttpsUpgrades', 'LensOverlay'],
  ...['MediaRouter', 'NetworkTimeServiceQuerying', 'OptimizationHints', 'PaintHolding', 'PreconnectToSearch'],
  'ThirdPartyStoragePartitioning',
];

export type Launching = {
  /** A name that leads to this machine, other than the loopback addresses, which browsers trust without https. */
  host?: string;
  /** With notifications and push, which Debian's lighter build for headless use lacks. */
  whole?: boolean;
};

/**
 * Starts the Chromium of `CHROMIUM_PATH`, or of the system: its headless build (`CHROMIUM_SHELL_PATH`) where that will
 * do, since it takes a third less of the machine. @throws Error where there is none
 */
export async function launchChromium({ host, whole = false }: Launching = {}): Promise<Browser> {
  const light = whole ? undefined : process.env['CHROMIUM_SHELL_PATH'];
  const executablePath = light ?? process.env['CHROMIUM_PATH'] ?? places.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('there is no Chromium: install it, or set CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    timeout: 90_000,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
      `--disable-features=${withoutFeatures.join(',')}`,
      ...(host === undefined ? [] : [`--host-resolver-rules=MAP ${host} 127.0.0.1`]),
    ],
  });
}

/** Puts a phone's session into a browser profile. */
export async function signIn(context: BrowserContext, url: string, phone: Phone): Promise<void> {
  const [name = '', value = ''] = phone.cookie?.split('=') ?? [];
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
}

/** Where a device stands, for a browser that may see it. */
export const standingAt = ({ lat, lng }: { lat: number; lng: number }): BrowserContextOptions => ({
  geolocation: { latitude: lat, longitude: lng, accuracy: 8 },
  permissions: ['geolocation'],
});
