import { useEffect, useRef, useState } from 'preact/hooks';
import { emptyLife, type UpdateCommand, type UpdateKind } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { api, kept } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { useCommand } from '../ui/use-command.ts';
import { stillNamed } from './mention.ts';
import { MentionField } from './MentionField.tsx';
import { createUpdateDrafts, type UpdateDraft } from './update-drafts.ts';

const drafts = createUpdateDrafts(kept, Date.now);
const blank: UpdateDraft = { kind: 'observation', text: '', mentions: [] };

/** Writes an observation or a comment; what was begun stays on the device until it is sent. */
export function UpdateComposer({
  incident,
  room,
  onPosted,
}: {
  incident: Incident;
  room: OpenRoom;
  onPosted: (kind: UpdateKind) => void;
}) {
  const [draft, setDraft] = useState(blank);
  const [sent, setSent] = useState(false);
  const latest = useRef(draft);
  const put = (next: UpdateDraft) => {
    latest.current = next;
    setDraft(next);
    void drafts.keep(incident.id, next);
  };
  const post = useCommand(async (key: string, command: UpdateCommand) => {
    const { update } = await api.postUpdate(room.id, incident.id, command, key);
    room.state.detailed(emptyLife(incident.id), [update]);
    // What was written on while this was on its way stays.
    if (latest.current.text.trim() === command.text) {
      put({ ...blank, kind: command.kind });
    }
    setSent(true);
    onPosted(command.kind);
  });

  useEffect(() => {
    let here = true;
    const load = async () => {
      const begun = await drafts.get(incident.id);
      if (!here || begun === null || latest.current.text !== '') return;
      latest.current = begun;
      setDraft(begun);
    };
    void load();
    return () => {
      here = false;
    };
  }, [incident.id]);

  const over = incident.status === 'closed';
  const kind = over ? 'comment' : draft.kind;
  const change = (changed: Partial<UpdateDraft>) => {
    put({ ...latest.current, ...changed });
    setSent(false);
    post.clear();
  };
  const me = room.state.me.value?.id;
  const people = [...room.state.members.value.values()].filter(
    ({ id, status }) => status === 'active' && id !== me,
  );
  return (
    <form
      class="stack composer"
      onSubmit={(event) => {
        event.preventDefault();
        const mentions = stillNamed(draft.text, draft.mentions).map(({ id }) => id);
        if (draft.text.trim() !== '') post.start({ kind, text: draft.text.trim(), mentions });
      }}
    >
      {over ? (
        <p class="hint">{t('updates.over')}</p>
      ) : (
        <Choices<UpdateKind>
          legend={t('updates.kind')}
          value={kind}
          options={[
            { value: 'observation', label: t('updates.observation') },
            { value: 'comment', label: t('updates.comment') },
          ]}
          onValue={(chosen) => change({ kind: chosen })}
        />
      )}
      <p class="hint">{t(kind === 'comment' ? 'updates.commentHint' : 'updates.observationHint')}</p>
      <MentionField
        label={t('updates.words')}
        hint={t('updates.wordsHint')}
        text={draft.text}
        chosen={draft.mentions}
        people={people}
        onChange={(text, mentions) => change({ text, mentions: [...mentions] })}
      />
      {post.failure && (
        <p class="failure" role="alert">
          {post.failure}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="button" disabled={post.busy || draft.text.trim() === ''}>
          {t('updates.send')}
        </button>
      </div>
      <p class="unseen" role="status">
        {sent && t('updates.sent')}
      </p>
    </form>
  );
}
