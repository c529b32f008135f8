import { describe, expect, it, vi } from 'vitest';
import { inOrder, platformOf, platforms } from '../../client/push/platform.ts';
import { pushStatus, refreshPush } from '../../client/push/push.ts';

const android =
  'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36';
const mac =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15';

describe('the kind of device', () => {
  it.each([
    [
      'ios',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1',
      5,
    ],
    ['ios', mac, 5],
    ['desktop', mac, 0],
    ['android', android, 5],
    ['android', android.replace('Mobile', 'Mobile SamsungBrowser/28.0'), 5],
    ['firefox', 'Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0', 5],
    ['desktop', 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 0],
    ['desktop', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0', 10],
  ] as const)('[PL1] is %s for %s', (platform, userAgent, maxTouchPoints) => {
    expect(platformOf({ userAgent, maxTouchPoints })).toBe(platform);
  });

  it.each([
    ['install', 5],
    ['unsupported', 0],
  ] as const)('[PL1] a browser of a Mac without push is told %s with %i fingers', async (status, fingers) => {
    vi.stubGlobal('isSecureContext', true);
    vi.stubGlobal('navigator', { userAgent: mac, maxTouchPoints: fingers });
    const none = async () => {
      throw new Error('nobody is asked');
    };
    await refreshPush({ pushKey: none, subscribe: none, unsubscribe: none }, 'en');
    vi.unstubAllGlobals();
    expect(pushStatus.value).toBe(status);
  });

  it('[PL1] the reader’s own comes first, and each of them once', () => {
    expect(inOrder('ios')).toEqual(['ios', 'android', 'firefox', 'desktop', 'none']);
    expect(inOrder('android').toSorted()).toEqual(platforms.toSorted());
  });
});
