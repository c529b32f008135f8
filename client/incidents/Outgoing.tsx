import { useLocation } from 'preact-iso/router';
import type { Id } from '../../shared/text.ts';
import { ApiError } from '../api.ts';
import type { Letter } from '../outbox.ts';
import { t } from '../i18n/i18n.ts';
import { outbox, photos } from '../runtime.ts';
import { failureText } from '../ui/failure.ts';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { drafts } from './draft.ts';
import { IncidentCard } from './IncidentCard.tsx';

/** A letter's command, shown like the incident that it will become. */
export const asIncident = ({ command, madeAt }: Letter) => ({
  category: command.category,
  severity: command.severity,
  status: 'open' as const,
  position: command.position,
  coarse: command.coarse,
  title: command.title ?? null,
  description: command.description,
  observedAt: command.observedAt ?? madeAt,
});

/** Why it was refused, and the two ways on: change it, or put it away. */
export function Refusal({ letter }: { letter: Letter }) {
  const { route } = useLocation();
  const { refusal, neighbourhoodId, command } = letter;
  if (!refusal) return null;
  const edit = () => {
    drafts.begin(
      neighbourhoodId,
      command,
      letter.photos.map(({ key, blurred }) => ({ key, blurred })),
    );
    void outbox.dismiss(letter.key);
    route(paths.alert(neighbourhoodId, 'where'), true);
  };
  const dismiss = () => {
    void outbox.dismiss(letter.key);
    void photos.forget(letter.photos.map(({ key }) => key));
    route(paths.neighbourhood(neighbourhoodId), true);
  };
  return (
    <div class="stack" role="alert">
      <p class="failure">
        <strong>{t('delivery.refused')}.</strong> {failureText(new ApiError(refusal, null))}
      </p>
      <div class="buttons">
        <button type="button" class="button" onClick={dismiss}>
          {t('delivery.dismiss')}
        </button>
        <button type="button" class="button button--primary" onClick={edit}>
          {t('delivery.edit')}
        </button>
      </div>
    </div>
  );
}

/** What has not left this phone, on top of the list. */
export function OutgoingList({ neighbourhoodId }: { neighbourhoodId: Id }) {
  const letters = outbox.letters.value.filter((letter) => letter.neighbourhoodId === neighbourhoodId);
  if (letters.length === 0) return null;
  return (
    <ul class="list list--outgoing">
      {letters.map((letter) => (
        <li key={letter.key}>
          <a class="list__item" href={paths.sending(neighbourhoodId, letter.key)}>
            <IncidentCard
              incident={asIncident(letter)}
              age={letter.refusal ? t('delivery.refused') : t('delivery.waiting')}
            />
            <Icon name={letter.refusal ? 'close' : 'clock'} size={20} />
          </a>
        </li>
      ))}
    </ul>
  );
}
