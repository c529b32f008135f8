import { useState } from 'preact/hooks';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';
import { addNote, type Note } from './notes.ts';

/** Notes something for the report, with nothing in the way. */
export function NoteDialog({
  neighbourhoodId,
  patrolId,
  notes,
  onNotes,
  onClose,
}: {
  neighbourhoodId: Id;
  patrolId: Id;
  notes: readonly Note[];
  onNotes: (notes: Note[]) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const keep = async () => {
    onNotes(await addNote(neighbourhoodId, patrolId, { at: Date.now(), text: text.trim() }));
    onClose();
  };
  return (
    <Dialog title={t('round.note')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') void keep();
        }}
      >
        <TextArea label={t('round.noteText')} hint={t('round.noteHint')} value={text} onValue={setText} />
        <button type="submit" class="button button--primary button--wide">
          {t('round.noteSave')}
        </button>
        <ul class="rows">
          {notes.map((note) => (
            <li key={note.at}>
              {times().clock(note.at)} · {note.text}
            </li>
          ))}
        </ul>
      </form>
    </Dialog>
  );
}
