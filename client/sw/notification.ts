import * as v from 'valibot';
import { noticeOf } from '../../shared/notices.ts';
import {
  type BareMessage,
  type BareNoticeMessage,
  type DigestMessage,
  type FoldingMessage,
  type IncidentMessage,
  type NoticeMessage,
  PushMessage,
  type TestMessage,
} from '../../shared/push.ts';
import { titleOf } from '../../shared/notification-title.ts';
import { notificationWords } from '../../shared/notification-words.ts';
import { incidentOffersOf, type Offer, offersOf } from './offers.ts';
import { About, aboutOf } from './receipts.ts';
import type { Fate, Letter } from './waiting.ts';

/**
 * What a notification keeps for its click: where it leads, what its receipts are about, what it offers to do, and of
 * which test it is.
 */
export type Kept = { open: string; about: About | null; offers: Offer[]; test?: string };
export type ShownNotification = {
  title: string;
  // The DOM's types lack `renotify` and `actions`, which browsers have.
  options: NotificationOptions & {
    renotify?: boolean;
    actions?: { action: string; title: string }[];
    data: Kept;
  };
};

const pictures = { icon: '/icons/icon-192.png', badge: '/icons/badge-96.png' };

/**
 * What a push becomes on the lock screen: what it is, how it stands and its neighbourhood, or what else its device
 * chose, in the reader's language. What cannot be read still shows something, because browsers take push away from those who receive
 * and show nothing.
 */
export function notificationOf(
  payload: unknown,
  preferred: string,
  newKey: () => string = () => crypto.randomUUID(),
): ShownNotification {
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
        data: { open: '/', about: null, offers: [] },
      },
    };
  }
  const { output } = message;
  if (output.kind === 'notice') return ofNotice(output);
  if (output.kind === 'bare-notice') return ofBareNotice(output);
  if (output.kind === 'test') return ofTest(output);
  if (output.kind === 'digest' || output.kind === 'folding') return ofMany(output);
  return output.kind === 'bare' ? ofBare(output, newKey) : ofIncident(output, newKey);
}

const shownOffers = (offers: readonly Offer[]) => ({
  actions: offers.map(({ action, title }) => ({ action, title })),
});

const openingOf = ({ neighbourhoodId, incidentId }: IncidentMessage | BareMessage) =>
  `/n/${neighbourhoodId}/incidents/${incidentId}`;

/**
 * One notification an incident: the tag replaces an earlier one. The alert told again does not ring again; what takes it
 * back, or asks for somebody, does; what neighbours see of it comes in silence.
 */
function ofIncident(message: IncidentMessage, newKey: () => string): ShownNotification {
  const { kind, neighbourhoodName, incidentId, severity, locale, text } = message;
  const offers = incidentOffersOf(message, newKey);
  const isQuiet = kind === 'observation' || kind === 'merging' || kind === 'ended';
  return {
    title: titleOf(message),
    options: {
      ...pictures,
      lang: locale,
      body: text === undefined ? neighbourhoodName : `${text}\n${neighbourhoodName}`,
      tag: incidentId,
      // Neither, where it comes in silence: browsers refuse the two together.
      renotify: kind !== 'alert' && !isQuiet,
      silent: isQuiet,
      requireInteraction: severity === 'extreme' && kind !== 'correction' && kind !== 'ended',
      ...shownOffers(offers),
      data: {
        open: openingOf(message),
        // Neighbours' words, and a jury's business, are neither the alert nor its correction: nothing to give a receipt for.
        about: ['observation', 'merging', 'ended', 'mention', 'review'].includes(kind)
          ? null
          : aboutOf(message),
        offers,
      },
    },
  };
}

/** That there is something, and nothing of it. */
function ofBare(message: BareMessage, newKey: () => string): ShownNotification {
  const { of, neighbourhoodId, neighbourhoodName, incidentId, rings, quiet, stays, locale } = message;
  const offers = incidentOffersOf(message, newKey);
  return {
    title: titleOf(message),
    options: {
      ...pictures,
      lang: locale,
      body: neighbourhoodName,
      tag: incidentId,
      renotify: rings === true,
      silent: quiet === true,
      requireInteraction: stays === true,
      ...shownOffers(offers),
      data: {
        open: openingOf(message),
        about: of === 'news' ? null : { neighbourhoodId, incidentId, of },
        offers,
      },
    },
  };
}

