import { LockScreen } from '../../shared/push.ts';
import { t } from '../i18n/i18n.ts';
import { Choices } from '../ui/Choices.tsx';

/** How much may be said of an alert, and what never is or always is. */
export function LockScreenChoices({
  legend,
  value,
  onValue,
}: {
  legend: string;
  value: LockScreen;
  onValue: (value: LockScreen) => void;
}) {
  return (
    <>
      <Choices
        legend={legend}
        value={value}
        options={LockScreen.options.map((option) => ({ value: option, label: t(`lock.${option}`) }))}
        onValue={onValue}
      />
      <p class="hint">{t('lock.hint')}</p>
    </>
  );
}
