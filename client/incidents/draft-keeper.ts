import { signal } from '@preact/signals';
import * as v from 'valibot';
import { Position } from '../../shared/geo.ts';
import { Answers, Category, type ReportCommand, Severity } from '../../shared/incidents.ts';
import { Id, Timestamp } from '../../shared/text.ts';
import { DraftPhoto } from '../photos/photo-keeper.ts';
import type { Storage } from '../state/storage.ts';

/** When it happened, as it is said in fear; `other` is a time of its own. */
export const When = v.picklist(['now', 'minutes', 'hour', 'other']);
export type When = v.InferOutput<typeof When>;

const Draft = v.object({
  neighbourhoodId: Id,
  category: v.nullable(Category),
  severity: Severity,
  position: v.nullable(Position),
  /** Whether the server will probably take the position. */
  inside: v.boolean(),
  /** It is at somebody's home: only the coarse place leaves the device. Absent in drafts of older versions. */
  coarse: v.optional(v.boolean(), false),
  description: v.string(),
  /** By category, so that a wrong tap on another loses nothing. Absent in drafts of older versions, as what follows. */
  answers: v.optional(v.record(v.string(), Answers), {}),
  when: v.optional(When, 'now'),
  /** null: at the moment of sending */
  observedAt: v.optional(v.nullable(Timestamp), null),
  /** The category of which the person has said that they called, or cannot. */
  called: v.optional(v.nullable(Category), null),
  anonymous: v.boolean(),
  photos: v.optional(v.array(DraftPhoto), []),
  changedAt: v.number(),
});
export type Draft = v.InferOutput<typeof Draft>;

// What was begun longer ago is another event at another place.
const goodFor = 60 * 60_000;
const storageKey = 'draft';

const blank = (neighbourhoodId: Id, now: number): Draft => ({
  neighbourhoodId,
  category: null,
  severity: 'minor',
  position: null,
  inside: false,
  coarse: false,
  description: '',
  answers: {},
  when: 'now',
  observedAt: null,
  called: null,
  anonymous: false,
  photos: [],
  changedAt: now,
});

/** The alert being written: kept on the device at every change, so that neither Back nor a reload loses it. */
export function createDrafts(storage: Storage, now: () => number) {
  const draft = signal<Draft | null>(null);

  function put(next: Draft): void {
    draft.value = next;
    void storage.set(storageKey, next);
  }

  function change(changed: Partial<Omit<Draft, 'neighbourhoodId' | 'changedAt'>>): void {
    if (draft.value) put({ ...draft.value, ...changed, changedAt: now() });
  }

  return {
    draft,

    /** The draft of this neighbourhood: what was begun within the hour, or a blank one. */
    async open(neighbourhoodId: Id): Promise<void> {
      const stored = v.safeParse(Draft, draft.value ?? (await storage.get(storageKey)));
      const good =
        stored.success &&
        stored.output.neighbourhoodId === neighbourhoodId &&
        now() - stored.output.changedAt < goodFor;
      draft.value = good ? stored.output : blank(neighbourhoodId, now());
    },

    change,

    /** Keeps what the category that is chosen now was answered. */
    answer(answers: Answers): void {
      const { value } = draft;
      if (value?.category) change({ answers: { ...value.answers, [value.category]: answers } });
    },

    /** Starts again from a command that was refused. */
    begin(neighbourhoodId: Id, command: ReportCommand, photos: DraftPhoto[]): void {
      const { category, severity, position, coarse, description, anonymous, observedAt = null } = command;
      put({
        ...blank(neighbourhoodId, now()),
        category,
        severity,
        position,
        inside: true,
        coarse,
        description,
        answers: { [category]: command.answers },
        when: observedAt === null ? 'now' : 'other',
        observedAt,
        called: category,
        anonymous,
        photos,
      });
    },

    /** Resolves once the device has forgotten it too: a page that goes before that would bring it back. */
    async discard(): Promise<void> {
      draft.value = null;
      await storage.remove(storageKey);
    },
  };
}
