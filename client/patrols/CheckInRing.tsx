import { useState } from 'preact/hooks';
import type { Patrol } from '../../shared/patrols.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { CodeField } from '../sos/CodeField.tsx';
import { useSettings } from '../sos/use-settings.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { useCommand } from '../ui/use-command.ts';
import { awaited, leftOf } from './check-in.ts';

/** A ring that runs down, and what it runs down to. */
function Ring({ left, children }: { left: number; children: string }) {
  return (
    <span class="check-in__ring">
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle class="check-in__track" cx="18" cy="18" r="15.9" pathLength={100} />
        <circle
          class="check-in__left"
          cx="18"
          cy="18"
          r="15.9"
          pathLength={100}
          stroke-dasharray={`${left * 100} 100`}
        />
      </svg>
      <span class="check-in__time">{children}</span>
    </span>
  );
}

/** That I am well: the time that is left, and one big button. Nothing where nothing is waited for of me. */
export function CheckInRing({ room, patrol }: { room: OpenRoom; patrol: Patrol }) {
  const { safety, me } = room.state;
  const { settings } = useSettings(room.id);
  const [code, setCode] = useState('');
  const memberId = me.value?.id ?? '';
  const search =
    [...safety.searches.value.values()].find((one) => one.memberId === memberId && one.end === null) ?? null;
  const say = useCommand(async (key: string) => {
    const given = code === '' ? {} : { code };
    if (search?.step === 'exhausted')
      safety.takeSearch((await api.sayFound(room.id, search.id, given, key)).search);
    else {
      safety.takeCheckIn((await api.checkIn(room.id, patrol.id, given, key)).checkIn);
      // What became of a search the server says.
      if (search !== null) safety.takeSearch((await api.search(room.id, search.id)).search);
    }
    setCode('');
  });
  const waiting = awaited(patrol, memberId, safety.checkIns.value.values());
  if (waiting === null && search === null) return null;
  // This device's time may be a moment behind, and more than the whole is never left.
  const left = waiting === null ? 0 : Math.ceil((waiting.dueAt - now.value) / 60_000);
  const minutes = Math.min(patrol.checkIn.everyMinutes, Math.max(0, left));
  const late = search !== null || (waiting !== null && now.value >= waiting.dueAt);
  return (
    <form
      class={`check-in${late ? ' check-in--late' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        say.start();
      }}
    >
      {search === null ? (
        <Ring left={waiting === null ? 0 : leftOf(waiting, now.value)}>
          {t('checkIn.minutes', { count: minutes })}
        </Ring>
      ) : null}
      <p class="check-in__words" role="status">
        {search !== null
          ? t('checkIn.searched', { age: times().ago(search.beganAt, now.value) })
          : late
            ? t('checkIn.late')
            : t('checkIn.next', { time: times().clock(waiting?.dueAt ?? now.value) })}
      </p>
      {settings?.hasCodes === true && (
        <details class="check-in__code" open={search !== null}>
          <summary>{t('checkIn.withCode')}</summary>
          <CodeField label={t('sos.code')} value={code} onValue={setCode} />
        </details>
      )}
      {say.failure && (
        <p class="failure" role="alert">
          {say.failure}
        </p>
      )}
      <button type="submit" class="button button--primary button--fear button--wide" disabled={say.busy}>
        {t('checkIn.fine')}
      </button>
    </form>
  );
}
