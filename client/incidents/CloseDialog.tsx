import { useState } from 'preact/hooks';
import type { ResolveCommand } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';

const kinds = ['resolved', 'false-alarm', 'unfounded'] as const;

/** Asks how it ended and why; what is said goes to everybody whom the alert reached. */
export function CloseDialog({
  incident,
  room,
  onClose,
}: {
  incident: Incident;
  room: OpenRoom;
  onClose: () => void;
}) {
  const [kind, setKind] = useState<ResolveCommand['kind']>('resolved');
  const [reason, setReason] = useState('');
  const close = useCommand(async (key: string, command: ResolveCommand) => {
    const told = await api.resolve(room.id, incident.id, command, key);
    room.state.addToArchive([told.incident]);
    onClose();
  });
  return (
    <Dialog title={t('ending.title')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          close.start({ kind, reason });
        }}
      >
        <Choices
          legend={t('ending.title')}
          hiddenLegend
          value={kind}
          options={kinds.map((value) => ({ value, label: t(`ending.${value}`) }))}
          onValue={setKind}
        />
        <p class="hint">{t(`ending.${kind}Hint`)}</p>
        <TextArea
          label={t('ending.reason')}
          hint={t('ending.hint')}
          error={close.failure}
          value={reason}
          onValue={setReason}
        />
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button button--primary" disabled={close.busy || reason.trim() === ''}>
            {t('ending.do')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
