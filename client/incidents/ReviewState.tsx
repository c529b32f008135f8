import { useState } from 'preact/hooks';
import { updateIdIn } from '../../shared/hiding.ts';
import type { Update } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { isSitting, type Review } from '../../shared/reviews.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/use-command.ts';
import { isReporter } from './Ending.tsx';
import { decisionText, flagsOf, hideText } from './review-text.ts';

type About = { incident: Incident; review: Review; room: OpenRoom; update?: Update };

/** Whether this device's member wrote it; what names nobody is whoever's reported the incident. */
export function isWriter({ by }: Pick<Update, 'by'>, incident: Incident, room: OpenRoom): boolean {
  return by === null ? isReporter(incident, room) : by === room.state.me.value?.id;
}

/** The author's one appeal, as long as there is time for it. */
function Appeal({ incident, review, room, update }: About) {
  const [asking, setAsking] = useState(false);
  const appeal = useCommand(async (key: string) => {
    const told = await api.appeal(room.id, review, key);
    room.state.takeReviews([told.review]);
  });
  const { appealUntil } = review;
  const isMine = update === undefined ? isReporter(incident, room) : isWriter(update, incident, room);
  if (appealUntil === null || appealUntil <= now.value || !isMine) return null;
  return (
    <>
      <p>{t('review.mine', { date: times().day(appealUntil) })}</p>
      <button type="button" class="button" disabled={appeal.busy} onClick={() => setAsking(true)}>
        {t('review.appeal')}
      </button>
      {appeal.failure && (
        <p class="failure" role="alert">
          {appeal.failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('review.appealAsk')}
          detail={t('review.appealHint')}
          action={t('review.appeal')}
          onConfirm={() => appeal.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** How it stands with a review, in words; null where nobody has flagged it. */
function standing(review: Review, hides: Incident['hidden']): string {
  const hide = hides?.find(({ reviewId }) => reviewId === review.id);
  if (hide !== undefined) return hideText(hide);
  if (isSitting(review)) return t('review.marked');
  return review.status === 'flagged' ? t('review.flagged', { count: flagsOf(review) }) : t('review.kept');
}

function OneReview({ incident, review, room, update }: About) {
  const { status, dueAt, seats, verdicts, decisions } = review;
  const last = decisions.at(-1);
  return (
    <section class="review">
      <p role="status">
        <strong>{standing(review, (update ?? incident).hidden)}</strong>
      </p>
      {status === 'appealed' && <p>{t('review.appealed')}</p>}
      {dueAt !== null && (
        <p class="hint">
          {t('review.until', {
            when: times().since(dueAt, now.value),
            verdicts: String(verdicts),
            seats: String(seats),
          })}
        </p>
      )}
      {!isSitting(review) && status !== 'flagged' && last && <p class="hint">{decisionText(last)}</p>}
      <Appeal incident={incident} review={review} room={room} {...(update && { update })} />
    </section>
  );
}

/** What neighbours flagged of an incident, what is hidden of it, and how they decided. */
export function ReviewState({ incident, room }: Omit<About, 'review'>) {
  const known = [...room.state.reviews.value.values()].filter(
    ({ incidentId, of }) => incidentId === incident.id && updateIdIn(of) === null,
  );
  // What is hidden says so, also before the server has told of its review.
  const untold = (incident.hidden ?? []).filter(({ reviewId }) => known.every(({ id }) => id !== reviewId));
  return (
    <>
      {untold.map((hide) => (
        <p key={hide.reviewId} class="review">
          {hideText(hide)}
        </p>
      ))}
      {known.map((review) => (
        <OneReview key={review.id} incident={incident} review={review} room={room} />
      ))}
    </>
  );
}

/** The same of one observation or comment. */
export function UpdateReview({ update, incident, room }: Omit<About, 'review'> & { update: Update }) {
  const review = [...room.state.reviews.value.values()].find(({ of }) => updateIdIn(of) === update.id);
  if (review !== undefined)
    return <OneReview incident={incident} review={review} room={room} update={update} />;
  return (update.hidden ?? []).map((hide) => (
    <p key={hide.reviewId} class="review">
      {hideText(hide)}
    </p>
  ));
}
