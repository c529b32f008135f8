import type { LogEntry } from '../../shared/events.ts';
import type { Severity } from '../../shared/incidents.ts';
import type { PushMessage } from '../../shared/push.ts';
import type { Locale } from '../../shared/text.ts';
import type { OutgoingMessage, Urgency } from './sender.ts';
import { topicOf } from './sender.ts';

const hour = 3600 * 1000;

/** How long telling somebody still helps. A phone that comes back later sees the incident on the map. */
const lifeMs: Record<Severity, number> = {
  minor: hour,
  moderate: 2 * hour,
  severe: 4 * hour,
  extreme: 4 * hour,
};

const urgencyOf = (severity: Severity): Urgency => (severity === 'minor' ? 'normal' : 'high');

/** What has to be told of one incident. */
export type Alert = {
  incidentId: string;
  reportedBy: string | null;
  expiresAt: number;
  /** The message for one device at this moment, in its language. */
  message(locale: Locale | null, now: number): OutgoingMessage;
};

type About = { id: string; name: string; locale: Locale };

/** Makes the alert of a log entry; null for entries that tell nobody. */
export function alertOf(entry: LogEntry, neighbourhood: About): Alert | null {
  if (entry.type !== 'incident.reported') return null;
  const { id: incidentId, category, severity, reportedBy } = entry.incident;
  const life = lifeMs[severity];
  const payloads = new Map<Locale, Buffer>();

  function payload(locale: Locale): Buffer {
    const made = payloads.get(locale);
    if (made !== undefined) return made;
    // What a lock screen may show to whoever passes by: never the place, the words or the person.
    const message: PushMessage = {
      neighbourhoodId: neighbourhood.id,
      neighbourhoodName: neighbourhood.name,
      incidentId,
      category,
      severity,
      locale,
    };
    const bytes = Buffer.from(JSON.stringify(message));
    payloads.set(locale, bytes);
    return bytes;
  }

  return {
    incidentId,
    reportedBy,
    expiresAt: entry.at + life,
    message: (locale, now) => ({
      payload: payload(locale ?? neighbourhood.locale),
      urgency: urgencyOf(severity),
      topic: topicOf(incidentId),
      // A clock set back must not make the service keep it for a year.
      ttl: Math.ceil(Math.min(Math.max(entry.at + life - now, 0), life) / 1000),
    }),
  };
}
