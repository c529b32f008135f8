import type { LogEntry } from '../../shared/events.ts';
import type { Handling, HandlingStep, Update } from '../../shared/incident-life.ts';
import type { Incident, Severity } from '../../shared/incidents.ts';
import type { IncidentMessage, PushKind } from '../../shared/push.ts';
import type { Review } from '../../shared/reviews.ts';
import { type Audience, nobody, type People, type Telling as AnyTelling } from './telling.ts';

const hour = 3600 * 1000;

/** How long telling somebody still helps. A phone that comes back later sees the incident on the map. */
const lifeMs: Record<Severity, number> = {
  minor: hour,
  moderate: 2 * hour,
  severe: 4 * hour,
  extreme: 4 * hour,
};
/** What takes back an alert is worth telling as long as the alert may still lie on a lock screen. */
const correctionMs = 24 * hour;
/** As long as a jury has. */
const reviewMs = 24 * hour;

type About =
  | 'neighbourhoodId'
  | 'neighbourhoodName'
  | 'incidentId'
  | 'category'
  | 'severity'
  | 'sos'
  | 'locale';

/** A message without what every message about an incident carries. */
export type Saying = IncidentMessage extends infer Kind
  ? Kind extends IncidentMessage
    ? Omit<Kind, About>
    : never
  : never;

/** What one log entry tells of an incident, and whom. */
export type Telling = AnyTelling & {
  incidentId: string;
  says: Saying;
  /** Whether it is still how things are. Asked at each sending, with the incident as it is then. */
  holds: (incident: Incident) => boolean;
};

type Teller<Type> = (entry: Extract<LogEntry, { type: Type }>, incident: Incident) => Telling | null;
type Tellers = { [Type in LogEntry['type']]?: Teller<Type> };

const volunteers = { to: 'roles', roles: ['volunteer', 'coordinator'], and: nobody } satisfies Audience;
const isOpen = (incident: Incident) => incident.status === 'open';

function audienceOf({ audience, sos }: Incident): Audience {
  if (sos?.told === 'chosen') return { to: 'chosen' };
  return audience === 'volunteers' ? volunteers : { to: 'everyone' };
}

/**
 * Which log entries tell whom what: one line for each, all others tell nobody. What is not in the entry itself is taken
 * from the incident as it is when the telling begins.
 */
const tellers: Tellers = {
  'incident.reported': ({ incident }) => ({
    incidentId: incident.id,
    audience: audienceOf(incident),
    exclude: { memberIds: [], author: true },
    lifeMs: lifeMs[incident.severity],
    says: { kind: 'alert' },
    asks: [],
    inSteps: incident.audience === 'volunteers',
    holds: isOpen,
  }),
  'incident.widened': ({ by, incident }) => ({
    incidentId: incident.id,
    audience: { to: 'everyone' },
    exclude: { memberIds: by === null ? [] : [by], author: true },
    lifeMs: lifeMs[incident.severity],
    says: { kind: 'alert' },
    asks: [],
    inSteps: true,
    holds: isOpen,
  }),
  'incident.closed': ({ incident: { id, outcome } }) =>
    // What merely grew old needs no correction.
    outcome === null || outcome.kind === 'expired'
      ? null
      : {
          incidentId: id,
          audience: { to: 'told' },
          exclude: nobody,
          lifeMs: correctionMs,
          says: { kind: 'correction', outcome: outcome.kind },
          asks: [],
          inSteps: false,
          holds: (incident) => incident.status === 'closed' && incident.outcome?.kind === outcome.kind,
        },
  'incident.reopened': ({ incident }) => ({
    incidentId: incident.id,
    audience: { to: 'told' },
    exclude: nobody,
    lifeMs: lifeMs[incident.severity],
    says: { kind: 'reopening' },
    asks: [],
    inSteps: false,
    holds: isOpen,
  }),
  'handling.changed': ({ by, handling }, incident) => tellingOfHandling(by, handling, incident),
  'response.given': ({ by, response, handling }, incident) =>
    // The owner stood down: somebody else has it now, or is to be asked.
    handling !== null && response.kind === 'stood-down' ? tellingOfHandling(by, handling, incident) : null,
  'update.posted': ({ by, update }, incident) => tellingOfUpdate(by, update, incident),
  'review.opened': ({ review }) => tellingOfReview(review, 'drawn', juryOf(review)),
  'review.drawn': ({ review }) => tellingOfReview(review, 'drawn', juryOf(review)),
  'review.appealed': ({ review }) => tellingOfReview(review, 'drawn', juryOf(review)),
  'review.decided': ({ review, update }) =>
    tellingOfReview(
      review,
      review.decisions.at(-1)?.outcome === 'removed' ? 'removed' : 'kept',
      writerOf(update),
    ),
};

/** Talk disturbs nobody but those whom it asks for; what somebody sees is for all who follow the incident. */
function tellingOfUpdate(
  by: string | null,
  { incidentId, kind, mentions }: Update,
  { severity, sos }: Incident,
): Telling | null {
  const asked: People = { memberIds: mentions, author: false };
  if (kind === 'comment' && mentions.length === 0) return null;
  return {
    incidentId,
    audience: kind === 'comment' ? { to: 'people', people: asked } : { to: 'followers', and: asked },
    // What has no writer was written by whoever reported it without a name.
    exclude: { memberIds: by === null ? [] : [by], author: by === null || sos !== null },
    lifeMs: lifeMs[severity],
    says: { kind: kind === 'comment' ? 'mention' : 'observation' },
    asks: mentions,
    inSteps: false,
    holds: kind === 'comment' ? () => true : isOpen,
  };
}

