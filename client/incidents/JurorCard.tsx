import { useState } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import type { Duty, VerdictCommand } from '../../shared/reviews.ts';
import { t, times } from '../i18n/i18n.ts';
import { IncidentPhotos } from '../photos/IncidentPhotos.tsx';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { TextArea } from '../ui/Field.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { AnswerList } from './AnswerList.tsx';
import { agreementText, namedIn } from './review-text.ts';

type About = { incident: Incident; room: OpenRoom };

/** What a juror decides on: the hidden words and photos, what was named, and two answers. */
function DutyCard({ duty, incident, room, onDone }: About & { duty: Duty; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const { review, title, description, answers, photoIds, reasons } = duty;
  const judge = useCommand(async (key: string, command: VerdictCommand) => {
    const told = await api.judge(room.id, review, command, key);
    room.state.takeReviews([told.review]);
    room.state.duties.value = room.state.duties.value.filter((other) => other.review.id !== review.id);
    onDone();
  });
  const titleId = `juror-${review.id}`;
  return (
    <section class="review review--duty" aria-labelledby={titleId}>
      <h2 id={titleId} class="panel__subtitle">
        {t('juror.title')}
      </h2>
      <p>{t('juror.lead')}</p>
      {namedIn(review).map((id) => (
        <p key={id}>
          <strong>{t('juror.named', { agreement: agreementText(id) })}</strong>
        </p>
      ))}
      <blockquote class="review__what">
        {title !== null && <p class="words">{title}</p>}
        <AnswerList category={review.category} answers={answers} />
        {description !== '' && <p class="words">{description}</p>}
        <IncidentPhotos room={room} incident={{ id: incident.id, photoIds, reportedBy: null }} />
      </blockquote>
      {reasons.length > 0 && (
        <details>
          <summary>{t('juror.reasons')}</summary>
          {reasons.map((text, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- the same words may stand there twice
            <p key={at} class="words">
              {text}
            </p>
          ))}
        </details>
      )}
      <form class="stack" onSubmit={(event) => event.preventDefault()}>
        <TextArea
          label={t('juror.reason')}
          hint={t('app.optional')}
          error={judge.failure}
          value={reason}
          onValue={setReason}
          rows={2}
        />
        <div class="buttons">
          <button
            type="button"
            class="button"
            disabled={judge.busy}
            onClick={() => judge.start({ verdict: 'keep', reason })}
          >
            {t('juror.keep')}
          </button>
          <button
            type="button"
            class="button"
            disabled={judge.busy}
            onClick={() => judge.start({ verdict: 'remove', reason })}
          >
            {t('juror.remove')}
          </button>
        </div>
      </form>
    </section>
  );
}

/** What this member was drawn to decide of one incident. */
export function JurorCard({ incident, room }: About) {
  const [done, setDone] = useState<string | null>(null);
  const duties = room.state.duties.value.filter(({ review }) => review.incidentId === incident.id);
  return (
    <>
      <p role="status" class="well" hidden={done !== incident.id}>
        {done === incident.id && t('juror.thanks')}
      </p>
      {duties.map((duty) => (
        <DutyCard
          key={duty.review.id}
          duty={duty}
          incident={incident}
          room={room}
          onDone={() => setDone(incident.id)}
        />
      ))}
    </>
  );
}

/** All that this member was drawn to decide, above the list. */
export function DutyList({ room }: { room: OpenRoom }) {
  const duties = room.state.duties.value;
  if (duties.length === 0) return null;
  return (
    <section class="review review--duty" aria-labelledby="duties-title">
      <h2 id="duties-title" class="panel__subtitle">
        {t('juror.list')}
      </h2>
      <ul class="rows">
        {duties.map(({ review }) => (
          <li key={review.id}>
            <a class="row" href={paths.incident(room.id, review.incidentId)}>
              {t('juror.open', {
                category: t(`category.${review.category}`),
                when: times().since(review.dueAt ?? now.value, now.value),
              })}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
