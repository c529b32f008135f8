import type { IncidentLife } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import { EmergencyCall } from './EmergencyCall.tsx';

/**
 * Everybody was asked and nobody has taken it on: the plain truth, above everything else.
 * @param numberShown whether the number to call is on the page already
 */
export function NobodyComes({
  incident,
  life: { handling },
  numberShown,
}: {
  incident: Incident;
  life: IncidentLife;
  numberShown: boolean;
}) {
  if (incident.status === 'closed' || handling?.step !== 'exhausted') return null;
  return (
    <div class="nobody" role="alert">
      <p class="nobody__words">{t('handling.exhausted', { age: times().ago(handling.since, now.value) })}</p>
      {!numberShown && <EmergencyCall category={incident.category} />}
    </div>
  );
}
