import { useLocation } from 'preact-iso/router';
import { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { CategoryIcon, Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { type Draft, drafts, usualSeverity } from './draft.ts';
import { emergencyNumberHere } from './emergency.ts';

/** The emergency number first, as a link that dials; the same on every screen that raises an alarm. */
export function EmergencyCall() {
  const number = emergencyNumberHere();
  return (
    <a class="emergency" href={`tel:${number}`}>
      <Icon name="phone" size={28} />
      <span class="emergency__words">
        <strong>{t('alert.call', { number })}</strong>
        <span>{t('alert.callHint')}</span>
      </span>
    </a>
  );
}

/** Step 1: the number to call, and what it is. */
export function AlertWhat({ room, draft }: { room: OpenRoom; draft: Draft }) {
  const { route } = useLocation();
  const choose = (category: Category) => {
    const severity = category === draft.category ? draft.severity : usualSeverity[category];
    drafts.change({ category, severity });
    route(paths.alert(room.id, draft.position && draft.inside ? 'preview' : 'where'));
  };
  return (
    <Page title={t('alert.title')} back={paths.neighbourhood(room.id)}>
      <EmergencyCall />
      <h2>{t('alert.what')}</h2>
      <ul class="kinds">
        {Category.options.map((category) => (
          <li key={category}>
            <button
              type="button"
              class="kind"
              aria-pressed={category === draft.category}
              onClick={() => choose(category)}
            >
              <CategoryIcon category={category} size={36} />
              {t(`category.${category}`)}
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}
