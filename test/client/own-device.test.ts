import { expect, it } from 'vitest';
import { isSilent, platformOf } from '../../client/push/own-device.ts';
import type { PushDevice } from '../../shared/push.ts';

const day = 24 * 3600 * 1000;
const at = 1_800_000_000_000;
const device = (over: Partial<PushDevice>): PushDevice => ({
  ...{ subscribed: true, lockScreen: 'category', arrivedAt: at, test: null },
  ...over,
});

it.each([
  [device({}), 30, false],
  [device({}), 31, true],
  [device({ subscribed: false }), 31, false],
  [device({ arrivedAt: null }), 31, false],
  [null, 31, false],
])('[TP4] of %j after %i days it is %s that no push has come', (known, days, silent) => {
  expect(isSilent(known, at + days * day)).toBe(silent);
});

it.each([
  ['Mozilla/5.0 (Linux; Android 15) Chrome/156', 5, 'android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)', 5, 'ios'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 5, 'ios'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari', 0, 'desktop'],
  ['Mozilla/5.0 (X11; Linux x86_64) Firefox/150', 0, 'desktop'],
])('[TP4] %s with %i fingers is looked after as %s', (agent, fingers, platform) => {
  expect(platformOf(agent, fingers)).toBe(platform);
});
