import { useEffect, useState } from 'preact/hooks';
import type { HistoryEntry } from '../../shared/history.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { failureText } from '../ui/failure.ts';
import { Icon } from '../ui/icons.tsx';
import { linesOf, titleOf } from './history-lines.ts';

type About = { incident: Incident; room: OpenRoom };

function Change({ change, room }: { change: HistoryEntry; room: OpenRoom }) {
  const nameOf = (memberId: string) =>
    memberId === room.state.me.value?.id
      ? t('neighbours.you')
      : (room.state.members.value.get(memberId)?.name ?? t('incident.formerMember'));
  const time = times().moment(change.at);
  return (
    <li class="change">
      <p class="change__title">{titleOf(change)}</p>
      <p class="hint">{change.by === null ? time : t('history.who', { name: nameOf(change.by), time })}</p>
      {linesOf(change, nameOf).map((line) => (
        <p key={line} class="words">
          {line}
        </p>
      ))}
    </li>
  );
}

function HistoryDialog({ incident, room, onClose }: About & { onClose: () => void }) {
  const [changes, setChanges] = useState<readonly HistoryEntry[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  // Also when the incident changes while this is open.
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const { changes: found } = await api.history(room.id, incident.id);
        if (wanted) setChanges(found);
      } catch (error) {
        if (wanted) setFailure(failureText(error));
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id, incident.id, incident.version]);
  return (
    <Dialog title={t('history.open')} onClose={onClose}>
      <p class="hint">{t('history.lead')}</p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {changes === null && !failure && <div class="skeleton" role="status" aria-label={t('app.loading')} />}
      {changes?.length === 0 && <p>{t('history.none')}</p>}
      <ol class="changes">
        {changes?.map((change, i) => (
          <Change key={`${change.at} ${i}`} change={change} room={room} />
        ))}
      </ol>
    </Dialog>
  );
}

/** What became of an incident, change by change, behind a button. */
export function History({ incident, room }: About) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        <Icon name="clock" />
        {t('history.open')}
      </button>
      {open && <HistoryDialog incident={incident} room={room} onClose={() => setOpen(false)} />}
    </>
  );
}
