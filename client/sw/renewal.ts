import * as v from 'valibot';
import { PushKey } from '../../shared/push.ts';

/** What the event of that name carries; browsers differ in how much of it. */
export type SubscriptionChange = {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
};

/** The key that the server signs with by now; null where it cannot be asked. */
async function presentKey(): Promise<string | null> {
  try {
    const answer = await fetch('/api/push/key');
    return answer.ok ? v.parse(PushKey, await answer.json()).publicKey : null;
  } catch {
    return null;
  }
}

/**
 * The browser's push service ended a subscription, or replaced it: the server learns the one that holds from now on,
 * and with the session whose it is; the language stays what it was. Without this the device would miss whatever is
 * told until somebody opens the app. Where it fails, the next visit tells the server.
 */
export async function renewSubscription(
  pushManager: Pick<PushManager, 'subscribe' | 'getSubscription'>,
  { oldSubscription, newSubscription }: SubscriptionChange,
): Promise<void> {
  let subscription = newSubscription ?? (await pushManager.getSubscription());
  // Some browsers still give the one that ended.
  if (!subscription || subscription.endpoint === oldSubscription?.endpoint) {
    const applicationServerKey = (await presentKey()) ?? oldSubscription?.options.applicationServerKey;
    if (!applicationServerKey) return;
    subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  }
  await fetch('/api/push/subscription', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(subscription),
    credentials: 'same-origin',
  });
}
