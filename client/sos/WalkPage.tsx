import { useEffect, useState } from 'preact/hooks';
import { nextAt, wallClock } from '../../shared/local-time.ts';
import type { Walk } from '../../shared/sos.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { MinuteField } from '../notifications/HoursFields.tsx';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { TextField } from '../ui/Field.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CodeField } from './CodeField.tsx';
import { ownSos } from './own.ts';
import { useSettings } from './use-settings.ts';

const minute = 60_000;
/** Times are read off the clock of whoever walks. */
const timeZoneHere = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const lengths = ['10', '20', '30', '60'] as const;
type Until = (typeof lengths)[number] | 'clock';

/** Half an hour from now, on the next five minutes of the reader's clock. */
function usualMinute(): number {
  const { minute: of } = wallClock(Date.now() + 30 * minute, timeZoneHere());
  return (Math.ceil(of / 5) * 5) % (24 * 60);
}

function SettingOut({ room, onWalk }: { room: OpenRoom; onWalk: (walk: Walk | null) => void }) {
  const [until, setUntil] = useState<Until>('20');
  const [clock, setClock] = useState(usualMinute);
  const [note, setNote] = useState('');
  const go = useCommand(async () => {
    const at = Date.now();
    const raiseAt = until === 'clock' ? nextAt(clock, at, timeZoneHere()) : at + Number(until) * minute;
    const { walk } = await api.setOut(room.id, { raiseAt, note });
    onWalk(walk);
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        go.start();
      }}
    >
      <p>{t('walk.lead')}</p>
      <Choices
        legend={t('walk.when')}
        value={until}
        options={[
          ...lengths.map((value) => ({ value, label: t('walk.minutes', { count: Number(value) }) })),
          { value: 'clock', label: t('walk.byClock') },
        ]}
        onValue={setUntil}
      />
      {until === 'clock' && <MinuteField label={t('walk.clock')} value={clock} onValue={setClock} />}
      <TextField label={t('walk.note')} hint={t('walk.noteHint')} value={note} onValue={setNote} />
      {go.failure && (
        <p class="failure" role="alert">
          {go.failure}
        </p>
      )}
      <button
        type="submit"
        class="button button--primary button--fear button--wide"
        disabled={go.busy || ownSos.value !== null}
      >
        {t('walk.go')}
      </button>
    </form>
  );
}

function UnderWay({
  walk,
  room,
  coded,
  onWalk,
}: {
  walk: Walk;
  room: OpenRoom;
  coded: boolean;
  onWalk: (walk: Walk | null) => void;
}) {
  const [code, setCode] = useState('');
  const given = code === '' ? {} : { code };
  const home = useCommand(async () => onWalk((await api.amHome(room.id, given)).walk));
  const later = useCommand(async () => {
    // From now, where it is due already.
    const raiseAt = Math.max(walk.raiseAt, Date.now()) + 10 * minute;
    onWalk((await api.setOut(room.id, { raiseAt, ...given })).walk);
    setCode('');
  });
  const failure = home.failure ?? later.failure;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        home.start();
      }}
    >
      <p class="sos-count" role="status">
        {t('walk.until', { time: times().clock(walk.raiseAt) })}
      </p>
      <p class="hint">{t('walk.untilHint')}</p>
      {coded && <CodeField label={t('sos.code')} value={code} onValue={setCode} />}
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      <button
        type="submit"
        class="button button--primary button--fear button--wide"
        disabled={home.busy || later.busy}
      >
        {t('walk.home')}
      </button>
      <button
        type="button"
        class="button button--wide"
        disabled={home.busy || later.busy}
        onClick={() => later.start()}
      >
        {t('walk.later')}
      </button>
    </form>
  );
}

/** "I am walking home": the server raises the SOS where nobody says that they are there. */
export function WalkPage({ room }: { room: OpenRoom }) {
  const [walk, setWalk] = useState<Walk | null>(null);
  const { settings } = useSettings(room.id);
  const sosId = ownSos.value?.id;
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const found = await api.walk(room.id);
        if (wanted) setWalk(found.walk);
      } catch (error) {
        failureCode(error);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
    // What it became shows as an SOS of mine; a page that was asleep looks again.
  }, [room.id, sosId, now.value - (now.value % minute)]);
  return (
    <Page title={t('walk.title')} back={paths.me}>
      {walk?.state === 'walking' ? (
        <UnderWay walk={walk} room={room} coded={settings?.hasCodes === true} onWalk={setWalk} />
      ) : (
        <>
          {walk?.state === 'home' && <p class="well">{t('walk.ended')}</p>}
          {sosId !== undefined && (
            <a class="button button--wide" href={paths.sos(room.id)}>
              {t('sos.mine')}
            </a>
          )}
          <SettingOut room={room} onWalk={setWalk} />
        </>
      )}
    </Page>
  );
}
