import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { paths } from '../ui/routes.ts';
import { ownSos } from './own.ts';

/** What others have to know of an SOS: the duress, silence, and where its member is. */
export function SosFacts({ incident, room }: { incident: Incident; room: OpenRoom }) {
  const { sos } = incident;
  if (sos === null || incident.status === 'closed') return null;
  if (ownSos.value?.id === incident.id) {
    return (
      <a class="button button--wide" href={paths.sos(room.id)}>
        {t('sos.mine')}
      </a>
    );
  }
  const position = room.state.positions.value.get(incident.id);
  return (
    <div class="stack" role="status">
      {room.state.duress.value.has(incident.id) && <p class="failure">{t('sos.duress')}</p>}
      {sos.startedBy === 'walk' && <p>{t('sos.walkLate')}</p>}
      {sos.silent && <p class="well">{t('sos.doNotCall')}</p>}
      <p class="well">
        {position === undefined
          ? t(sos.told === 'chosen' ? 'sos.whereHidden' : 'sos.whereUnknown')
          : t('sos.where', {
              age: times().ago(position.at, now.value),
              metres: String(Math.round(position.accuracy ?? 0)),
            })}
      </p>
    </div>
  );
}
