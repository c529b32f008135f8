import { useEffect, useState } from 'preact/hooks';
import type { CalendarLink, CalendarScope } from '../../shared/calendars.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/use-command.ts';

const scopes = ['mine', 'neighbourhood'] as const;
const titles = { mine: 'calendar.mine', neighbourhood: 'calendar.neighbourhood' } as const;

/** Calendar programs ask for this scheme, and then subscribe instead of loading once. */
const webcal = (url: string) => url.replace(/^https?:/u, 'webcal:');

function OneCalendar({
  room,
  scope,
  since,
  onChange,
}: {
  room: OpenRoom;
  scope: CalendarScope;
  since: number | null;
  onChange: (since: number | null) => void;
}) {
  const [made, setMade] = useState<CalendarLink | null>(null);
  const [asking, setAsking] = useState(false);
  const renew = useCommand(async () => {
    const link = await api.renewCalendar(room.id, scope);
    setMade(link);
    onChange(link.renewedAt);
  });
  const end = useCommand(async () => {
    await api.endCalendar(room.id, scope);
    setMade(null);
    onChange(null);
  });
  const failure = renew.failure ?? end.failure;
  return (
    <div class="stack">
      <h3>{t(titles[scope])}</h3>
      {made && (
        <div class="buttons">
          <a class="button button--primary" href={webcal(made.url)}>
            {t('calendar.open')}
          </a>
          <CopyButton text={made.url} label={t('calendar.copy')} done={t('calendar.copied')} icon="link" />
        </div>
      )}
      {!made && since !== null && <p class="hint">{t('calendar.since', { date: times().day(since) })}</p>}
      <div class="buttons">
        <button
          type="button"
          class="button"
          disabled={renew.busy}
          onClick={() => (since === null ? renew.start() : setAsking(true))}
        >
          {t(since === null ? 'calendar.make' : 'calendar.renew')}
        </button>
        {since !== null && (
          <button type="button" class="button" disabled={end.busy} onClick={() => end.start()}>
            {t('calendar.end')}
          </button>
        )}
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('calendar.renew')}
          detail={t('calendar.renewAsk')}
          action={t('calendar.renew')}
          onConfirm={() => renew.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** Links by which a calendar program reads the shifts. */
export function CalendarLinks({ room }: { room: OpenRoom }) {
  const [known, setKnown] = useState<Partial<Record<CalendarScope, number | null>> | null>(null);
  useEffect(() => {
    const load = async () => {
      try {
        const { calendars } = await api.calendars(room.id);
        setKnown(Object.fromEntries(calendars.map(({ scope, renewedAt }) => [scope, renewedAt])));
      } catch (error) {
        // Without a network there is nothing to subscribe to either.
        failureCode(error);
      }
    };
    void load();
  }, [room.id]);
  if (known === null) return null;
  return (
    <section class="stack box">
      <h2>{t('calendar.title')}</h2>
      <p class="hint">{t('calendar.lead')}</p>
      {scopes.map((scope) => (
        <OneCalendar
          key={scope}
          room={room}
          scope={scope}
          since={known[scope] ?? null}
          onChange={(since) => setKnown({ ...known, [scope]: since })}
        />
      ))}
    </section>
  );
}
