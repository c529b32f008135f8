import type { LogEntry } from '../../shared/events.ts';
import type { Incident, Severity } from '../../shared/incidents.ts';
import { type NoticeKind, noticeOf } from '../../shared/notices.ts';
import { defaultLockScreen, type LockScreen, type PushKind, type ToldMessage } from '../../shared/push.ts';
import type { Locale } from '../../shared/text.ts';
import type { Happening } from '../../shared/wanted.ts';
import { derivedUuid } from '../ids.ts';
import {
  alertAnew,
  isQuiet,
  type Saying,
  type Telling as IncidentTelling,
  tellingOf,
  tellingOfEnd,
  tellingOfMerging,
  tellsOfIncident,
} from './incident-telling.ts';
import { noticePayloadOf, payloadOf } from './lock-screen.ts';
import { noticeTellingOf, tellsOfNotice } from './notice-telling.ts';
import { digestType } from './preferences/store.ts';
import { type OutgoingMessage, topicOf, type Urgency } from './sender.ts';
import { about, type Subject } from './subjects.ts';
import type { People, Telling } from './telling.ts';

/** What has to be told of one thing. */
export type Alert = Omit<Telling, 'lifeMs'> & {
  /** Of the log entry that tells it. */
  seq: number;
  subject: Subject;
  kind: PushKind;
  notice: NoticeKind | null;
  /** The incident, as far as it decides whom it concerns; null where it is about none. */
  happening: Happening | null;
  neighbourhood: Neighbourhood;
  /** What the same entry tells devices that were not told of the incident before: the first whose audience they are. */
  besides: readonly Alert[];
  /**
   * `alert`: which devices get it is kept; `correction`: it goes to exactly those, and takes it back. Null: neither, as
   * of neighbours' words.
   */
  kept: 'alert' | 'correction' | null;
  /** When its entry was committed, in epoch milliseconds, as is its end. */
  at: number;
  expiresAt: number;
  /** The message for one member's device at this moment, in its language and as its lock screen may say it. */
  message(
    to: { memberId: string; locale: Locale | null; lockScreen?: LockScreen | undefined },
    now: number,
  ): OutgoingMessage;
};

type Neighbourhood = { id: string; name: string; locale: Locale; timeZone: string };

/** Whether entries of this type can tell anybody. */
export const tells = (type: string): boolean =>
  tellsOfIncident(type) || tellsOfNotice(type) || type === digestType;

const urgencyOf = (severity: Severity): Urgency => (severity === 'minor' ? 'normal' : 'high');

/** What brings the alert itself gets the correction: not what takes it back, and not words of neighbours about it. */
function keptOf(kind: Saying['kind']): Alert['kept'] {
  if (kind === 'correction') return 'correction';
  return kind === 'alert' || kind === 'reopening' || kind === 'handling' ? 'alert' : null;
}

/**
 * What a newer message replaces while it waits at the push service. Neighbours' words replace their like only: a quiet
 * observation must not push out an alert that has not rung yet, nor a comment the correction.
 */
const topicFor = (incidentId: string, kind: Saying['kind']): string =>
  topicOf(keptOf(kind) === null ? `${incidentId} ${kind}` : incidentId);

/** Seconds that are left of its life. A clock set back must not make the service keep it for a year. */
const ttlOf = (at: number, lifeMs: number, now: number) =>
  Math.ceil(Math.min(Math.max(at + lifeMs - now, 0), lifeMs) / 1000);

/** Makes a payload once for all who get the same. */
function payloads() {
  const made = new Map<string, Buffer>();
  return (key: string, make: () => ToldMessage): Buffer => {
    const known = made.get(key) ?? Buffer.from(JSON.stringify(make()));
    made.set(key, known);
    return known;
  };
}

/**
 * Makes the alert of a log entry about an incident; null for entries that tell nobody.
 * @param incident what the entry is about, as it is now
 */
export function alertOf(entry: LogEntry, neighbourhood: Neighbourhood, incident: Incident): Alert | null {
  const telling = tellingOf(entry.type, entry, incident);
  if (telling === null) return null;
  const alert = alertFrom(telling, entry, neighbourhood, incident);
  const beside = entry.type === 'incident.reopened' ? alertAnew(entry.incident) : tellingOfEnd(entry);
  if (beside === null) return alert;
  return { ...alert, besides: [alertFrom(beside, entry, neighbourhood, incident)] };
}

/** Makes the alert of what those are told who follow the incident that another was merged into. */
export const mergingOf = (entry: LogEntry, neighbourhood: Neighbourhood, into: Incident, by: People): Alert =>
  alertFrom(tellingOfMerging(into, by), entry, neighbourhood, into);

function alertFrom(
  telling: IncidentTelling,
  { seq, at }: Pick<LogEntry, 'seq' | 'at'>,
  neighbourhood: Neighbourhood,
  incident: Incident,
): Alert {
  const { says, lifeMs, holds, audience, exclude, asks, inSteps } = telling;
  const { id: incidentId, category, severity, position, coarse } = incident;
  const payload = payloads();

  return {
    ...{ seq, audience, exclude, asks, inSteps, neighbourhood },
    notice: null,
    happening: { category, severity, position, coarse, sos: incident.sos !== null },
    subject: about('incident', incidentId, holds),
    kind: says.kind,
    besides: [],
    kept: keptOf(says.kind),
    at,
    expiresAt: at + lifeMs,
    message: ({ memberId, locale: own, lockScreen: shows = defaultLockScreen }, now) => {
      const said: Saying = asks.includes(memberId) ? { kind: 'mention' } : says;
      const locale = own ?? neighbourhood.locale;
      return {
        payload: payload(`${said.kind} ${locale} ${shows}`, () =>
          payloadOf(said, incident, { neighbourhood, locale }, shows),
        ),
        urgency: isQuiet(said.kind) ? 'normal' : urgencyOf(severity),
        topic: topicFor(incidentId, said.kind),
        ttl: ttlOf(at, lifeMs, now),
      };
    },
  };
}

/** Makes the alert of a log entry about a shift or a round; null for entries that tell nobody. */
export function noticeAlertOf(entry: LogEntry, neighbourhood: Neighbourhood): Alert | null {
  const telling = noticeTellingOf(entry);
  if (telling === null) return null;
  const { notice, id, audience, exclude, subject, kept = null } = telling;
  const { lifeMs, urgent, group, actions } = noticeOf(notice);
  const payload = payloads();

  return {
    ...{ seq: entry.seq, audience, exclude, subject, kept, neighbourhood },
    asks: [],
    inSteps: false,
    kind: 'notice',
    notice,
    happening: null,
    besides: [],
    at: entry.at,
    expiresAt: entry.at + lifeMs,
    message: ({ memberId, locale: own, lockScreen: shows = defaultLockScreen }, now) => {
      const locale = own ?? neighbourhood.locale;
      // The same on all devices of a member, however often it is sent.
      const offered = () =>
        actions.map((action) => ({
          action,
          key: derivedUuid(neighbourhood.id, String(entry.seq), memberId, action),
        }));
      const make = () =>
        noticePayloadOf({ notice, id, actions: offered() }, { neighbourhood, locale }, shows);
      return {
        payload: payload(`${locale} ${shows} ${actions.length === 0 ? '' : memberId}`, make),
        urgency: urgent ? 'high' : 'normal',
        topic: topicOf(`${subject.id} ${group}`),
        ttl: ttlOf(entry.at, lifeMs, now),
      };
    },
  };
}
