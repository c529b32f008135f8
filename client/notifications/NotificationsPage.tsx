import { useState } from 'preact/hooks';
import {
  type Area,
  Choice,
  mostAreas,
  type Preferences,
  type PreferencesCommand,
  usualBudget,
} from '../../shared/preferences.ts';
import { t } from '../i18n/i18n.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { AreaForm } from './AreaForm.tsx';
import { HoursFields, hoursText } from './HoursFields.tsx';
import { SnoozeChoice } from './Snooze.tsx';
import { usePreferences } from './use-preferences.ts';

const usualNight = { from: 22 * 60, to: 7 * 60 };
const budgets = [3, 6, usualBudget, 20, 50];

type Part = { preferences: Preferences; onChange: (change: Partial<PreferencesCommand>) => void };

/** The three ready choices: most need nothing else. */
function ReadyChoices({ preferences, onChange }: Part) {
  return (
    <fieldset class="choices wishes">
      <legend class="choices__legend">{t('wishes.choice')}</legend>
      {Choice.options.map((choice) => (
        <label key={choice} class="wish">
          <input
            type="radio"
            name="choice"
            value={choice}
            checked={preferences.choice === choice}
            onChange={() => onChange({ choice })}
          />
          <span>
            <strong>{t(`choice.${choice}`)}</strong>
            <span class="hint">{t(`choiceHint.${choice}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Places({ preferences, onPick }: Pick<Part, 'preferences'> & { onPick: (index: number) => void }) {
  const { areas, choice } = preferences;
  return (
    <section class="stack">
      <h2>{t('wishes.places')}</h2>
      <p class="hint">{t('wishes.placesHint')}</p>
      {choice !== 'near' && areas.length > 0 && <p class="hint">{t('wishes.placesIdle')}</p>}
      {choice === 'near' && areas.length === 0 && <p>{t('wishes.noPlaces')}</p>}
      {areas.length > 0 && (
        <ul class="rows">
          {areas.map((area, index) => (
            <li key={`${index} ${area.name}`}>
              <button
                type="button"
                class="row row--button"
                aria-label={t('wishes.changePlace', { name: area.name })}
                onClick={() => onPick(index)}
              >
                <span class="row__words">
                  <span class="row__title">{area.name}</span>
                  <span class="hint">
                    {t(`areaKind.${area.shape.kind}`)} · {t(`severity.${area.leastSeverity}`)}
                    {area.hours !== null && ` · ${hoursText(area.hours)}`}
                  </span>
                </span>
                <Icon name="chevron" size={20} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {areas.length < mostAreas ? (
        <button type="button" class="button button--wide" onClick={() => onPick(areas.length)}>
          <Icon name="plus" />
          {t('wishes.addPlace')}
        </button>
      ) : (
        <p class="hint">{t('wishes.mostPlaces')}</p>
      )}
    </section>
  );
}

function Quiet({ preferences, onChange }: Part) {
  const { quiet, urgentThrough } = preferences;
  return (
    <details class="stack">
      <summary>{t('wishes.quiet', { hours: quiet === null ? t('wishes.none') : hoursText(quiet) })}</summary>
      <label class="check">
        <input
          type="checkbox"
          checked={quiet !== null}
          onChange={(event) => onChange({ quiet: event.currentTarget.checked ? usualNight : null })}
        />
        <span>{t('wishes.quietOn')}</span>
      </label>
      {quiet !== null && <HoursFields hours={quiet} onHours={(next) => onChange({ quiet: next })} />}
      <label class="check">
        <input
          type="checkbox"
          checked={urgentThrough}
          onChange={(event) => onChange({ urgentThrough: event.currentTarget.checked })}
        />
        <span>{t('wishes.urgent')}</span>
      </label>
      <p class="hint">{t('wishes.quietHint')}</p>
    </details>
  );
}

function HowMuch({ preferences: { follow, budget }, onChange }: Part) {
  const followed = t(follow === 'all' ? 'wishes.updatesAll' : 'wishes.first');
  const all = budget === null || budgets.includes(budget) ? budgets : [...budgets, budget];
  return (
    <>
      <details class="stack">
        <summary>{t('wishes.updates', { what: followed })}</summary>
        <Choices
          legend={t('wishes.updates', { what: followed })}
          hiddenLegend
          value={follow}
          options={[
            { value: 'first', label: t('wishes.first') },
            { value: 'all', label: t('wishes.updatesAll') },
          ]}
          onValue={(value) => onChange({ follow: value })}
        />
      </details>
      <details class="stack">
        <summary>{t('wishes.budget', { alerts: String(budget ?? t('wishes.none')) })}</summary>
        <label class="check">
          <input
            type="checkbox"
            checked={budget !== null}
            onChange={(event) => onChange({ budget: event.currentTarget.checked ? usualBudget : null })}
          />
          <span>{t('wishes.budgetOn')}</span>
        </label>
        {budget !== null && (
          <label class="field">
            <span class="field__label">{t('wishes.budgetCount')}</span>
            <select
              class="select"
              value={budget}
              onChange={(event) => onChange({ budget: Number(event.currentTarget.value) })}
            >
              {all.map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </label>
        )}
      </details>
    </>
  );
}

/** What of the neighbourhood comes to me, where and when: three ready choices, then the details. */
export function NotificationsPage({ room }: { room: OpenRoom }) {
  const held = usePreferences(room.id);
  const [picked, setPicked] = useState<number | null>(null);
  const { preferences, change, saved, failure } = held;
  const boundary = room.state.neighbourhood.value?.boundary;

  if (preferences !== null && picked !== null && boundary !== undefined) {
    const keep = (areas: Area[]) => {
      change({ areas });
      setPicked(null);
    };
    return (
      <AreaForm
        area={preferences.areas[picked] ?? null}
        boundary={boundary}
        onSave={(area) => keep(preferences.areas.toSpliced(picked, 1, area))}
        onRemove={() => keep(preferences.areas.toSpliced(picked, 1))}
        onBack={() => setPicked(null)}
      />
    );
  }
  const part = preferences === null ? null : { preferences, onChange: change };
  return (
    <Page title={t('wishes.title')} back={paths.me}>
      <p>{t('wishes.lead')}</p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {failure && preferences !== null && (
        <button type="button" class="button" onClick={held.again}>
          {t('app.retry')}
        </button>
      )}
      {part && (
        <>
          <ReadyChoices {...part} />
          <p class="hint" role="status">
            {saved && t('wishes.saved')}
          </p>
          <SnoozeChoice held={held} />
          <Places preferences={part.preferences} onPick={setPicked} />
          <Quiet {...part} />
          <HowMuch {...part} />
          <a class="button button--wide" href={paths.digest(room.id)}>
            {t('digest.title')}
          </a>
        </>
      )}
    </Page>
  );
}
