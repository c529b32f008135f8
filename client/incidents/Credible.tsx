import { credibilityOf, witnessMs } from '../../shared/credibility.ts';
import type { IncidentLife } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import { Icon } from '../ui/icons.tsx';
import { minutesUntil } from './progress.ts';

/** What neighbours' words make of an incident; nothing where nobody has said any. */
export function Credible({ incident, life }: { incident: Incident; life: IncidentLife }) {
  const { state, confirms, disputes } = credibilityOf(life.confirmations, now.value, incident.category);
  const seen = confirms > 0 && t('credible.seen', { count: confirms });
  const notSo = disputes > 0 && t('credible.notSo', { count: disputes });
  const words = {
    confirmed: [t('credible.confirmed', { count: confirms }), notSo],
    disputed: [t('credible.disputed', { count: disputes }), seen],
    unconfirmed: [t('credible.unsure'), seen, notSo],
  };
  return (
    <p class={`credible credible--${state}`} role="status" hidden={confirms + disputes === 0}>
      <Icon name={state === 'confirmed' ? 'check' : 'question'} size={20} />
      <span>{words[state].filter((sentence) => sentence !== false).join(' ')}</span>
    </p>
  );
}

/** Who was told of an incident that waits for a second witness: the reporter learns why. */
export function ToldFirst({
  incident,
  life,
  mine,
}: {
  incident: Incident;
  life: IncidentLife;
  mine: boolean;
}) {
  if (incident.audience === 'everyone' || incident.status === 'closed') return null;
  const { state } = credibilityOf(life.confirmations, now.value, incident.category);
  const minutes = minutesUntil(incident.reportedAt + witnessMs[incident.severity], now.value);
  return (
    <p class="hint" role="status">
      {t(mine ? 'toldFirst.mine' : 'toldFirst.others')}
      {minutes !== null && state !== 'disputed' && ` ${t('toldFirst.soon', { count: minutes })}`}
    </p>
  );
}
