import { t } from '../i18n/i18n.ts';
import { MomentField } from '../ui/Field.tsx';
import type { PlanDraft } from './plan-draft.ts';
import { weekdayName, weekdays } from './when.ts';

const mostWeeks = 4;

function Days({ days, onDays }: { days: readonly number[]; onDays: (days: number[]) => void }) {
  const toggle = (day: number) =>
    onDays(days.includes(day) ? days.filter((one) => one !== day) : [...days, day]);
  return (
    <fieldset class="choices">
      <legend class="choices__legend">{t('plan.days')}</legend>
      <div class="choices__row">
        {weekdays.map((day) => (
          <label key={day} class="chip">
            <input
              type="checkbox"
              class="chip__input"
              aria-label={weekdayName(day, 'long')}
              checked={days.includes(day)}
              onChange={() => toggle(day)}
            />
            <span class="chip__face">{weekdayName(day, 'short')}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** When it is, once or again and again, by the clock of the neighbourhood. */
export function WhenFields({
  draft,
  timeZone,
  onChange,
}: {
  draft: PlanDraft;
  timeZone: string;
  onChange: (change: Partial<PlanDraft>) => void;
}) {
  const weekly = draft.how === 'weekly';
  const city = timeZone.split('/').at(-1)?.replaceAll('_', ' ') ?? timeZone;
  return (
    <>
      <div class="fields">
        <MomentField
          label={weekly ? t('plan.firstDate') : t('plan.date')}
          type="date"
          value={draft.date}
          onValue={(date) => onChange({ date })}
        />
        <MomentField
          label={t('plan.from')}
          type="time"
          value={draft.from}
          onValue={(from) => onChange({ from })}
        />
        <MomentField label={t('plan.to')} type="time" value={draft.to} onValue={(to) => onChange({ to })} />
      </div>
      <p class="hint">{t('plan.zone', { zone: city })}</p>
      {weekly && (
        <>
          <Days days={draft.days} onDays={(days) => onChange({ days })} />
          <div class="fields">
            <label class="field">
              <span class="field__label">{t('plan.every')}</span>
              <select
                class="select"
                value={draft.every}
                onChange={(event) => onChange({ every: Number(event.currentTarget.value) })}
              >
                {Array.from({ length: mostWeeks }, (_, i) => i + 1).map((count) => (
                  <option key={count} value={count}>
                    {t('plan.everyWeeks', { count })}
                  </option>
                ))}
              </select>
            </label>
            <MomentField
              label={t('plan.until')}
              type="date"
              value={draft.until}
              onValue={(until) => onChange({ until })}
            />
          </div>
        </>
      )}
    </>
  );
}
