import { useEffect, useState } from 'preact/hooks';
import { type Counts, type Summary, Swiftness } from '../../shared/reports.ts';
import { failureCode } from '../api.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { HandOverNote } from './HandOverNote.tsx';
import { hoursOf } from './RoundPage.tsx';

const closedIn = ({ closed }: Counts) => Swiftness.options.reduce((sum, how) => sum + closed[how], 0);
const isQuiet = (counts: Counts) => counts.rounds === 0 && counts.found === 0 && closedIn(counts) === 0;

/** One month or week, in words. */
function Period({ counts, name }: { counts: Counts; name: string }) {
  const { rounds, minutes, found, closed } = counts;
  const total = closedIn(counts);
  return (
    <li class="row">
      <span class="row__words">
        <span class="row__title">{name}</span>
        {isQuiet(counts) ? (
          <span class="hint">{t('summary.quiet')}</span>
        ) : (
          <>
            <span>
              {t('summary.rounds', { count: rounds, hours: hoursOf(minutes) })}
              {found > 0 && ` · ${t('summary.found', { count: found })}`}
            </span>
            {total > 0 && (
              <span class="hint">
                {t('summary.closed', { count: total })}{' '}
                {Swiftness.options
                  .filter((how) => closed[how] > 0)
                  .map((how) => t(`summary.${how}`, { count: closed[how] }))
                  .join(', ')}
              </span>
            )}
          </>
        )}
      </span>
    </li>
  );
}

/** Rounds and what came of them, by week and month: for all to read, and of nobody in particular. */
export function SummaryPage({ room }: { room: OpenRoom }) {
  const [summary, setSummary] = useState<Summary | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const answer = await api.patrolSummary(room.id);
        if (wanted) setSummary(answer);
      } catch (error) {
        failureCode(error);
        if (wanted) setFailed(true);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id]);
  const weekName = (i: number) =>
    i === 0 ? t('summary.thisWeek') : i === 1 ? t('summary.lastWeek') : t('summary.weeksAgo', { count: i });
  return (
    <Page title={t('summary.title')} back={paths.neighbours(room.id)}>
      <p>{t('summary.lead')}</p>
      <HandOverNote room={room} />
      {summary === null && <p role="status">{t(failed ? 'error.NETWORK' : 'app.loading')}</p>}
      {summary !== null && (
        <>
          <h2>{t('summary.weeks')}</h2>
          <ul class="rows">
            {summary.weeks.map((counts, i) => (
              <Period key={counts.period} counts={counts} name={weekName(i)} />
            ))}
          </ul>
          <h2>{t('summary.months')}</h2>
          <ul class="rows">
            {summary.months.map((counts) => (
              <Period key={counts.period} counts={counts} name={times().month(counts.period)} />
            ))}
          </ul>
        </>
      )}
      <a class="button button--wide" href={paths.rounds(room.id)}>
        {t('rounds.title')}
      </a>
      <a class="button button--wide" href={paths.patrols(room.id)}>
        {t('nav.patrols')}
      </a>
    </Page>
  );
}
