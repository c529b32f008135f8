import * as v from 'valibot';
import { Position } from './geo.ts';
import { Hide } from './hiding.ts';
import { IncidentLife, Outcome, Reopening, Update } from './incident-life.ts';
import { PhotoIds } from './photos.ts';
import { Sos } from './sos.ts';
import { Id, nameSchema, textSchema, Timestamp } from './text.ts';

export const Category = v.picklist([
  'suspicious',
  'break-in',
  'theft',
  'fire',
  'medical',
  'missing',
  'road-hazard',
  'noise',
  'damage',
  'other',
]);
export type Category = v.InferOutput<typeof Category>;

/** Words and meaning of the Common Alerting Protocol 1.2, section 3.2.2. */
export const Severity = v.picklist(['minor', 'moderate', 'severe', 'extreme']);
export type Severity = v.InferOutput<typeof Severity>;

export const IncidentStatus = v.picklist(['open', 'closed']);
export type IncidentStatus = v.InferOutput<typeof IncidentStatus>;

/** Whose phones an alert is pushed to. On the live map everybody sees it from the first moment. */
export const Audience = v.picklist(['volunteers', 'everyone']);
export type Audience = v.InferOutput<typeof Audience>;

/** Ids of a category's questions with what the reporter answered: free words, or ids of choices. */
export const Answers = v.record(v.string(), v.union([v.string(), v.array(v.string())]));
export type Answers = v.InferOutput<typeof Answers>;

export const Incident = v.object({
  id: Id,
  version: v.number(),
  category: Category,
  severity: Severity,
  status: IncidentStatus,
  position: Position,
  /** Whether the position was put on the coarse grid, so that it shows no home. */
  coarse: v.optional(v.boolean(), false),
  title: v.nullable(v.string()),
  description: v.string(),
  answers: v.optional(Answers, {}),
  photoIds: v.optional(v.array(Id), []),
  /** When it happened, as far as the reporter knows. Lists are in this order. */
  observedAt: Timestamp,
  reportedAt: Timestamp,
  /** The reporting member; null where the reporter is anonymous to neighbours, or for an import. */
  reportedBy: v.nullable(Id),
  /** Where an imported incident comes from. */
  source: v.nullable(v.object({ name: v.string(), ref: v.string() })),
  /** `volunteers` until a second witness confirms it, or nobody disputes it for a while. */
  audience: v.optional(Audience, 'everyone'),
  /** How it ended; null while it is open, and where an import does not say. */
  outcome: v.optional(v.nullable(Outcome), null),
  /** Why it is open again, and by whom; null where it never was closed. */
  reopened: v.optional(v.nullable(Reopening), null),
  /** When somebody last said that it is so; null where nobody is ever asked, as of an import. */
  freshAt: v.optional(v.nullable(Timestamp), null),
  /** Since when the neighbours are asked whether it is still so; null while they are not. */
  askedAt: v.optional(v.nullable(Timestamp), null),
  /** What of it nobody sees, since neighbours review or removed it; the rest is without it. */
  hidden: v.optional(v.array(Hide)),
  /** null unless it is an SOS: then its place is the neighbourhood's middle, since where somebody is is never kept. */
  sos: v.optional(v.nullable(Sos), null),
});
export type Incident = v.InferOutput<typeof Incident>;

export const ReportCommand = v.strictObject({
  category: Category,
  severity: Severity,
  position: Position,
  /** Put the position on the coarse grid: it is at somebody's home. */
  coarse: v.optional(v.boolean(), false),
  description: textSchema(0, 2000),
  title: v.optional(nameSchema(100)),
  /** What the category asks: `checkAnswers` decides whether they answer it. */
  answers: v.optional(Answers, {}),
  observedAt: v.optional(Timestamp),
  /** Photos that the reporter uploaded for this report. */
  photoIds: v.optional(PhotoIds),
  anonymous: v.optional(v.boolean(), false),
  /** The reporter has seen what looks the same, and says that it is not. */
  evenSo: v.optional(v.boolean(), false),
});
export type ReportCommand = v.InferOutput<typeof ReportCommand>;

/** Devices: told by us, by push or live; of those, which say that they got it, and that somebody saw it. */
export const Receipts = v.object({ told: v.number(), got: v.number(), saw: v.number() });
export type Receipts = v.InferOutput<typeof Receipts>;
export const noReceipts: Receipts = { told: 0, got: 0, saw: 0 };

/**
 * How far an alert got: counters outside the incident's version, never a promise that anybody saw it. Maps that showed
 * it live and phones whose push service took it; then devices, each once, of the alert and of what took it back.
 */
export const Reach = v.object({
  maps: v.number(),
  phones: v.number(),
  alert: v.optional(Receipts, noReceipts),
  correction: v.optional(Receipts, noReceipts),
});
export type Reach = v.InferOutput<typeof Reach>;
export const noReach: Reach = { maps: 0, phones: 0, alert: noReceipts, correction: noReceipts };

export const Reported = v.object({ incident: Incident, seq: v.number() });
export type Reported = v.InferOutput<typeof Reported>;
export const IncidentDetail = v.object({
  incident: Incident,
  life: IncidentLife,
  updates: v.array(Update),
  reach: Reach,
  /** Whether the caller reported it; said to nobody else where the reporter is anonymous. */
  mine: v.optional(v.boolean(), false),
  /** An SOS that its member had to end under duress: it goes on, and only who responds is told. */
  duress: v.optional(v.boolean(), false),
});
export type IncidentDetail = v.InferOutput<typeof IncidentDetail>;
export const IncidentPage = v.object({ incidents: v.array(Incident), cursor: v.nullable(v.string()) });
export type IncidentPage = v.InferOutput<typeof IncidentPage>;

const numeric = v.pipe(v.string(), v.regex(/^\d{1,16}$/u, 'must be a whole number'), v.transform(Number));
const bbox = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))),
  v.check((parts) => parts.length === 4 && parts.every(Number.isFinite), 'must be west,south,east,north'),
  v.transform(([west = 0, south = 0, east = 0, north = 0]) => ({ west, south, east, north })),
  v.check(
    (box) =>
      Math.abs(box.west) <= 180 &&
      Math.abs(box.east) <= 180 &&
      Math.abs(box.south) <= 90 &&
      Math.abs(box.north) <= 90,
    'must be in degrees',
  ),
  v.check((box) => box.south <= box.north, 'must have its south below its north'),
);

export const ListQuery = v.strictObject({
  bbox: v.optional(bbox),
  from: v.optional(numeric),
  to: v.optional(numeric),
  category: v.optional(Category),
  status: v.optional(IncidentStatus),
  limit: v.optional(v.pipe(numeric, v.minValue(1), v.maxValue(1000)), '100'),
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,16}~[\w-]{16,64}$/u, 'must be a cursor of an earlier page')),
  ),
});
export type ListQuery = v.InferOutput<typeof ListQuery>;
