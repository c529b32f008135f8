import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { type Drill, isDrillDue, nextDrillAt } from '../../shared/drills.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { membersIn, runningDrill } from './view.ts';

function Start({ room, last }: { room: OpenRoom; last: Drill | null }) {
  const { route } = useLocation();
  const [asking, setAsking] = useState(false);
  const start = useCommand(async (key: string) => {
    const { drill } = await api.startDrill(room.id, key);
    room.state.drills.take([drill]);
    route(paths.drill(room.id, drill.id));
  });
  if (room.state.me.value?.role !== 'coordinator') return <p class="hint">{t('drill.coordinators')}</p>;
  const next = nextDrillAt(last, now.value);
  if (next !== null) return <p class="hint">{t('drill.next', { date: times().day(next) })}</p>;
  const isDue = isDrillDue(last, room.state.neighbourhood.value?.foundedAt ?? now.value, now.value);
  return (
    <>
      {isDue && (
        <p>
          {last === null
            ? t('drill.dueNever')
            : t('drill.due', { age: times().ago(last.startedAt, now.value) })}
        </p>
      )}
      <button
        type="button"
        class="button button--primary button--wide"
        disabled={start.busy}
        onClick={() => setAsking(true)}
      >
        <Icon name="bell" />
        {t('drill.start')}
      </button>
      {start.failure && (
        <p class="failure" role="alert">
          {start.failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('drill.start')}
          detail={t('drill.startAsk')}
          action={t('drill.start')}
          onConfirm={() => start.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** What drills are for, starting one, and how the last ones went. */
export function DrillsPage({ room }: { room: OpenRoom }) {
  const [loaded, setLoaded] = useState(false);
  useEffect(() => {
    const load = async () => {
      try {
        room.state.drills.take((await api.drills(room.id)).drills);
        setLoaded(true);
      } catch (error) {
        // What is known already is shown.
        failureCode(error);
      }
    };
    void load();
  }, [room]);
  const drills = room.state.drills.newest();
  const running = runningDrill(room);
  const past = drills.filter(({ end }) => end !== null);
  return (
    <Page title={t('drill.title')} back={paths.neighbours(room.id)}>
      <p>{t('drill.lead')}</p>
      {running === null && <Start room={room} last={drills[0] ?? null} />}
      <section class="stack">
        <h2>{t('drill.past')}</h2>
        {past.length === 0 && loaded && <p class="hint">{t('drill.never')}</p>}
        <ul class="rows">
          {past.map(({ id, startedAt, end }) => (
            <li key={id}>
              <a class="row" href={paths.drill(room.id, id)}>
                <span class="row__words">
                  <span class="row__title">{times().day(startedAt)}</span>
                  {end && (
                    <span class="hint">
                      {t('drill.reached', {
                        count: end.figures.answered,
                        all: String(membersIn(end.figures)),
                      })}
                    </span>
                  )}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  );
}
