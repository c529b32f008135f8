import { createECDH, randomBytes } from 'node:crypto';
import type { SubscribeCommand } from '../../shared/push.ts';

/** A browser's push subscription at an endpoint that nobody serves. */
export function newSubscription(origin = 'http://127.0.0.1:9999'): SubscribeCommand {
  const receiver = createECDH('prime256v1');
  receiver.generateKeys();
  return {
    endpoint: `${origin}/push/${randomBytes(12).toString('base64url')}`,
    keys: {
      p256dh: receiver.getPublicKey().toString('base64url'),
      auth: randomBytes(16).toString('base64url'),
    },
  };
}
