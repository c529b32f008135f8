import { signal } from '@preact/signals';
import * as v from 'valibot';
import { Position } from '../../shared/geo.ts';
import { Category, type ReportCommand, Severity } from '../../shared/incidents.ts';
import { Id } from '../../shared/text.ts';
import { DraftPhoto } from '../photos/photo-keeper.ts';
import type { Storage } from '../state/storage.ts';

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
  anonymous: v.boolean(),
  photos: v.optional(v.array(DraftPhoto), []),
  changedAt: v.number(),
});
export type Draft = v.InferOutput<typeof Draft>;

/** How serious each kind usually is; the person may say otherwise. */
export const usualSeverity: Record<Category, Severity> = {
  suspicious: 'minor',
  'break-in': 'severe',
  theft: 'moderate',
  fire: 'severe',
  medical: 'severe',
  missing: 'severe',
  'road-hazard': 'moderate',
  noise: 'minor',
  damage: 'minor',
  other: 'minor',
};

/** Kinds that mostly happen at somebody's home; the person may say otherwise. */
const atHome: ReadonlySet<Category> = new Set(['break-in', 'noise', 'medical']);
export const usuallyAtHome = (category: Category) => atHome.has(category);

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

    change(changed: Partial<Omit<Draft, 'neighbourhoodId' | 'changedAt'>>): void {
      if (draft.value) put({ ...draft.value, ...changed, changedAt: now() });
    },

    /** Starts again from a command that was refused. */
    begin(neighbourhoodId: Id, command: ReportCommand, photos: DraftPhoto[]): void {
      const { category, severity, position, coarse, description, anonymous } = command;
      put({
        ...blank(neighbourhoodId, now()),
        category,
        severity,
        position,
        inside: true,
        coarse,
        description,
        anonymous,
        photos,
      });
    },

    discard(): void {
      draft.value = null;
      void storage.remove(storageKey);
    },
  };
}
