import type { Incident } from '../../shared/incidents.ts';
import { categories } from '../../shared/categories.ts';
import type { BareMessage, IncidentMessage, LockScreen } from '../../shared/push.ts';
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
