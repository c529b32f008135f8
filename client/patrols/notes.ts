import * as v from 'valibot';
import type { Id } from '../../shared/text.ts';
import { kept } from '../runtime.ts';
import { keptKey } from '../state/storage.ts';

const Note = v.object({ at: v.number(), text: v.string() });
export type Note = v.InferOutput<typeof Note>;
const Notes = v.array(Note);
const most = 100;

const keyOf = (neighbourhoodId: Id, patrolId: Id) => keptKey(neighbourhoodId, 'notes', patrolId);

/** What I noted on this round, oldest first. It stays on this device until it is told in the report. */
export async function notesOf(neighbourhoodId: Id, patrolId: Id): Promise<Note[]> {
  const stored = v.safeParse(Notes, await kept.get(keyOf(neighbourhoodId, patrolId)));
  return stored.success ? stored.output : [];
}

export async function addNote(neighbourhoodId: Id, patrolId: Id, note: Note): Promise<Note[]> {
  const notes = [...(await notesOf(neighbourhoodId, patrolId)), note].slice(-most);
  await kept.set(keyOf(neighbourhoodId, patrolId), notes);
  return notes;
}

/** Once the report is written nothing of it stays here. */
export const forgetNotes = (neighbourhoodId: Id, patrolId: Id): Promise<void> =>
  kept.remove(keyOf(neighbourhoodId, patrolId));
