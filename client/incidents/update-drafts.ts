import * as v from 'valibot';
import { UpdateKind } from '../../shared/incident-life.ts';
import { Id } from '../../shared/text.ts';
import type { Storage } from '../state/storage.ts';

const UpdateDraft = v.object({
  kind: UpdateKind,
  text: v.string(),
  /** Who was chosen behind an @. */
  mentions: v.array(v.object({ id: Id, name: v.string() })),
});
export type UpdateDraft = v.InferOutput<typeof UpdateDraft>;

const Kept = v.array(v.object({ incidentId: Id, changedAt: v.number(), draft: UpdateDraft }));
type Kept = v.InferOutput<typeof Kept>;

const storageKey = 'update-drafts';
/** What was begun longer ago is about something that is over. */
const goodFor = 24 * 60 * 60_000;
const most = 20;

/** What is being written about incidents, kept on the device at every change: the newest of each. */
export function createUpdateDrafts(storage: Storage, now: () => number) {
  let held: Kept | null = null;

  async function all(): Promise<Kept> {
    if (held === null) {
      const stored = v.safeParse(Kept, await storage.get(storageKey));
      held ??= stored.success ? stored.output : [];
    }
    return held.filter(({ changedAt }) => now() - changedAt < goodFor);
  }

  return {
    async get(incidentId: Id): Promise<UpdateDraft | null> {
      return (await all()).find((kept) => kept.incidentId === incidentId)?.draft ?? null;
    },
    /** Keeps what is written; what has no words is gone. */
    async keep(incidentId: Id, draft: UpdateDraft): Promise<void> {
      const others = (await all()).filter((kept) => kept.incidentId !== incidentId);
      const mine = draft.text.trim() === '' ? [] : [{ incidentId, changedAt: now(), draft }];
      held = [...others, ...mine].slice(-most);
      await storage.set(storageKey, held);
    },
  };
}
