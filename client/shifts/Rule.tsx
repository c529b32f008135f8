import { t } from '../i18n/i18n.ts';
import { numbersHere } from '../incidents/emergency.ts';
import { Icon } from '../ui/icons.tsx';

/** What every patrol goes by: wherever somebody agrees to patrols or signs up for one. */
export function Rule({ brief = false }: { brief?: boolean }) {
  return (
    <aside class="rule">
      <Icon name="eye" />
      <p>
        <strong>{t('patrols.rule')}</strong>
        {!brief && <span class="hint">{t('patrols.ruleHint', { number: numbersHere().general })}</span>}
      </p>
    </aside>
  );
}
