import { useEffect, useState } from 'preact/hooks';
import { updateIdIn } from '../../shared/hiding.ts';
import { isSitting, type Review } from '../../shared/reviews.ts';
import { t, times } from '../i18n/i18n.ts';
import { agreementText, decisionText, flagsOf, namedIn } from '../incidents/review-text.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';

function waiting(review: Review): string | null {
  if (isSitting(review))
    return t('decisions.sitting', { date: times().day(review.dueAt ?? review.openedAt) });
  return review.status === 'flagged' ? t('decisions.waiting') : null;
}

function DecisionRow({ review, room }: { review: Review; room: OpenRoom }) {
  const named = namedIn(review).map(agreementText).join(' · ');
  const wait = waiting(review);
  return (
    <li>
      <a class="row" href={paths.incident(room.id, review.incidentId)}>
        <span class="row__words">
          <span class="row__title">
            {t(`category.${review.category}`)}
            {review.of !== 'incident' && (
              <span class="badge">
                {t(updateIdIn(review.of) === null ? 'decisions.photo' : 'decisions.update')}
              </span>
            )}
          </span>
          <span>{named}</span>
          <span class="hint">
            {t('decisions.flagged', { date: times().day(review.openedAt), count: flagsOf(review) })}
          </span>
          {review.decisions.map((decision) => (
            <span key={decision.at}>
              {decisionText(decision)}
              {decision.reasons.length > 0 && <span class="hint"> {decision.reasons.join(' · ')}</span>}
            </span>
          ))}
          {wait !== null && <span class="hint">{wait}</span>}
        </span>
      </a>
    </li>
  );
}

/** What was flagged and how juries decided, for every member to read. */
export function DecisionsPage({ room }: { room: OpenRoom }) {
  const [reviews, setReviews] = useState<readonly Review[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [loaded, setLoaded] = useState(false);
  const load = useCommand(async (_key: string, after: string | null) => {
    const page = await api.moderation(room.id, after);
    setReviews((known) => (after === null ? page.reviews : [...known, ...page.reviews]));
    setCursor(page.cursor);
    setLoaded(true);
  });
  useEffect(() => load.start(null), [room.id]);
  // What changes while the page is open is newer than what was loaded.
  const live = room.state.reviews.value;
  return (
    <Page title={t('decisions.title')} back={paths.neighbours(room.id)}>
      <p class="hint">{t('decisions.lead')}</p>
      {load.failure && (
        <p class="failure" role="alert">
          {load.failure}
        </p>
      )}
      {loaded && reviews.length === 0 && <p>{t('decisions.none')}</p>}
      <ul class="rows" aria-busy={load.busy}>
        {reviews.map((review) => {
          const newer = live.get(review.id);
          const shown = newer !== undefined && newer.version > review.version ? newer : review;
          return <DecisionRow key={review.id} review={shown} room={room} />;
        })}
      </ul>
      {cursor !== null && (
        <button
          type="button"
          class="button button--wide"
          disabled={load.busy}
          onClick={() => load.start(cursor)}
        >
          {t('decisions.more')}
        </button>
      )}
    </Page>
  );
}
