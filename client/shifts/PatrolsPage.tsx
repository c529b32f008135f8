import { useEffect, useState } from 'preact/hooks';
import { seriesDaysAhead, type Shift } from '../../shared/shifts.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { consentHere } from './consent.ts';
import { ReportsToWrite } from '../patrols/RoundsPage.tsx';
import { Together } from './Together.tsx';
import { Rule } from './Rule.tsx';
import { ShiftRow } from './ShiftRow.tsx';
import { byDay, coming, mine } from './view.ts';
import { daysAfter, mondayOf, whenIn } from './when.ts';

const day = 24 * 3600 * 1000;
const hour = 3600 * 1000;
const lastWeek = 4;

function Rows({
  room,
  shifts,
  dated = false,
}: {
  room: OpenRoom;
  shifts: readonly Shift[];
  dated?: boolean;
}) {
  return (
    <ul class="shifts">
      {shifts.map((shift) => (
        <ShiftRow key={shift.id} room={room} shift={shift} dated={dated} />
      ))}
    </ul>
  );
}

/** A week as its days, those without a shift too. */
function Week({ room }: { room: OpenRoom }) {
  const [week, setWeek] = useState(0);
  const when = whenIn(room.state.neighbourhood.value?.timeZone ?? 'UTC');
  const today = when.date(now.value);
  const monday = daysAfter(mondayOf(today), 7 * week);
  const days = Array.from({ length: 7 }, (_, i) => daysAfter(monday, i)).filter((date) => date >= today);
  const found = byDay(room.state.rota.shifts.value.values(), days, when.date);
  return (
    <section class="stack" aria-labelledby="rota-week">
      <div class="weeks">
        <button
          type="button"
          class="button button--icon weeks__back"
          aria-label={t('rota.previous')}
          disabled={week === 0}
          onClick={() => setWeek(week - 1)}
        >
          <Icon name="chevron" />
        </button>
        <h2 id="rota-week" aria-live="polite">
          {week === 0 ? t('rota.thisWeek') : t('rota.weekOf', { date: when.dayName(monday) })}
        </h2>
        <button
          type="button"
          class="button button--icon weeks__on"
          aria-label={t('rota.next')}
          disabled={week === lastWeek}
          onClick={() => setWeek(week + 1)}
        >
          <Icon name="chevron" />
        </button>
      </div>
      {[...found].map(([date, shifts]) => (
        <section key={date} class="day">
          <h3>{when.dayName(date)}</h3>
          {shifts.length === 0 ? (
            <p class="hint">{t('rota.nothing')}</p>
          ) : (
            <Rows room={room} shifts={shifts} />
          )}
        </section>
      ))}
    </section>
  );
}

function List({ room, gaps }: { room: OpenRoom; gaps: boolean }) {
  const shifts = coming(room.state.rota.shifts.value.values(), now.value, gaps);
  if (shifts.length === 0) return <p>{gaps ? t('rota.noGaps') : t('rota.noShifts')}</p>;
  return <Rows room={room} shifts={shifts} dated />;
}

/** The weeks that the snapshot leaves out; without a network what is known stays. */
function useComingShifts(room: OpenRoom): void {
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const from = Date.now() - 6 * hour;
        const page = await api.shifts(room.id, from, from + seriesDaysAhead * day);
        if (wanted) room.state.rota.takePage(page);
      } catch (error) {
        failureCode(error);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id]);
}

/** Patrols are not on: what it would take. */
function NotYet({ room }: { room: OpenRoom }) {
  const { agree, wanted } = consentHere(room);
  return (
    <section class="stack box">
      <h2>{t('patrols.off')}</h2>
      <p>{t('patrols.offHint', { wanted: String(wanted), agree: String(agree) })}</p>
      <a class="button button--primary button--wide" href={paths.consent(room.id)}>
        {t('patrols.myWord')}
      </a>
    </section>
  );
}

/** The rota: mine on top, then the week as days, or all that is to come as a list. */
export function PatrolsPage({ room }: { room: OpenRoom }) {
  const [view, setView] = useState<'week' | 'list' | 'gaps'>('week');
  useComingShifts(room);
  const { on } = consentHere(room);
  const me = room.state.me.value;
  const own = mine(room.state.rota.shifts.value.values(), me?.id, now.value);
  const plans = on && me !== null && me.role !== 'resident';
  return (
    <Page
      title={t('patrols.title')}
      foot={
        plans && (
          <a class="button button--primary button--wide" href={paths.plan(room.id)}>
            <Icon name="plus" />
            {t('rota.plan')}
          </a>
        )
      }
    >
      <Rule brief />
      {!on && <NotYet room={room} />}
      {on && (
        <a class="button button--wide" href={paths.patrol(room.id)}>
          <Icon name="walk" />
          {t('round.set')}
        </a>
      )}
      <ReportsToWrite room={room} />
      {own.length > 0 && (
        <section class="stack">
          <h2>{t('rota.mine')}</h2>
          <Rows room={room} shifts={own} dated />
        </section>
      )}
      {(on || room.state.rota.shifts.value.size > 0) && (
        <>
          <Choices
            legend={t('rota.view')}
            hiddenLegend
            value={view}
            options={[
              { value: 'week', label: t('rota.week') },
              { value: 'list', label: t('rota.list') },
              { value: 'gaps', label: t('rota.gaps') },
            ]}
            onValue={setView}
          />
          {view === 'week' ? <Week room={room} /> : <List room={room} gaps={view === 'gaps'} />}
        </>
      )}
      <a class="row" href={paths.rounds(room.id)}>
        <span class="row__words">{t('rounds.title')}</span>
      </a>
      {on && (
        <a class="row" href={paths.consent(room.id)}>
          <span class="row__words">{t('patrols.consent')}</span>
        </a>
      )}
      <Together room={room} />
    </Page>
  );
}
