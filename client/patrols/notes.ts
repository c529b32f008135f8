import * as v from 'valibot';
import type { Id } from '../../shared/text.ts';
import { kept } from '../runtime.ts';

const Note = v.object({ at: v.number(), text: v.string() });
export type Note = v.InferOutput<typeof Note>;
const Notes = v.array(Note);
const most = 100;

const keyOf = (patrolId: Id) => `round-notes:${patrolId}`;

/** What I noted on this round, oldest first. It stays on this device until it is told in the report. */
export async function notesOf(patrolId: Id): Promise<Note[]> {
  const stored = v.safeParse(Notes, await kept.get(keyOf(patrolId)));
  return stored.success ? stored.output : [];
}

export async function addNote(patrolId: Id, note: Note): Promise<Note[]> {
  const notes = [...(await notesOf(patrolId)), note].slice(-most);
  await kept.set(keyOf(patrolId), notes);
  return notes;
}
