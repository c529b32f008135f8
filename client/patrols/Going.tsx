import { useState } from 'preact/hooks';
import { type Patrol, walkersOf } from '../../shared/patrols.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { CodeField } from '../sos/CodeField.tsx';
import { useSettings } from '../sos/use-settings.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/use-command.ts';

type Way = 'leave' | 'end';

/** Asks before it, with the code where one is set: it ends what waits for my word. */
function GoingDialog({
  way,
  patrol,
  room,
  coded,
  onClose,
}: {
  way: Way;
  patrol: Patrol;
  room: OpenRoom;
  coded: boolean;
  onClose: () => void;
}) {
  const [code, setCode] = useState('');
  const go = useCommand(async (key: string, given: string) => {
    const body = given === '' ? {} : { code: given };
    room.state.rounds.take([(await api.goFromPatrol(room.id, patrol.id, way, body, key)).patrol]);
  });
  return (
    <Dialog title={t(way === 'end' ? 'round.endAsk' : 'round.leave')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          go.start(code);
        }}
      >
        <p>{t('round.endHint')}</p>
        {coded && <CodeField label={t('sos.code')} value={code} onValue={setCode} />}
        {go.failure && (
          <p class="failure" role="alert">
            {go.failure}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button button--primary" disabled={go.busy}>
            {t(way === 'end' ? 'round.end' : 'round.leave')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The two ways out of a round: I go while others walk on, or it ends for all. */
export function Going({ patrol, room }: { patrol: Patrol; room: OpenRoom }) {
  const { settings } = useSettings(room.id);
  const [way, setWay] = useState<Way | null>(null);
  const others = walkersOf(patrol).length - 1;
  return (
    <>
      {others > 1 && (
        <button type="button" class="button button--wide" onClick={() => setWay('leave')}>
          {t('round.leave')}
        </button>
      )}
      <button type="button" class="button button--fear button--wide" onClick={() => setWay('end')}>
        {t('round.end')}
      </button>
      {way !== null && (
        <GoingDialog
          way={way}
          patrol={patrol}
          room={room}
          coded={settings?.hasCodes === true}
          onClose={() => setWay(null)}
        />
      )}
    </>
  );
}
