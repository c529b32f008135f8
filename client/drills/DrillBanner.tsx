import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { runningDrill } from './view.ts';

/** A drill that goes on: on every screen, and never to be taken for an alert. */
export function DrillBanner({ room }: { room: OpenRoom }) {
  const drill = runningDrill(room);
  if (drill === null) return null;
  return (
    <div class="drill" role="status">
      <p class="drill__words">
        <span class="badge">{t('drill.one')}</span> {t('drill.running')}
      </p>
      <a class="button" href={paths.drill(room.id, drill.id)}>
        <Icon name="bell" />
        {t('drill.look')}
      </a>
    </div>
  );
}
