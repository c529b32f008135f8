import { useEffect, useState } from 'preact/hooks';
import type { Id } from '../../shared/text.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';

/** Whom I am not shown to while I walk; loaded when it is opened. */
export function BlockingChoice({ room }: { room: OpenRoom }) {
  const [open, setOpen] = useState(false);
  const [blocked, setBlocked] = useState<ReadonlySet<Id> | null>(null);
  const [saved, setSaved] = useState(false);
  useEffect(() => {
    if (!open) return;
    const load = async () => {
      try {
        setBlocked(new Set((await api.blocking(room.id)).blocked));
      } catch (error) {
        failureCode(error);
      }
    };
    void load();
  }, [room.id, open]);
  const save = useCommand(async () => {
    await api.block(room.id, [...(blocked ?? [])]);
    setSaved(true);
  });
  const me = room.state.me.value?.id;
  const others = [...room.state.members.value.values()]
    .filter(({ id, status }) => status === 'active' && id !== me)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  function choose(id: Id, is: boolean) {
    const next = new Set(blocked);
    if (is) next.add(id);
    else next.delete(id);
    setBlocked(next);
    setSaved(false);
  }
  return (
    <details class="box" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('round.blocking')}</summary>
      <div class="stack">
        <p class="hint">{t('round.blockingHint')}</p>
        {blocked !== null && (
          <fieldset class="stack sos-people">
            <legend class="unseen">{t('round.blocking')}</legend>
            {others.map(({ id, name }) => (
              <label key={id} class="check">
                <input
                  type="checkbox"
                  checked={blocked.has(id)}
                  onChange={(event) => choose(id, event.currentTarget.checked)}
                />
                <span>{name}</span>
              </label>
            ))}
          </fieldset>
        )}
        <p role="status">{saved && t('round.blockSaved')}</p>
        {save.failure && (
          <p class="failure" role="alert">
            {save.failure}
          </p>
        )}
        <button
          type="button"
          class="button button--wide"
          disabled={save.busy || blocked === null}
          onClick={() => save.start()}
        >
          {t('round.blockSave')}
        </button>
      </div>
    </details>
  );
}
