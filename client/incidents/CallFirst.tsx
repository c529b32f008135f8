import { useLocation } from 'preact-iso/router';
import { categories } from '../../shared/categories.ts';
import type { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { EmergencyCall } from './EmergencyCall.tsx';
import { stepAfterWhat } from './steps.ts';

/** Before the form goes on: this belongs to an emergency service, and neighbours are no replacement. Never a wall. */
export function CallFirst({ room, draft, category }: { room: OpenRoom; draft: Draft; category: Category }) {
  const { route } = useLocation();
  const service = categories[category].service ?? 'police';
  const goOn = () => {
    drafts.change({ called: category });
    route(paths.alert(room.id, stepAfterWhat({ ...draft, called: category }, true)));
  };
  return (
    <Page
      title={t('call.title')}
      back={paths.alert(room.id)}
      foot={
        <>
          <button type="button" class="button button--primary button--fear" onClick={goOn}>
            {t('call.done')}
          </button>
          <button type="button" class="button button--wide" onClick={goOn}>
            {t('call.cannot')}
          </button>
        </>
      }
    >
      <EmergencyCall category={category} />
      <p>{t(`call.${service}`, { category: t(`category.${category}`) })}</p>
      <p class="hint">{t('call.then')}</p>
    </Page>
  );
}
