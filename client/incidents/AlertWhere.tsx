import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { Position } from '../../shared/geo.ts';
import { Severity } from '../../shared/incidents.ts';
import type { BoundaryGeometry } from '../../shared/neighbourhoods.ts';
import { textSchema } from '../../shared/text.ts';
import * as v from 'valibot';
import { t } from '../i18n/i18n.ts';
import { PhotoPicker } from '../photos/PhotoPicker.tsx';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { issueText } from '../ui/failure.ts';
import { TextArea } from '../ui/Field.tsx';
import { AddressSearch, ground, PositionPicker } from '../ui/maps.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { SeverityShape } from '../ui/severity.tsx';
import { EmergencyCall } from './AlertWhat.tsx';
import { drafts } from './draft.ts';
import type { Draft } from './draft-keeper.ts';
import { mayLocate } from './my-position.ts';

const words = textSchema(0, 2000);

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

  const checked = v.safeParse(words, draft.description);
  const problem = checked.success ? null : (issueText(checked.issues[0].message) ?? t('error.INVALID_INPUT'));
  const ready = draft.position !== null && draft.inside && problem === null;
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
            onClick={() => route(paths.alert(room.id, 'preview'))}
          >
            {t('alert.continue')}
          </button>
        </>
      }
    >
      <EmergencyCall />
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
      <TextArea
        label={`${t('alert.words')} (${t('app.optional')})`}
        hint={t(`question.${draft.category ?? 'other'}`)}
        error={problem}
        value={draft.description}
        onValue={(description) => drafts.change({ description })}
      />
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