const juryOf = ({ id }: Review): People => ({ ...nobody, juryOf: id });

/** Who wrote what was decided on. What names nobody is the words of whoever reported the incident. */
function writerOf(update: Update | null): People {
  const by = update?.by ?? null;
  return by === null ? { memberIds: [], author: true } : { memberIds: [by], author: false };
}

function tellingOfReview(
  { incidentId }: Review,
  step: 'drawn' | 'kept' | 'removed',
  people: People,
): Telling {
  return {
    incidentId,
    audience: { to: 'people', people },
    exclude: nobody,
    lifeMs: reviewMs,
    says: { kind: 'review', step },
    asks: [],
    inSteps: false,
    holds: () => true,
  };
}

function tellingOfHandling(
  by: string | null,
  { incidentId, step, ownerId, asked = [] }: Handling,
  incident: Incident,
): Telling {
  return {
    incidentId,
    audience: audienceOfStep(step, ownerId, asked, incident),
    // Nobody is asked about what they told themselves; that nobody came is for the reporter to know.
    // The phone of whoever raised an SOS stays dark: somebody may be looking at it.
    exclude: {
      memberIds: by === null ? [] : [by],
      author: (step !== 'owned' && step !== 'exhausted') || incident.sos !== null,
    },
    lifeMs: lifeMs[incident.severity],
    says: { kind: 'handling', step },
    asks: [],
    inSteps: false,
    holds: isOpen,
  };
}

function audienceOfStep(
  step: HandlingStep,
  ownerId: string | null,
  asked: readonly string[],
  { audience }: Incident,
): Audience {
  if (step === 'on-duty') return { to: 'people', people: { memberIds: asked, author: false } };
  if (step === 'owned')
    return { to: 'people', people: { memberIds: ownerId === null ? [] : [ownerId], author: false } };
  // What waits for a witness does not get to everybody's phone by nobody's answering it.
  if (step === 'volunteers' || audience === 'volunteers')
    return { ...volunteers, and: { memberIds: [], author: step === 'exhausted' } };
  return { to: 'everyone' };
}

/** Whether entries of this type can tell anybody of an incident. */
export const tellsOfIncident = (type: string): boolean => type in tellers;

/** The incident that an entry is about, where it tells anybody; null where it does not. */
export function incidentIdOf(entry: LogEntry): string | null {
  if (!tellsOfIncident(entry.type)) return null;
  if ('review' in entry) return entry.review.incidentId;
  if ('incident' in entry) return entry.incident.id;
  if ('update' in entry) return entry.update.incidentId;
  return 'handling' in entry ? (entry.handling?.incidentId ?? null) : null;
}

/** What a log entry tells of its incident; null where it tells nobody. @param incident as it is now */
export function tellingOf<Type extends LogEntry['type']>(
  type: Type,
  entry: Extract<LogEntry, { type: Type }>,
  incident: Incident,
): Telling | null {
  const teller: Teller<Type> | undefined = tellers[type];
  return teller?.(entry, incident) ?? null;
}

/** To whom the end came before the alert: that was dropped then, and is wanted again. */
export const alertAnew = (incident: Incident): Telling => ({
  incidentId: incident.id,
  audience: audienceOf(incident),
  exclude: { memberIds: [], author: true },
  lifeMs: lifeMs[incident.severity],
  says: { kind: 'alert' },
  asks: [],
  inSteps: false,
  holds: isOpen,
});

/** The incident that another was merged into by this entry; null where it says nothing of the kind. */
export function mergedInto(entry: LogEntry): string | null {
  return entry.type === 'incident.closed' ? (entry.incident.outcome?.duplicateOf ?? null) : null;
}

/**
 * What those who follow an incident are told when another was merged into it, where they were not told of the other:
 * those hear how it ended.
 * @param into as it is now
 * @param by who merged them, and knows
 */
export const tellingOfMerging = (into: Incident, by: People): Telling => ({
  incidentId: into.id,
  audience: { to: 'followers', and: nobody },
  exclude: by,
  lifeMs: lifeMs[into.severity],
  says: { kind: 'merging' },
  asks: [],
  inSteps: false,
  holds: isOpen,
});

/**
 * What those are told of an incident's end who have a part in it, where they were not told of the alert; null for any
 * other entry, and for what merely grew old. Whose alert was held back hears of it only if they followed it all the same.
 */
export function tellingOfEnd(entry: LogEntry): Telling | null {
  if (entry.type !== 'incident.closed') return null;
  const { by, incident } = entry;
  const correction = tellingOf(entry.type, entry, incident);
  if (correction?.says.kind !== 'correction') return null;
  return {
    ...correction,
    audience: { to: 'followers', and: nobody, acting: true },
    // What names nobody was ended by whoever reported it. The phone of whoever raised an SOS stays dark.
    exclude: { memberIds: by === null ? [] : [by], author: by === null || incident.sos !== null },
    says: { ...correction.says, kind: 'ended' },
  };
}

/** Whether a message of this kind comes in silence, to those only who hear all of an incident. */
export const isQuiet = (kind: PushKind): boolean =>
  kind === 'observation' || kind === 'merging' || kind === 'ended';
