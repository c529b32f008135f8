import { titleOf } from '../../../shared/notification-title.ts';
import { noticeOf } from '../../../shared/notices.ts';
import type { ToldMessage } from '../../../shared/push.ts';
import { topicOf } from '../sender.ts';
import type { StoredWay } from './way.ts';
import { wayWords } from './words.ts';

/** How loud it is, in ntfy's steps. */
export type Priority = 1 | 2 | 3 | 4 | 5;

/** What one way is told, ready to be laid out as a mail, a topic's message or a webhook's. */
export type Note = {
  /** The same at each attempt, so that whoever gets it twice can tell. */
  id: string;
  /** What it is about: later notes of the same belong to it. Says nothing of it to anybody else. */
  thread: string;
  title: string;
  /** The first line of what somebody wrote, where this way may say it. */
  line: string | null;
  /** Where, how bad and when. */
  text: string;
  /** Where it can be read and answered; null of what only proves that it arrives. */
  url: string | null;
  priority: Priority;
  /** Epoch milliseconds of what it tells. */
  at: number;
  /** For programs: the same fields as a push, no more. */
  data: { type: string; [field: string]: unknown };
};

const tags: Record<StoredWay['locale'], string> = { en: 'en-GB', fr: 'fr-FR' };

/** A moment on the reader's clock. */
export function timeOf(at: number, { locale, timeZone }: Pick<StoredWay, 'locale' | 'timeZone'>): string {
  return new Intl.DateTimeFormat(tags[locale], { dateStyle: 'full', timeStyle: 'short', timeZone }).format(
    at,
  );
}

function priorityOf(message: ToldMessage): Priority {
  if (message.kind === 'notice') {
    const { urgent, shows } = noticeOf(message.notice);
    return shows === 'quiet' ? 2 : urgent ? 4 : 3;
  }
  if (message.kind === 'digest' || message.kind === 'folding') return 2;
  // As loud as on a lock screen that says nothing: that something is extreme is heard, all else is one sound.
  if (message.kind === 'bare' && message.quiet === true) return 2;
  if (message.kind === 'bare' || message.kind === 'bare-notice') return message.stays === true ? 5 : 3;
  if (['observation', 'merging', 'ended'].includes(message.kind)) return 2;
  if (message.kind === 'correction' || message.kind === 'review') return 3;
  if (message.sos === true || message.severity === 'extreme') return 5;
  return message.severity === 'severe' ? 4 : message.severity === 'moderate' ? 3 : 2;
}

function pathOf(message: ToldMessage): string {
  const neighbourhood = `/n/${message.neighbourhoodId}`;
  if (message.kind === 'digest') return `${neighbourhood}/digest`;
  if (message.kind === 'folding') return `${neighbourhood}/notifications`;
  if (message.kind === 'notice') return `${neighbourhood}/${noticeOf(message.notice).at}/${message.id}`;
  // A topic may be open, and a search's address tells of it: whoever was asked sees it on every page.
  if (message.kind === 'bare-notice' && message.page === 'searches') return neighbourhood;
  return message.kind === 'bare-notice'
    ? `${neighbourhood}/${message.page}/${message.id}`
    : `${neighbourhood}/incidents/${message.incidentId}`;
}

/** What it is about: of many things at once, of the kind of message that it is. */
function aboutOf(message: ToldMessage): string {
  if (message.kind === 'digest' || message.kind === 'folding') return message.kind;
  return 'incidentId' in message ? message.incidentId : message.id;
}

/**
 * What a way is told of what is pushed: as much as a lock screen shows under the same choice, in its reader's language
 * and time.
 * @param entry which of the neighbourhood's log it tells, and when that was
 */
export function noteOf(message: ToldMessage, way: StoredWay, entry: { seq: number; at: number }): Note {
  const words = wayWords[message.locale];
  const when = timeOf(entry.at, { ...way, locale: message.locale });
  const place = message.neighbourhoodName;
  return {
    id: topicOf(`${way.id} ${message.neighbourhoodId} ${entry.seq}`),
    thread: topicOf(`${message.neighbourhoodId} ${aboutOf(message)}`),
    title: titleOf(message),
    line: ('text' in message && message.text) || null,
    text: [
      place,
      ...('severity' in message && message.kind !== 'correction' && message.kind !== 'ended'
        ? [words[message.severity]]
        : []),
      when,
    ].join(' · '),
    url: way.origin + pathOf(message),
    priority: priorityOf(message),
    at: entry.at,
    data: { type: `vigie.${message.kind}`, ...forPrograms(message) },
  };
}

/**
 * What a notification's buttons do is signed for by the session of its device, which no other way has; and where a
 * message that says nothing belongs on a lock screen would say it.
 */
function forPrograms(message: ToldMessage): object {
  // What a webhook's `id` names is the message: what the notice is about has a name of its own.
  if (message.kind === 'notice') {
    const { actions: _, id: aboutId, ...rest } = message;
    return { ...rest, aboutId };
  }
  if (message.kind !== 'bare-notice') return message;
  const { page: _, group: __, id: aboutId, ...rest } = message;
  return { ...rest, aboutId };
}

/** All that is said below the title. */
export const bodyOf = ({ line, text }: Note): string => (line === null ? text : `${line}\n${text}`);

/** What proves that its reader reads it. */
export function codeNote(way: StoredWay, code: string): Note {
  const words = wayWords[way.locale];
  return {
    id: topicOf(`${way.id} code`),
    thread: topicOf(`${way.id} code`),
    title: words.codeTitle(code),
    line: null,
    text: words.code(code),
    url: null,
    priority: 3,
    at: way.addedAt,
    data: { type: 'vigie.verification', code, locale: way.locale },
  };
}

/** A test that its owner asked for. @param key which of them */
export function testNote(way: StoredWay, key: string, at: number): Note {
  const words = wayWords[way.locale];
  return {
    id: topicOf(`${way.id} test ${key}`),
    thread: topicOf(`${way.id} test`),
    title: words.testTitle,
    line: null,
    text: `${words.test} · ${timeOf(at, way)}`,
    url: `${way.origin}/me/ways`,
    priority: 3,
    at,
    data: { type: 'vigie.test', locale: way.locale },
  };
}
