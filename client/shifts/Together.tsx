import { useEffect, useState } from 'preact/hooks';
import type { RotaTotals } from '../../shared/rota-totals.ts';
import { failureCode } from '../api.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';

/** What neighbours did together: sums, thanked and never compared. */
export function Together({ room }: { room: OpenRoom }) {
  const [totals, setTotals] = useState<RotaTotals | null>(null);
  useEffect(() => {
    const load = async () => {
      try {
        setTotals(await api.rotaTotals(room.id));
      } catch (error) {
        // Nobody misses it without a network.
        failureCode(error);
      }
    };
    void load();
  }, [room.id]);
  if (totals === null || totals.team.shifts === 0) return null;
  const { team, mine } = totals;
  return (
    <section class="stack box">
      <h2>{t('handover.totals')}</h2>
      <ul>
        <li>{t('handover.totalsShifts', { count: team.shifts })}</li>
        <li>{t('handover.totalsHours', { count: team.hours })}</li>
        {team.absent > 0 && <li>{t('handover.totalsAbsent', { count: team.absent })}</li>}
      </ul>
      <p>{t('handover.thanks')}</p>
      {mine.hours > 0 && <p class="hint">{t('handover.totalsMine', { count: mine.hours })}</p>}
    </section>
  );
}
