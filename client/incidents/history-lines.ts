import * as v from 'valibot';
import type { Difference, HistoryEntry } from '../../shared/history.ts';
import { ConfirmationKind, OutcomeKind, ResponseKind, UpdateKind } from '../../shared/incident-life.ts';
import { Audience, Category, IncidentStatus, Severity } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import type { Key } from '../i18n/translate.ts';

/** What stands for a member's id. */
type NameOf = (memberId: string) => string;

const happened = {
  'incident.reported': 'history.reported',
  'incident.changed': 'history.changed',
  'incident.widened': 'history.widened',
  'incident.closed': 'history.closed',
  'incident.reopened': 'history.reopened',
  'response.given': 'history.response',
  'handling.changed': 'history.handling',
  'confirmation.given': 'history.confirmation',
  'update.posted': 'history.update',
} as const;
const isKnown = (type: string): type is keyof typeof happened => type in happened;

/** What happened, in a few words. What a newer server says and this version does not know is still something. */
export const titleOf = ({ type }: HistoryEntry): string =>
  t(isKnown(type) ? happened[type] : 'history.other');

const Ended = v.object({ kind: OutcomeKind, reason: v.string() });
const Opened = v.object({ reason: v.string() });

/** A reader of values of one form: their words, or null for values of another form. */
function reads<Schema extends v.GenericSchema>(
  schema: Schema,
  words: (value: v.InferOutput<Schema>, nameOf: NameOf) => string,
) {
  return (value: unknown, nameOf: NameOf): string | null => {
    const parsed = v.safeParse(schema, value);
    return parsed.success ? words(parsed.output, nameOf) : null;
  };
}

const text = reads(v.string(), (words) => words);
const moment = reads(v.number(), (at) => times().moment(at));
const person = reads(v.string(), (id, nameOf) => nameOf(id));

type Reader = (value: unknown, nameOf: NameOf) => string | null;
type Label = Exclude<Extract<Key, `history.${string}`>, 'history.who' | 'history.fromTo' | 'history.is'>;
type Row = [field: string, label: Label, words: Reader];

/** The fields that say something to a neighbour, by part, in the order in which they are told. */
const rows: Record<Difference['of'], readonly Row[]> = {
  incident: [
    ['category', 'history.category', reads(Category, (value) => t(`category.${value}`))],
    ['severity', 'history.severity', reads(Severity, (value) => t(`severity.${value}`))],
    ['title', 'history.title', text],
    ['description', 'history.description', text],
    ['status', 'history.status', reads(IncidentStatus, (value) => t(`status.${value}`))],
    ['audience', 'history.audience', reads(Audience, (value) => t(`history.${value}`))],
    ['outcome', 'history.outcome', reads(Ended, ({ kind }) => t(`outcome.${kind}`))],
    ['outcome', 'history.reason', reads(Ended, ({ reason }) => reason)],
    ['reopened', 'history.reason', reads(Opened, ({ reason }) => reason)],
    ['photoIds', 'history.photos', reads(v.array(v.string()), (ids) => String(ids.length))],
    ['askedAt', 'history.asked', moment],
    ['freshAt', 'history.fresh', moment],
  ],
  response: [
    ['kind', 'history.said', reads(ResponseKind, (value) => t(`responds.${value}`))],
    ['etaAt', 'history.eta', moment],
  ],
  handling: [
    ['ownerId', 'history.owner', person],
    // Where somebody is in charge nobody is asked, which the line above says.
    [
      'step',
      'history.step',
      reads(v.picklist(['on-duty', 'volunteers', 'everyone', 'exhausted']), (value) => t(`history.${value}`)),
    ],
  ],
  confirmation: [['kind', 'history.said', reads(ConfirmationKind, (value) => t(`history.${value}`))]],
  update: [['kind', 'history.said', reads(UpdateKind, (value) => t(`history.${value}`))]],
};

function lineOf(
  { of, before, after }: Difference,
  [field, label, words]: Row,
  nameOf: NameOf,
): string | null {
  if (!(field in after)) return null;
  const now = words(after[field], nameOf) ?? '';
  const was = before === null ? '' : (words(before[field], nameOf) ?? '');
  if (now === was) return null;
  // When somebody last looked is no change of anything where it was first said.
  if (before === null && of === 'incident' && (field === 'freshAt' || now === '0')) return null;
  const name = t(label);
  const nothing = t('history.nothing');
  if (now === '' && (before === null || field === 'step')) return null;
  if (was === '') return t('history.is', { field: name, after: now });
  return t('history.fromTo', { field: name, before: was, after: now || nothing });
}

/** What changed, a sentence a field: as it was, and as it was then. */
export function linesOf({ differences }: HistoryEntry, nameOf: NameOf): string[] {
  return differences.flatMap((difference) =>
    rows[difference.of].flatMap((row) => lineOf(difference, row, nameOf) ?? []),
  );
}