function ofTest({ testId, locale }: TestMessage): ShownNotification {
  const words = notificationWords[locale];
  return {
    title: words['notification.test'],
    options: {
      ...pictures,
      lang: locale,
      body: words['notification.testBody'],
      tag: 'vigie-test',
      renotify: true,
      data: { open: '/me', about: null, offers: [], test: testId },
    },
  };
}

const saidBefore = { done: '✓', waits: '…', refused: '✗', late: '✗' } as const;

/** What became of an answer that was given on the lock screen; it takes the place of what was answered. */
export function answeredOf(
  { offer: { title }, tag, body, lang, open }: Omit<Letter, 'until'>,
  fate: Fate,
): ShownNotification {
  const words = notificationWords[lang === 'fr' ? 'fr' : 'en'];
  return {
    title: `${saidBefore[fate]} ${title}`,
    options: {
      ...pictures,
      lang,
      body: fate === 'done' ? body : words[`answer.${fate}`],
      tag,
      silent: true,
      data: { open, about: null, offers: [] },
    },
  };
}

/** One notification for each group of what is told of a shift or a round. */
function ofNotice(message: NoticeMessage): ShownNotification {
  const { notice, neighbourhoodId, neighbourhoodName, id, locale } = message;
  const { at, group, shows } = noticeOf(notice);
  const offers = offersOf(message);
  return {
    title: titleOf(message),
    options: {
      ...pictures,
      lang: locale,
      body: neighbourhoodName,
      tag: `${id} ${group}`,
      renotify: shows !== 'quiet',
      silent: shows === 'quiet',
      requireInteraction: shows === 'stays',
      ...shownOffers(offers),
      data: {
        open: `/n/${neighbourhoodId}/${at}/${id}`,
        about: notice === 'drill' ? { neighbourhoodId, drillId: id, of: 'drill' } : null,
        offers,
      },
    },
  };
}

/** That there is something of this kind, in the place that its words would have. */
function ofBareNotice(message: BareNoticeMessage): ShownNotification {
  const { neighbourhoodId, neighbourhoodName, page, id, group, stays, locale } = message;
  return {
    title: titleOf(message),
    options: {
      ...pictures,
      lang: locale,
      body: neighbourhoodName,
      tag: `${id} ${group}`,
      renotify: true,
      silent: false,
      requireInteraction: stays === true,
      data: { open: `/n/${neighbourhoodId}/${page}/${id}`, about: null, offers: [] },
    },
  };
}

/** What did not disturb the member, or will not any more today: in silence, since nothing of it is urgent. */
function ofMany(message: DigestMessage | FoldingMessage): ShownNotification {
  const { kind, neighbourhoodId, neighbourhoodName, locale } = message;
  return {
    title: titleOf(message),
    options: {
      ...pictures,
      lang: locale,
      body: neighbourhoodName,
      tag: `${neighbourhoodId} ${kind}`,
      silent: true,
      data: {
        open: kind === 'digest' ? `/n/${neighbourhoodId}/digest` : `/n/${neighbourhoodId}/notifications`,
        about: null,
        offers: [],
      },
    },
  };
}

type Before = Pick<Notification, 'title' | 'body' | 'data'>;

/**
 * What is shown in place of what the device shows of the incident already: an observation that was long on its way
 * leaves the correction that overtook it where it is.
 */
export function inPlaceOf(next: ShownNotification, before: Before | undefined): ShownNotification {
  const about = aboutIn(before?.data);
  if (before === undefined || about?.of !== 'correction' || next.options.silent !== true) return next;
  const { title, body } = before;
  const { open } = next.options.data;
  // Only its words count: it has had its receipt.
  return {
    title,
    options: { ...next.options, body, requireInteraction: false, data: { open, about, offers: [] } },
  };
}

/** Where a notification leads; only ever to an address of this client. */
export function openPathOf(data: unknown): string {
  const parsed = v.safeParse(v.object({ open: v.pipe(v.string(), v.regex(/^\/(?!\/)[\w/-]*$/u)) }), data);
  return parsed.success ? parsed.output.open : '/';
}

/** What a notification is about; null where that cannot be read. */
export function aboutIn(data: unknown): About | null {
  const parsed = v.safeParse(v.object({ about: About }), data);
  return parsed.success ? parsed.output.about : null;
}
