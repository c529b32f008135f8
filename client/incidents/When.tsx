import { useId } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { Choices } from '../ui/Choices.tsx';
import type { Draft, When } from './draft-keeper.ts';

const minute = 60_000;
const week = 7 * 24 * 60 * minute;

/** What a field for a local time holds. */
const localOf = (at: number) =>
  new Date(at - new Date(at).getTimezoneOffset() * minute).toISOString().slice(0, 16);

/** When it happened: now, unless something else is said. */
export function WhenChoice({
  draft,
  now,
  onChange,
}: {
  draft: Draft;
  now: number;
  onChange: (change: Pick<Draft, 'when' | 'observedAt'>) => void;
}) {
  const id = useId();
  const choose = (when: When) => {
    const ago = { now: null, minutes: 10 * minute, hour: 60 * minute, other: 180 * minute }[when];
    onChange({ when, observedAt: ago === null ? null : now - ago });
  };
  return (
    <>
      <Choices
        legend={t('when.label')}
        value={draft.when}
        options={(['now', 'minutes', 'hour', 'other'] as const).map((value) => ({
          value,
          label: t(`when.${value}`),
        }))}
        onValue={choose}
      />
      {draft.when === 'other' && (
        <div class="field">
          <label class="field__label" for={id}>
            {t('when.exact')}
          </label>
          <input
            id={id}
            type="datetime-local"
            class="field__input"
            value={localOf(draft.observedAt ?? now)}
            min={localOf(now - week)}
            max={localOf(now)}
            onChange={(event) => {
              const at = new Date(event.currentTarget.value).getTime();
              if (Number.isFinite(at)) onChange({ when: 'other', observedAt: Math.max(0, at) });
            }}
          />
        </div>
      )}
    </>
  );
}
