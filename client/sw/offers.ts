import * as v from 'valibot';
import type { ConfirmCommand, RespondCommand, SeenCommand } from '../../shared/incident-life.ts';
import { noticeActionNames, noticeActions, noticeOf } from '../../shared/notices.ts';
import type { BareMessage, IncidentMessage, NoticeMessage } from '../../shared/push.ts';
import { notificationWords } from '../../shared/notification-words.ts';

/**
 * What a notification about an incident offers: a POST below its address. That it is not so is one neighbour's word, as
 * on the screen; nobody ends an alert from a lock screen.
 */
const incidentActions = {
  seen: { path: 'seen', body: { kind: 'saw', of: 'alert' } satisfies SeenCommand },
  going: { path: 'responses', body: { kind: 'en-route' } satisfies RespondCommand },
  'false-alarm': { path: 'confirmations', body: { kind: 'dispute' } satisfies ConfirmCommand },
} as const;
type IncidentAction = keyof typeof incidentActions;
const incidentActionNames = Object.keys(incidentActions) as [IncidentAction, ...IncidentAction[]];
const actions = { ...noticeActions, ...incidentActions };

/** As long as an answer to an alert is worth anything. */
const incidentMs = 4 * 3600 * 1000;

/** What a notification offers to do at once, kept with it for its click. */
export const Offer = v.object({
  action: v.picklist([...noticeActionNames, ...incidentActionNames]),
  title: v.string(),
  /** Only ever an address of our own API. */
  path: v.pipe(v.string(), v.regex(/^\/api\/neighbourhoods\/[\w/-]+$/u)),
  key: v.pipe(v.string(), v.uuid()),
  /** How long it may wait for a network, in milliseconds. */
  lifeMs: v.optional(v.number(), incidentMs),
});
export type Offer = v.InferOutput<typeof Offer>;

export function offersOf({ notice, neighbourhoodId, id, actions, locale }: NoticeMessage): Offer[] {
  const { at, lifeMs } = noticeOf(notice);
  return actions.map(({ action, key }) => ({
    action,
    title: notificationWords[locale][`notice-action.${action}`],
    path: `/api/neighbourhoods/${neighbourhoodId}/${at}/${id}/${noticeActions[action].path}`,
    key,
    lifeMs,
  }));
}

/** What can be answered from outside: an SOS is nobody's to dispute there, and what says nothing can only be seen. */
function answersTo(message: IncidentMessage | BareMessage): IncidentAction[] {
  if (message.kind === 'bare') return message.of === 'alert' ? ['seen'] : [];
  if (!['alert', 'reopening', 'handling'].includes(message.kind)) return [];
  return message.sos ? ['seen', 'going'] : ['seen', 'going', 'false-alarm'];
}

/** @param newKey makes the key of each command: pressed once, it is done once, however often it is sent */
export function incidentOffersOf(message: IncidentMessage | BareMessage, newKey: () => string): Offer[] {
  const { neighbourhoodId, incidentId, locale } = message;
  return answersTo(message).map((action) => ({
    action,
    title: notificationWords[locale][`notification-action.${action}`],
    path: `/api/neighbourhoods/${neighbourhoodId}/incidents/${incidentId}/${incidentActions[action].path}`,
    key: newKey(),
    lifeMs: incidentMs,
  }));
}

/** The offer whose button was pressed; null for a click beside the buttons, or where it cannot be read. */
export function offerIn(data: unknown, action: string): Offer | null {
  const parsed = v.safeParse(v.object({ offers: v.array(Offer) }), data);
  return (parsed.success && parsed.output.offers.find((offer) => offer.action === action)) || null;
}

/** `refused`: the server's last word; `stranger`: nobody is signed in any more; `away`: nobody knows yet. */
export type Sent = 'done' | 'refused' | 'stranger' | 'away';

/** Sends the command under the key that was made for it: pressed twice, sent twice, it is done once. */
export async function send({ path, key, action }: Offer): Promise<Sent> {
  try {
    const { ok, status } = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(actions[action].body),
      credentials: 'same-origin',
      keepalive: true,
    });
    if (ok) return 'done';
    if (status === 401) return 'stranger';
    return status >= 500 || [408, 425, 429].includes(status) ? 'away' : 'refused';
  } catch {
    return 'away';
  }
}
