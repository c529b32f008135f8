import type { IncidentLife } from '../../shared/incident-life.ts';
import type { IncidentStatus } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { stageOf, stages } from './progress.ts';

/** How far the incident has come, in words and shapes: past stages are solid, this one is ringed, others are empty. */
export function StateBar({ status, life }: { status: IncidentStatus; life: IncidentLife }) {
  const current = stages.indexOf(stageOf(status, life));
  const before = stages.indexOf(stageOf('open', life));
  return (
    <ol class="stages" aria-label={t('stage.label')}>
      {stages.map((stage, i) => {
        // What a closed incident went through without: it was closed before anybody was on the way.
        const done = i <= before;
        const look = i === current ? 'stage--now' : done ? 'stage--done' : '';
        return (
          <li key={stage} class={`stage-step ${look}`} aria-current={i === current ? 'step' : undefined}>
            <span class="stage-step__mark" aria-hidden="true" />
            {t(`stage.${stage}`)}
            {i < current && <span class="unseen">{done ? t('stage.done') : t('stage.skipped')}</span>}
          </li>
        );
      })}
    </ol>
  );
}
