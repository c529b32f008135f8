import { useState } from 'preact/hooks';
import type { ResolveCommand } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { useCommand } from '../ui/use-command.ts';
import { ReasonDialog } from './ReasonDialog.tsx';

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
  const close = useCommand(async (key: string, command: ResolveCommand) => {
    const told = await api.resolve(room.id, incident.id, command, key);
    room.state.addToArchive([told.incident]);
    onClose();
  });
  return (
    <ReasonDialog
      title={t('ending.title')}
      label={t('ending.reason')}
      hint={t('ending.hint')}
      action={t('ending.do')}
      command={close}
      onReason={(reason) => close.start({ kind, reason })}
      onClose={onClose}
    >
      <Choices
        legend={t('ending.title')}
        hiddenLegend
        value={kind}
        options={kinds.map((value) => ({ value, label: t(`ending.${value}`) }))}
        onValue={setKind}
      />
      <p class="hint">{t(`ending.${kind}Hint`)}</p>
    </ReasonDialog>
  );
}
