import * as v from 'valibot';
import { AgreementId } from './agreements.ts';
import type { Update } from './incident-life.ts';
import type { Incident } from './incidents.ts';
import { Id } from './text.ts';

const ofUpdate = /^update:([\w-]{16,64})$/u;

/** What a flag is of: the incident's own words and photos, one of its photos, or what somebody wrote about it. */
export const FlagSubject = v.union([v.literal('incident'), Id, v.pipe(v.string(), v.regex(ofUpdate))]);
export type FlagSubject = v.InferOutput<typeof FlagSubject>;

/** An observation or a comment as the subject of a flag. */
export const updateSubject = (updateId: Id): FlagSubject => `update:${updateId}`;

/** The observation or comment that is meant; null for the incident and its photos. */
export const updateIdIn = (of: FlagSubject): Id | null => ofUpdate.exec(of)?.[1] ?? null;

/** A part of an incident, or words about it, that nobody sees: while neighbours review it, or for good. */
export const Hide = v.object({
  of: FlagSubject,
  reviewId: Id,
  /** The agreement for which neighbours removed it; null while they review it. */
  removed: v.nullable(AgreementId),
});
export type Hide = v.InferOutput<typeof Hide>;

/** What of an incident can be hidden. What it is, where and how grave stays: a warning may hang on it. */
export type Content = Pick<Incident, 'title' | 'description' | 'answers' | 'photoIds'>;

/** The content without what is hidden. */
export function masked(content: Content, hides: readonly Hide[]): Content {
  const hidden = new Set(hides.map(({ of }) => of));
  if (hidden.has('incident')) return { title: null, description: '', answers: {}, photoIds: [] };
  const { title, description, answers, photoIds } = content;
  return { title, description, answers, photoIds: photoIds.filter((id) => !hidden.has(id)) };
}

/** The incident as it may be shown where these parts are hidden, also as it was before they were. */
export const maskedIncident = (incident: Incident, hides: readonly Hide[]): Incident => ({
  ...incident,
  ...masked(incident, hides),
});

/** What somebody wrote as it may be shown where it is hidden, also as it was before. Whom it names goes with it. */
export const maskedUpdate = (update: Update, hides: readonly Hide[]): Update =>
  hides.length === 0 ? update : { ...update, text: '', mentions: [] };
