import type { Incident } from '../../shared/incidents.ts';
import { categories } from '../../shared/categories.ts';
import { type NoticeKind, noticeOf } from '../../shared/notices.ts';
import type {
  BareMessage,
  BareNoticeMessage,
  DigestMessage,
  IncidentMessage,
  LockScreen,
  NoticeMessage,
} from '../../shared/push.ts';
import type { Locale } from '../../shared/text.ts';
import { isQuiet, type Saying } from './incident-telling.ts';

/** Bytes of somebody's words in a message: with everything else it fits into what all messages are padded to. */
const mostBytes = 240;

type Where = { neighbourhood: { id: string; name: string }; locale: Locale };

/** What happens in a home, or to somebody's body, lies on no lock screen in words, whatever anybody chose. */
const mayShowInFull = ({ category, sos }: Incident): boolean =>
  sos === null && !categories[category].atHome && !categories[category].describesForHelp;

/** The beginning of what somebody wrote, cut between two characters. */
function firstLineOf({ title, description }: Incident): string {
  const [line = ''] = (title ?? description).trim().split('\n');
  let text = '';
  for (const char of line) {
    if (Buffer.byteLength(JSON.stringify(text + char)) > mostBytes) return `${text.trimEnd()}…`;
    text += char;
  }
  return text;
}

/** Only what tells of the alert itself says what it is; neighbours' words about it are theirs. */
const tellsItself = (kind: Saying['kind']) => ['alert', 'reopening', 'handling'].includes(kind);

function bareOf(said: Saying, incident: Incident, { neighbourhood, locale }: Where): BareMessage {
  const quiet = isQuiet(said.kind);
  const of =
    said.kind === 'correction'
      ? 'correction'
      : tellsItself(said.kind)
        ? ('alert' as const)
        : ('news' as const);
  return {
    kind: 'bare',
    of,
    neighbourhoodId: neighbourhood.id,
    neighbourhoodName: neighbourhood.name,
    incidentId: incident.id,
    ...(said.kind === 'alert' || quiet ? {} : { rings: true }),
    ...(quiet ? { quiet: true } : {}),
    ...(incident.severity === 'extreme' && of !== 'correction' && said.kind !== 'ended'
      ? { stays: true }
      : {}),
    locale,
  };
}

/**
 * What a lock screen may show to whoever passes by: as little as its device chose, and never the place, the person or
 * what happened in somebody's home.
 */
export function payloadOf(
  said: Saying,
  incident: Incident,
  where: Where,
  shows: LockScreen,
): IncidentMessage | BareMessage {
  if (shows === 'nothing') return bareOf(said, incident, where);
  const { neighbourhood, locale } = where;
  const { id: incidentId, category, severity } = incident;
  const text =
    shows === 'full' && tellsItself(said.kind) && mayShowInFull(incident) ? firstLineOf(incident) : '';
  return {
    ...said,
    neighbourhoodId: neighbourhood.id,
    neighbourhoodName: neighbourhood.name,
    incidentId,
    category,
    severity,
    ...(incident.sos === null ? {} : { sos: true }),
    ...(text === '' ? {} : { text }),
    locale,
  };
}

/**
 * What is told of a shift, a round, a drill or a neighbour without a phone. What says nothing offers nothing either: the
 * button would say it.
 */
export function noticePayloadOf(
  { notice, id, actions }: { notice: NoticeKind; id: string; actions: NoticeMessage['actions'] },
  { neighbourhood, locale }: Where,
  shows: LockScreen,
): NoticeMessage | BareNoticeMessage {
  const { at: page, group, bare, shows: how } = noticeOf(notice);
  const where = { neighbourhoodId: neighbourhood.id, neighbourhoodName: neighbourhood.name };
  if (shows !== 'nothing' || bare === undefined)
    return { kind: 'notice', notice, ...where, id, actions, locale };
  const stays = how === 'stays' ? { stays: true as const } : {};
  return { kind: 'bare-notice', of: bare, ...where, page, id, group, ...stays, locale };
}

/** What is told of all that did not disturb a member. */
export const digestPayloadOf = (
  count: number,
  { neighbourhood, locale }: Where,
  shows: LockScreen,
): DigestMessage => ({
  ...{ kind: 'digest', neighbourhoodId: neighbourhood.id, neighbourhoodName: neighbourhood.name },
  ...(shows === 'nothing' ? {} : { count }),
  locale,
});
