import * as v from 'valibot';
import { noticeActionNames, noticeActions, noticeOf } from '../../shared/notices.ts';
import type { NoticeMessage } from '../../shared/push.ts';
import { notificationWords } from '../../shared/notification-words.ts';

/** What a notification offers to do at once, kept with it for its click. */
const Offer = v.object({
  action: v.picklist(noticeActionNames),
  title: v.string(),
  /** Only ever an address of our own API. */
  path: v.pipe(v.string(), v.regex(/^\/api\/neighbourhoods\/[\w/-]+$/u)),
  key: v.pipe(v.string(), v.uuid()),
});
export type Offer = v.InferOutput<typeof Offer>;

export function offersOf({ notice, neighbourhoodId, id, actions, locale }: NoticeMessage): Offer[] {
  const { at } = noticeOf(notice);
  return actions.map(({ action, key }) => ({
    action,
    title: notificationWords[locale][`notice-action.${action}`],
    path: `/api/neighbourhoods/${neighbourhoodId}/${at}/${id}/${noticeActions[action].path}`,
    key,
  }));
}

/** The offer whose button was pressed; null for a click beside the buttons, or where it cannot be read. */
export function offerIn(data: unknown, action: string): Offer | null {
  const parsed = v.safeParse(v.object({ offers: v.array(Offer) }), data);
  return (parsed.success && parsed.output.offers.find((offer) => offer.action === action)) || null;
}

/**
 * Sends the command under the key that was made for it: pressed twice, or on two devices, it is done once.
 * @returns whether it was done; where it was not, the page has to be opened
 */
export async function accept({ path, key, action }: Offer): Promise<boolean> {
  try {
    const { ok } = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(noticeActions[action].body),
      credentials: 'same-origin',
      keepalive: true,
    });
    return ok;
  } catch {
    return false;
  }
}
