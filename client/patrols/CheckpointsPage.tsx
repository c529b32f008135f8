import { useEffect, useState } from 'preact/hooks';
import type { Checkpoints } from '../../shared/patrols.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { locate } from '../incidents/my-position.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { TextField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { QrCode } from '../ui/QrCode.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

/** The checkpoints with their codes, to be printed and hung on the way; placed where one stands. */
export function CheckpointsPage({ room }: { room: OpenRoom }) {
  const [found, setFound] = useState<Checkpoints['checkpoints'] | null>(null);
  const [name, setName] = useState('');
  const [nowhere, setNowhere] = useState(false);
  const places = room.state.me.value?.role !== 'resident';
  const load = async () => setFound((await api.checkpoints(room.id)).checkpoints);
  useEffect(() => {
    const first = async () => {
      try {
        await load();
      } catch (error) {
        failureCode(error);
      }
    };
    void first();
  }, [room.id]);
  const place = useCommand(async (key: string, given: string) => {
    const position = isSecureContext && 'geolocation' in navigator ? await locate() : null;
    setNowhere(position === null);
    if (position === null) return;
    await api.placeCheckpoint(room.id, { name: given, position }, key);
    setName('');
    await load();
  });
  const remove = useCommand(async (_key: string, id: string) => {
    await api.removeCheckpoint(room.id, id);
    await load();
  });
  const failure = place.failure ?? remove.failure;
  return (
    <Page title={t('checkpoints.title')} back={paths.patrol(room.id)}>
      <p class="not-printed">{t('checkpoints.lead')}</p>
      {found?.length === 0 && <p class="hint">{t('checkpoints.none')}</p>}
      <ul class="checkpoints">
        {found?.map(({ id, name: called, code }) => (
          <li key={id} class="checkpoint">
            <h2>{called}</h2>
            {code !== null && (
              <QrCode
                text={`${location.origin}${paths.checkpoint(room.id, code)}`}
                label={t('checkpoints.code', { name: called })}
              />
            )}
            <p class="checkpoint__of">{room.state.neighbourhood.value?.name}</p>
            {places && (
              <button
                type="button"
                class="button not-printed"
                disabled={remove.busy}
                onClick={() => remove.start(id)}
              >
                {t('checkpoints.remove', { name: called })}
              </button>
            )}
          </li>
        ))}
      </ul>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {places && (
        <form
          class="stack not-printed"
          onSubmit={(event) => {
            event.preventDefault();
            place.start(name);
          }}
        >
          <TextField label={t('checkpoints.name')} value={name} onValue={setName} />
          {nowhere && <p class="failure">{t('checkpoints.nowhere')}</p>}
          <button type="submit" class="button button--wide" disabled={place.busy || name.trim() === ''}>
            {t('checkpoints.here')}
          </button>
          {found !== null && found.length > 0 && (
            <button type="button" class="button button--wide" onClick={() => print()}>
              {t('checkpoints.print')}
            </button>
          )}
        </form>
      )}
    </Page>
  );
}
