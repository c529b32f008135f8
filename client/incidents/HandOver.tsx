import { useState } from 'preact/hooks';
import { emptyLife, type IncidentLife } from '../../shared/incident-life.ts';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';
import { responders } from './progress.ts';

/** As many names as a phone shows without scrolling far; the rest is found by its first letters. */
const most = 20;

/** Chooses who shall have the incident in hand: those who take part first, then everybody by name. */
export function HandOver({
  incidentId,
  life,
  room,
  onClose,
}: {
  incidentId: Id;
  life: IncidentLife;
  room: OpenRoom;
  onClose: () => void;
}) {
  const [wanted, setWanted] = useState('');
  const hand = useCommand(async (key: string, memberId: Id) => {
    const { handling } = await api.handOver(room.id, incidentId, { memberId }, key);
    room.state.detailed({ ...emptyLife(incidentId), handling }, []);
    onClose();
  });
  const me = room.state.me.value?.id;
  const order = new Map(responders(life).map(({ memberId }, i) => [memberId, i]));
  const place = (id: Id) => order.get(id) ?? order.size;
  const members = [...room.state.members.value.values()]
    .filter(({ id, status }) => status === 'active' && id !== life.handling?.ownerId)
    .toSorted((a, b) => place(a.id) - place(b.id) || a.name.localeCompare(b.name));
  const found = members.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Dialog title={t('handOver.title')} onClose={onClose}>
      <p>{t('handOver.hint')}</p>
      {members.length > 8 && <TextField label={t('handOver.search')} value={wanted} onValue={setWanted} />}
      {members.length === 0 && <p class="hint">{t('handOver.nobody')}</p>}
      <ul class="people">
        {found.slice(0, most).map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              class="button button--wide"
              disabled={hand.busy}
              onClick={() => hand.start(id)}
            >
              {id === me ? t('handOver.me') : name}
              {order.has(id) && <span class="badge">{t('handOver.takesPart')}</span>}
            </button>
          </li>
        ))}
      </ul>
      {hand.failure && (
        <p class="failure" role="alert">
          {hand.failure}
        </p>
      )}
    </Dialog>
  );
}
