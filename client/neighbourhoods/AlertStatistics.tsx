import { useEffect, useState } from 'preact/hooks';
import type { Statistics } from '../../shared/statistics.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';

/** How many alerts of each kind turned out to be nothing: for the neighbours to judge their own eyes, not a person. */
export function AlertStatistics({ room }: { room: OpenRoom }) {
  const [statistics, setStatistics] = useState<Statistics | null>(null);
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const answer = await api.statistics(room.id);
        if (wanted) setStatistics(answer);
      } catch (error) {
        // Without a network there is nothing to say here, and the page says so elsewhere.
        failureCode(error);
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [room.id]);
  if (!statistics) return null;
  const { categories, complete } = statistics;
  const suspicious = categories.find(({ category }) => category === 'suspicious');
  return (
    <section class="stack">
      <h2>{t('statistics.title')}</h2>
      <p class="hint">{categories.length === 0 ? t('statistics.none') : t('statistics.lead')}</p>
      {suspicious && suspicious.closed > 0 && (
        <p>
          {t('statistics.suspicious', { count: suspicious.closed, unfounded: String(suspicious.unfounded) })}
        </p>
      )}
      <ul class="rows">
        {categories.map(({ category, reported, closed, unfounded, falseAlarm }) => (
          <li key={category} class="row">
            <span class="row__words">
              <span class="row__title">{t(`category.${category}`)}</span>
              <span class="hint">
                {t('statistics.row', {
                  reported: String(reported),
                  closed: String(closed),
                  unfounded: String(unfounded),
                  falseAlarm: String(falseAlarm),
                })}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {!complete && <p class="hint">{t('statistics.some')}</p>}
    </section>
  );
}
