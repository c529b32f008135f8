import { useState } from 'preact/hooks';
import { AgreementId } from '../../shared/agreements.ts';
import { type FlagSubject, updateSubject } from '../../shared/hiding.ts';
import type { Update } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import type { FlagCommand } from '../../shared/reviews.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { TextArea } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';
import { isReporter } from './Ending.tsx';
import { isWriter } from './ReviewState.tsx';
import { agreementText } from './review-text.ts';

type About = { incident: Incident; room: OpenRoom };

/** Asks which agreement it breaks: radio buttons, so that arrow keys choose. */
function FlagDialog({
  incident,
  room,
  update = null,
  onDone,
  onClose,
}: About & { update?: Update | null; onDone: () => void; onClose: () => void }) {
  const [of, setOf] = useState<FlagSubject>(update === null ? 'incident' : updateSubject(update.id));
  const [agreement, setAgreement] = useState<AgreementId | null>(null);
  const [reason, setReason] = useState('');
  const flag = useCommand(async (key: string, command: FlagCommand) => {
    const { review } = await api.flag(room.id, incident.id, command, key);
    room.state.takeReviews([review]);
    onDone();
  });
  const subjects = [
    { value: 'incident', label: t('flag.incident') },
    ...incident.photoIds.map((value, at) => ({ value, label: t('flag.photo', { number: String(at + 1) }) })),
  ];
  return (
    <Dialog title={t('flag.title')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (agreement !== null) flag.start({ of, agreement, reason });
        }}
      >
        <p class="hint">{t('flag.lead')}</p>
        {update !== null && <blockquote class="review__what words">{update.text}</blockquote>}
        {update === null && subjects.length > 1 && (
          <Choices legend={t('flag.of')} value={of} options={subjects} onValue={setOf} />
        )}
        <fieldset class="agreements">
          <legend class="choices__legend">{t('flag.which')}</legend>
          {AgreementId.options.map((id) => (
            <label key={id} class="agreement">
              <input
                type="radio"
                name="agreement"
                checked={agreement === id}
                onChange={() => setAgreement(id)}
              />
              <span>{agreementText(id)}</span>
            </label>
          ))}
        </fieldset>
        <TextArea
          label={t('flag.reason')}
          hint={t('app.optional')}
          error={flag.failure}
          value={reason}
          onValue={setReason}
          rows={2}
        />
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button type="submit" class="button button--primary" disabled={flag.busy || agreement === null}>
            {t('flag.send')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The way to flag somebody else's words or photos. */
export function FlagButton({ incident, room }: About) {
  const [state, setState] = useState<'idle' | 'asking' | 'done'>('idle');
  if (isReporter(incident, room)) return null;
  // What is hidden as a whole leaves nothing to flag; that it was flagged is said all the same.
  const nothingLeft = incident.hidden?.some(({ of }) => of === 'incident') ?? false;
  return (
    <>
      <p role="status" class="hint" hidden={state !== 'done'}>
        {state === 'done' && t('flag.done')}
      </p>
      {!nothingLeft && (
        <button type="button" class="button button--wide" onClick={() => setState('asking')}>
          {t('flag.do')}
        </button>
      )}
      {state === 'asking' && (
        <FlagDialog
          incident={incident}
          room={room}
          onDone={() => setState('done')}
          onClose={() => setState('idle')}
        />
      )}
    </>
  );
}

/** The way to flag what somebody else saw or said. @param name who wrote it, as its line says */
export function FlagUpdate({ update, name, incident, room }: About & { update: Update; name: string }) {
  const [state, setState] = useState<'idle' | 'asking' | 'done'>('idle');
  if (isWriter(update, incident, room)) return null;
  return (
    <>
      <p role="status" class="hint" hidden={state !== 'done'}>
        {state === 'done' && t('flag.done')}
      </p>
      {!update.hidden && state !== 'done' && (
        <button
          type="button"
          class="button button--small update__flag"
          aria-label={t('flag.update', { name })}
          onClick={() => setState('asking')}
        >
          {t('flag.short')}
        </button>
      )}
      {state === 'asking' && (
        <FlagDialog
          incident={incident}
          room={room}
          update={update}
          onDone={() => setState('done')}
          onClose={() => setState('idle')}
        />
      )}
    </>
  );
}
