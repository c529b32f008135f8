import { useState } from 'preact/hooks';
import { defaultCheckIn, type Patrol, walkersOf } from '../../shared/patrols.ts';
import { t, times } from '../i18n/i18n.ts';
import { locate, mayLocate } from '../incidents/my-position.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { TextField } from '../ui/Field.tsx';
import { Rule } from '../shifts/Rule.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { HandOverNote } from './HandOverNote.tsx';
import { nameOf } from './Partners.tsx';

/** My shifts that may be walked for now start or end within so long. */
const aroundMs = 2 * 3600 * 1000;
/** How often walkers say that they are well, in minutes. */
const intervals = ['15', '30', '60'] as const;
type Every = (typeof intervals)[number];

function Start({ room }: { room: OpenRoom }) {
  const me = room.state.me.value?.id;
  const mine = [...room.state.rota.shifts.value.values()]
    .filter(({ status, startsAt, endsAt, signUps }) => {
      const near = startsAt - aroundMs < now.value && now.value < endsAt + aroundMs;
      return status === 'planned' && near && signUps.some(({ memberId }) => memberId === me);
    })
    .toSorted((a, b) => a.startsAt - b.startsAt);
  const [chosen, setChosen] = useState(mine[0]?.id ?? '');
  const [every, setEvery] = useState<Every>('30');
  const start = useCommand(async (key: string, shiftId: string, everyMinutes: number) => {
    // Asked for once the person has said yes to it; without a place the server takes their word.
    const position = (await mayLocate()) ? await locate() : null;
    const body = {
      ...(shiftId === '' ? {} : { shiftId }),
      ...(position === null ? {} : { position }),
      checkIn: { ...defaultCheckIn, everyMinutes },
    };
    room.state.rounds.take([(await api.startPatrol(room.id, body, key)).patrol]);
  });
  return (
    <section class="stack">
      <p>{t('round.startHint')}</p>
      {mine.length > 0 && (
        <Choices
          legend={t('round.which')}
          value={chosen}
          options={[
            ...mine.map(({ id, startsAt }) => ({
              value: id,
              label: t('round.fromShift', { time: times().clock(startsAt) }),
            })),
            { value: '', label: t('round.noShift') },
          ]}
          onValue={setChosen}
        />
      )}
      <Choices
        legend={t('checkIn.every')}
        value={every}
        options={intervals.map((value) => ({ value, label: t('checkIn.minutes', { count: Number(value) }) }))}
        onValue={setEvery}
      />
      {start.failure && (
        <p class="failure" role="alert">
          {start.failure}
        </p>
      )}
      <button
        type="button"
        class="button button--primary button--fear button--wide"
        disabled={start.busy}
        onClick={() => start.start(chosen, Number(every))}
      >
        {t('round.start')}
      </button>
    </section>
  );
}

/** A round that waits for its second walker: with the digits at once, else by a tap on both phones. */
function Waiting({ patrol, room, given }: { patrol: Patrol; room: OpenRoom; given: string }) {
  const [code, setCode] = useState(given);
  const me = room.state.me.value?.id;
  const join = useCommand(async (key: string, digits: string) => {
    const body = digits === '' ? {} : { code: digits };
    room.state.rounds.take([(await api.joinPatrol(room.id, patrol.id, body, key)).patrol]);
  });
  const asked = patrol.asking.some(({ memberId }) => memberId === me);
  const [first = ''] = walkersOf(patrol);
  return (
    <form
      class="box stack"
      onSubmit={(event) => {
        event.preventDefault();
        join.start(code);
      }}
    >
      <h2>{t('round.gathers', { name: nameOf(room, first) })}</h2>
      <TextField label={t('round.withCode')} value={code} inputMode="numeric" onValue={setCode} />
      <button type="submit" class="button button--primary button--wide" disabled={join.busy || code === ''}>
        {t('round.join')}
      </button>
      <button
        type="button"
        class="button button--wide"
        disabled={join.busy || asked}
        onClick={() => join.start('')}
      >
        {t('round.ask')}
      </button>
      <p role="status">{asked && t('round.asked')}</p>
      {join.failure && (
        <p class="failure" role="alert">
          {join.failure}
        </p>
      )}
    </form>
  );
}

/** Before a round: starting one, or coming along. @param partner a first phone's code that was scanned */
export function SettingOut({ room, partner }: { room: OpenRoom; partner: string | null }) {
  const [patrolId, digits = ''] = partner?.split('.') ?? [];
  const open = [...room.state.rounds.patrols.value.values()].filter(({ id, state }) =>
    partner === null ? state === 'gathering' : id === patrolId && state !== 'ended',
  );
  return (
    <>
      <Rule />
      <HandOverNote room={room} />
      {open.map((patrol) => (
        <Waiting key={patrol.id} patrol={patrol} room={room} given={digits} />
      ))}
      {room.state.me.value?.role === 'resident' ? (
        <p>{t('round.volunteers')}</p>
      ) : (
        <>
          <Start room={room} />
          <a class="button button--wide" href={paths.checkpoints(room.id)}>
            {t('checkpoints.title')}
          </a>
        </>
      )}
    </>
  );
}
