import { useState } from 'preact/hooks';
import { LockScreen } from '../../shared/push.ts';
import { t } from '../i18n/i18n.ts';
import { Choices } from '../ui/Choices.tsx';
import { failureText } from '../ui/failure.ts';

type Props = {
  legend: string;
  value: LockScreen;
  /** Called with what was chosen, and with what was before where it could not be kept. */
  onValue: (value: LockScreen) => void;
  save: (value: LockScreen) => Promise<void>;
};

/** How much may be said of an alert, and what never is or always is. Shown as chosen while it is on its way. */
export function LockScreenChoices({ legend, value, onValue, save }: Props) {
  const [failure, setFailure] = useState<string | null>(null);
  const choose = async (next: LockScreen) => {
    onValue(next);
    setFailure(null);
    try {
      await save(next);
    } catch (error) {
      onValue(value);
      setFailure(failureText(error));
    }
  };
  return (
    <div class="stack">
      <Choices
        legend={legend}
        value={value}
        options={LockScreen.options.map((option) => ({ value: option, label: t(`lock.${option}`) }))}
        onValue={(next) => void choose(next)}
      />
      <p class="hint">{t('lock.hint')}</p>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}
