import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import { SeverityShape } from '../ui/severity.tsx';
import { hideText } from './review-text.ts';

type Shown = Pick<Incident, 'category' | 'severity' | 'status' | 'title' | 'description' | 'observedAt'> &
  Partial<Pick<Incident, 'coarse' | 'outcome' | 'hidden' | 'sos'>>;

/** How a closed incident ended, in a word or two. */
const endOf = ({ outcome }: Shown) => t(outcome ? `outcome.${outcome.kind}` : 'status.closed');

/** An incident as a row: shape, what, how serious and when; the first words where there are some. */
export function IncidentCard({
  incident,
  age,
  handled = false,
  disputed = false,
}: {
  incident: Shown;
  age?: string;
  handled?: boolean;
  disputed?: boolean;
}) {
  const hides = incident.hidden ?? [];
  return (
    <span class="card">
      <SeverityShape
        severity={incident.severity}
        status={incident.status}
        category={incident.category}
        handled={handled}
        size={40}
      />
      <span class="card__words">
        <span class="card__title">
          {incident.sos ? t('sos.title') : (incident.title ?? t(`category.${incident.category}`))}
        </span>
        <span class="card__meta">
          {t(`severity.${incident.severity}`)}
          {' · '}
          {handled && incident.status === 'open' && `${t('status.handled')} · `}
          {incident.status === 'closed' && `${endOf(incident)} · `}
          {disputed && <strong>{t('credible.disputedShort')} · </strong>}
          {age ?? times().ago(incident.observedAt, now.value)}
          {incident.coarse && ` · ${t('place.about')}`}
        </span>
        {hides.map((hide) => (
          <span key={hide.reviewId} class="card__text">
            {hideText(hide)}
          </span>
        ))}
        {incident.description !== '' && <span class="card__text">{incident.description}</span>}
      </span>
    </span>
  );
}
