import * as v from 'valibot';
import { AgreementId } from './agreements.ts';
import { FlagSubject } from './hiding.ts';
import { Answers, Category, IncidentDetail } from './incidents.ts';
import { Id, textSchema, Timestamp } from './text.ts';

/** `under-review` by a first jury, `appealed` by a second one, whose word is the last. */
export const ReviewStatus = v.picklist(['flagged', 'under-review', 'kept', 'removed', 'appealed']);
export type ReviewStatus = v.InferOutput<typeof ReviewStatus>;

export const Verdict = v.picklist(['keep', 'remove']);
export type Verdict = v.InferOutput<typeof Verdict>;

/** How neighbours decided, and why; never who. */
export const JuryDecision = v.object({
  outcome: v.picklist(['kept', 'removed']),
  /** `nobody` where too few answered in time, or nobody uninvolved was there to be asked. */
  by: v.picklist(['jury', 'coordinators', 'nobody']),
  keep: v.number(),
  remove: v.number(),
  /** What most of those who flagged it named. */
  agreement: AgreementId,
  reasons: v.array(v.string()),
  /** Whether it was the appeal's. */
  appeal: v.boolean(),
  at: Timestamp,
});
export type JuryDecision = v.InferOutput<typeof JuryDecision>;

/** What became of the flags on one thing. Says neither who flagged it nor who decides: see the decision record. */
export const Review = v.object({
  id: Id,
  version: v.number(),
  incidentId: Id,
  of: FlagSubject,
  category: Category,
  status: ReviewStatus,
  /** How often each agreement was named since the last decision. */
  agreements: v.record(v.string(), v.number()),
  openedAt: Timestamp,
  /** Until when the jury has time; null while there is none. */
  dueAt: v.nullable(Timestamp),
  /** How many are asked, and how many of them have answered. */
  seats: v.number(),
  verdicts: v.number(),
  /** Oldest first. */
  decisions: v.array(JuryDecision),
  /** Until when its author may appeal; null where they may not. */
  appealUntil: v.nullable(Timestamp),
});
export type Review = v.InferOutput<typeof Review>;

/** One incident, with what of it is reviewed or was. */
export const ReviewedDetail = v.object({ ...IncidentDetail.entries, reviews: v.array(Review) });

/** Whether a jury is sitting. */
export const isSitting = ({ status }: Pick<Review, 'status'>) =>
  status === 'under-review' || status === 'appealed';

export const FlagCommand = v.strictObject({
  of: v.optional(FlagSubject, 'incident'),
  agreement: AgreementId,
  reason: v.optional(textSchema(0, 300), ''),
});
export type FlagCommand = v.InferOutput<typeof FlagCommand>;

export const VerdictCommand = v.strictObject({
  verdict: Verdict,
  reason: v.optional(textSchema(0, 300), ''),
});
export type VerdictCommand = v.InferOutput<typeof VerdictCommand>;

export const AppealCommand = v.strictObject({});

/** The answer to all three. */
export const Reviewed = v.object({ review: Review, seq: v.number() });

/** What a juror is shown, and nobody else. */
export const Duty = v.object({
  review: Review,
  title: v.nullable(v.string()),
  description: v.string(),
  answers: Answers,
  photoIds: v.array(Id),
  /** What those who flagged it wrote. */
  reasons: v.array(v.string()),
});
export type Duty = v.InferOutput<typeof Duty>;

/** What neighbours expect of one member at the moment. */
export const MyReviews = v.object({ duties: v.array(Duty) });
export type MyReviews = v.InferOutput<typeof MyReviews>;

/** Newest first. */
export const ModerationPage = v.object({ reviews: v.array(Review), cursor: v.nullable(v.string()) });
export type ModerationPage = v.InferOutput<typeof ModerationPage>;

export const ModerationQuery = v.strictObject({
  cursor: v.optional(Id),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/u, 'must be a whole number'),
      v.transform(Number),
      v.minValue(1),
      v.maxValue(100),
    ),
    '30',
  ),
});
