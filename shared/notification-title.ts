import { notificationWords } from './notification-words.ts';
import type { DigestMessage, IncidentMessage, ToldMessage } from './push.ts';

/** How it stands with the incident, in a word or two; null for the alert itself, which says what it is. */
function standing(message: IncidentMessage): string | null {
  const words = notificationWords[message.locale];
  if (message.kind === 'correction' || message.kind === 'ended') return words[`outcome.${message.outcome}`];
  if (message.kind === 'handling' || message.kind === 'review') return words[`notification.${message.step}`];
  if (message.kind === 'observation' || message.kind === 'merging')
    return words[`notification.${message.kind}`];
  return message.kind === 'reopening' ? words['notification.reopened'] : null;
}

function titleOfIncident(message: IncidentMessage): string {
  const words = notificationWords[message.locale];
  const what = message.sos ? 'SOS' : words[`category.${message.category}`];
  if (message.kind === 'mention') return `${words['notification.mention']} ${what}`;
  const how = standing(message);
  return how === null ? what : `${how} · ${what}`;
}

function titleOfDigest({ count, locale }: DigestMessage): string {
  const words = notificationWords[locale];
  if (count === undefined) return words['notification.bare-digest'];
  return count === 1
    ? words['notification.digestOne']
    : words['notification.digest'].replace('{count}', String(count));
}

/**
 * What it is and how it stands, or only that there is something, in the reader's language: the one line that every way
 * of telling shows.
 */
export function titleOf(message: ToldMessage): string {
  const words = notificationWords[message.locale];
  if (message.kind === 'bare' || message.kind === 'bare-notice')
    return words[`notification.bare-${message.of}`];
  if (message.kind === 'notice') return words[`notice.${message.notice}`];
  if (message.kind === 'folding') return words['notification.folding'];
  return message.kind === 'digest' ? titleOfDigest(message) : titleOfIncident(message);
}
