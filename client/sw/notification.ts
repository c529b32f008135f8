import * as v from 'valibot';
import { PushMessage } from '../../shared/push.ts';
import { notificationWords } from '../i18n/notification-words.ts';

export type ShownNotification = { title: string; options: NotificationOptions & { data: { open: string } } };

const pictures = { icon: '/icons/icon-192.png', badge: '/icons/badge-96.png' };

/**
 * What a push becomes on the lock screen: its category and its neighbourhood, nothing else, in the reader's language.
 * One notification an incident: the tag replaces an earlier one without ringing again. What cannot be read still
 * shows something, because browsers take push away from those who receive in silence.
 */
export function notificationOf(payload: unknown, preferred: string): ShownNotification {
  const message = v.safeParse(PushMessage, payload);
  if (!message.success) {
    const lang = preferred.startsWith('fr') ? 'fr' : 'en';
    return {
      title: 'Vigie',
      options: {
        ...pictures,
        lang,
        body: notificationWords[lang]['notification.unknown'],
        tag: 'vigie',
        data: { open: '/' },
      },
    };
  }
  const { neighbourhoodId, neighbourhoodName, incidentId, category, severity, locale } = message.output;
  return {
    title: notificationWords[locale][`category.${category}`],
    options: {
      ...pictures,
      lang: locale,
      body: neighbourhoodName,
      tag: incidentId,
      requireInteraction: severity === 'extreme',
      data: { open: `/n/${neighbourhoodId}/incidents/${incidentId}` },
    },
  };
}

/** Where a notification leads; only ever to an address of this client. */
export function openPathOf(data: unknown): string {
  const parsed = v.safeParse(v.object({ open: v.pipe(v.string(), v.regex(/^\/(?!\/)[\w/-]*$/u)) }), data);
  return parsed.success ? parsed.output.open : '/';
}
