import { useState } from 'preact/hooks';
import { PairingCommand } from '../../shared/relays.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { TextField } from '../ui/Field.tsx';
import { nameProblem } from '../ui/names.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { PairingCard } from './PairingCard.tsx';
import { usePairings } from './use-pairings.ts';

/** Somebody agreed at their door to be told by me. */
function AddForm({ room }: { room: OpenRoom }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const add = useCommand(async (key: string, given: string) => {
    await api.addPairing(room.id, given, key);
    setName('');
  });
  return (
    <form
      class="stack box"
      onSubmit={(event) => {
        event.preventDefault();
        const wrong = nameProblem(PairingCommand.entries.name, name);
        setProblem(wrong);
        if (wrong === null) add.start(name);
      }}
    >
      <h2>{t('pairings.add')}</h2>
      <p>{t('pairings.askFirst')}</p>
      <TextField label={t('pairings.name')} error={problem ?? add.failure} value={name} onValue={setName} />
      <button type="submit" class="button button--primary" disabled={add.busy}>
        {t('pairings.submit')}
      </button>
    </form>
  );
}

/** Neighbours without a phone: whom I tell; of a coordinator all who are told. */
export function PairingsPage({ room }: { room: OpenRoom }) {
  const { known, failure } = usePairings(room);
  const isCoordinator = room.state.me.value?.role === 'coordinator';
  return (
    <Page title={t('pairings.title')} back={paths.me}>
      <p>{t('pairings.lead')}</p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {known?.length === 0 && <p class="hint">{t(isCoordinator ? 'pairings.noneHere' : 'pairings.none')}</p>}
      {known !== null && known.length > 0 && (
        <ul class="pairings">
          {known.map((pairing) => (
            <PairingCard key={pairing.id} pairing={pairing} room={room} />
          ))}
        </ul>
      )}
      <AddForm room={room} />
    </Page>
  );
}
