import { useLocation } from 'preact-iso/router';
import { categories } from '../../shared/categories.ts';
import { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { CategoryIcon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { EmergencyCall } from './EmergencyCall.tsx';
import { stepAfterWhat } from './steps.ts';

/** Step 1: the number to call, and what it is. */
export function AlertWhat({ room, draft }: { room: OpenRoom; draft: Draft }) {
  const { route } = useLocation();
  const choose = (category: Category) => {
    const { severity, atHome, callFirst } = categories[category];
    const change = { category, ...(category === draft.category ? {} : { severity, coarse: atHome }) };
    drafts.change(change);
    route(paths.alert(room.id, stepAfterWhat({ ...draft, ...change }, callFirst)));
  };
  const discard = async () => {
    await drafts.discard();
    await drafts.open(room.id);
  };
  return (
    <Page title={t('alert.title')} back={paths.neighbourhood(room.id)}>
      <EmergencyCall />
      {draft.category && (
        <p class="kept">
          <span>{t('alert.draft')}</span>
          <button type="button" class="button" onClick={() => void discard()}>
            {t('alert.discard')}
          </button>
        </p>
      )}
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
      {/* Below, so that nothing moves under the finger when the position comes. */}
      <p class="hint" role="status">
        {draft.position && draft.inside && t('alert.located')}
      </p>
    </Page>
  );
}
