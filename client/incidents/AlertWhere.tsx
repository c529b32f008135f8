import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Position } from '../../shared/geo.ts';
import { issues } from '../../shared/categories.ts';
import { Severity } from '../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { t } from '../i18n/i18n.ts';
import { PhotoPicker } from '../photos/PhotoPicker.tsx';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { issueText } from '../ui/failure.ts';
import { TextArea } from '../ui/Field.tsx';
import { AddressSearch, ground, PositionPicker } from '../ui/maps.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { SeverityShape } from '../ui/severity.tsx';
import { EmergencyCall } from './EmergencyCall.tsx';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { HeldNotice } from './HeldNotice.tsx';
import { mayLocate } from './my-position.ts';
import { Questions } from './Questions.tsx';
import { problemOf } from './steps.ts';
import { WhenChoice } from './When.tsx';

/** Brings the keyboard and the eye to the field of an issue's path. */
function focusOn(path: string): void {
  const field = document.getElementById(`question-${path.replace(/^answers\./u, '')}`);
  field?.querySelector<HTMLElement>('input, textarea')?.focus();
}

/** Step 2: where, how serious, and a few words. */
export function AlertWhere({
  room,
  draft,
  boundary,
}: {
  room: OpenRoom;
  draft: Draft;
  boundary: BoundaryGeometry;
}) {
  const { route } = useLocation();
  const [startAtMe, setStartAtMe] = useState<boolean | null>(null);
  const [goTo, setGoTo] = useState<{ position: Position } | null>(null);
  const { basemap } = ground();
  useEffect(() => {
    if (draft.position) setStartAtMe(false);
    else void mayLocate().then(setStartAtMe);
  }, []);

  const ready = draft.position !== null && draft.inside;
  const problem = problemOf(draft);
  // Nobody is told what is missing before they have tried to go on.
  const [attempts, setAttempts] = useState(0);
  const shown = attempts > 0 ? problem : null;
  useEffect(() => {
    if (shown && shown.message !== issues.origin) focusOn(shown.path);
  }, [attempts]);
  const goOn = () => {
    if (problem === null) route(paths.alert(room.id, 'preview'));
    else setAttempts(attempts + 1);
  };
  return (
    <Page
      title={draft.category ? t(`category.${draft.category}`) : t('alert.where')}
      back={paths.alert(room.id)}
      foot={
        <>
          {!draft.position && (
            <p id="alert-place" class="hint">
              {t('alert.place')}
            </p>
          )}
          {draft.position && !draft.inside && <p class="failure">{t('alert.outside')}</p>}
          <button
            type="button"
            class="button button--primary button--fear"
            disabled={!ready}
            aria-describedby={draft.position ? undefined : 'alert-place'}
            onClick={goOn}
          >
            {t('alert.continue')}
          </button>
        </>
      }
    >
      <EmergencyCall category={draft.category} />
      <h2>{t('alert.where')}</h2>
      {basemap?.kind === 'vector' ? (
        <AddressSearch
          basemap={basemap}
          boundary={boundary}
          near={draft.position}
          onChoose={(position) => setGoTo({ position })}
        />
      ) : (
        <p class="hint">{t('address.none')}</p>
      )}
      <div class="frame frame--tall">
        {startAtMe !== null && (
          <PositionPicker
            {...ground()}
            boundary={boundary}
            value={draft.position}
            startAtMe={startAtMe}
            coarse={draft.coarse}
            goTo={goTo}
            onChange={(position, inside) => drafts.change({ position, inside })}
          />
        )}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={draft.coarse}
          onChange={(event) => drafts.change({ coarse: event.currentTarget.checked })}
        />
        <span>
          {t('place.home')}
          <span class="hint">{t('place.homeHint')}</span>
        </span>
      </label>
      <WhenChoice draft={draft} now={now.value} onChange={drafts.change} />
      {draft.category && (
        <Questions
          category={draft.category}
          answers={draft.answers[draft.category] ?? {}}
          problem={shown}
          onAnswers={(answers) => drafts.answer(answers)}
        />
      )}
      <Choices
        legend={t('severity.label')}
        value={draft.severity}
        options={Severity.options.map((severity) => ({
          value: severity,
          label: (
            <>
              <SeverityShape severity={severity} status="open" size={20} />
              {t(`severity.${severity}`)}
            </>
          ),
        }))}
        onValue={(severity) => drafts.change({ severity })}
      />
      <p class="hint">{t(`severity.${draft.severity}Hint`)}</p>
      <div id="question-description">
        <TextArea
          label={`${t('alert.words')} (${t('app.optional')})`}
          hint={t('alert.wordsHint')}
          error={shown?.path === 'description' ? issueText(shown.message) : null}
          value={draft.description}
          onValue={(description) => drafts.change({ description })}
        />
      </div>
      {shown?.message === issues.origin && (
        <HeldNotice key={attempts} onSayWhat={() => focusOn(shown.path)} />
      )}
      <PhotoPicker own={draft.photos} boundary={boundary} onPlace={(position) => setGoTo({ position })} />
      <label class="check">
        <input
          type="checkbox"
          checked={draft.anonymous}
          onChange={(event) => drafts.change({ anonymous: event.currentTarget.checked })}
        />
        <span>
          {t('alert.anonymous')}
          <span class="hint">{t('alert.anonymousHint')}</span>
        </span>
      </label>
    </Page>
  );
}
