import { useId, useState } from 'preact/hooks';
import { defaultRetentionDays } from '../../shared/neighbourhoods.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/use-command.ts';

const choices = [7, 14, 30, 60, 90, 180, 365];

function Change({ room, days }: { room: OpenRoom; days: number }) {
  const id = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  const change = useCommand(async (_key: string, next: number) => {
    await api.changeSettings(room.id, { retentionDays: next });
    setDone(true);
  });
  const next = chosen ?? days;
  return (
    <>
      <div class="field">
        <label class="field__label" for={id}>
          {t('retention.after')}
        </label>
        <select
          id={id}
          class="select"
          value={next}
          disabled={change.busy}
          onChange={(event) => {
            setDone(false);
            setChosen(Number(event.currentTarget.value));
          }}
        >
          {[...new Set([...choices, days])]
            .toSorted((a, b) => a - b)
            .map((count) => (
              <option key={count} value={count}>
                {t('retention.days', { count })}
              </option>
            ))}
        </select>
      </div>
      <button
        type="button"
        class="button button--wide"
        disabled={change.busy || next === days}
        onClick={() => setAsking(true)}
      >
        {t('retention.change')}
      </button>
      <p class="well" role="status">
        {done && t('retention.changed')}
      </p>
      {change.failure && (
        <p class="failure" role="alert">
          {change.failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('retention.ask', { count: next })}
          detail={next < days ? t('retention.shorter') : null}
          action={t('retention.change')}
          onConfirm={() => change.start(next)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** After how many days incidents are forgotten: everybody reads it, coordinators change it. */
export function Retention({ room }: { room: OpenRoom }) {
  const days = room.state.neighbourhood.value?.retentionDays ?? defaultRetentionDays;
  return (
    <section class="stack">
      <h2>{t('retention.title')}</h2>
      <p>{t('retention.sentence', { count: days })}</p>
      {room.state.me.value?.role === 'coordinator' && <Change room={room} days={days} />}
    </section>
  );
}
