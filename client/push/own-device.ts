import { signal } from '@preact/signals';
import { type PushDevice, silentMs } from '../../shared/push.ts';
import type { Api } from '../api.ts';

/** What the server knows of pushes to this device; null until it was asked. */
export const pushDevice = signal<PushDevice | null>(null);

/** Asks the server. Rejects where it does not answer. */
export async function loadPushDevice(api: Pick<Api, 'pushDevice'>): Promise<PushDevice> {
  const device = await api.pushDevice();
  pushDevice.value = device;
  return device;
}

/** Whether this device is told by push and has said of none for so long that one should be tried. */
export const isSilent = (device: PushDevice | null, now: number): boolean =>
  device !== null && device.subscribed && device.arrivedAt !== null && now - device.arrivedAt > silentMs;

/** Where to look when a notification does not come. An iPad says that it is a Mac, but for its fingers. */
export function platformOf(userAgent: string, touchPoints: number): 'android' | 'ios' | 'desktop' {
  if (/iPhone|iPad/u.test(userAgent) || (/Macintosh/u.test(userAgent) && touchPoints > 1)) return 'ios';
  return /Android/u.test(userAgent) ? 'android' : 'desktop';
}
