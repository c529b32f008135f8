import type { Id } from '../../shared/text.ts';
import { kept, outbox, photos } from '../runtime.ts';
import { createDrafts } from './draft-keeper.ts';

/** This page's draft. */
export const drafts = createDrafts(kept, Date.now);

/** Opens the draft, and forgets photos that neither it nor an alert on its way names any more. */
export async function openDraft(neighbourhoodId: Id): Promise<void> {
  await drafts.open(neighbourhoodId);
  if (!outbox.loaded.value) return;
  const named = [...outbox.letters.value, drafts.draft.value].flatMap((owner) => owner?.photos ?? []);
  await photos.keepOnly(new Set(named.map(({ key }) => key)));
}
