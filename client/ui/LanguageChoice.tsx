import { chooseLocale, locale, t } from '../i18n/i18n.ts';
import { Choices } from './Choices.tsx';

/** Each language by its own name. */
export function LanguageChoice() {
  return (
    <Choices
      legend={t('me.language')}
      value={locale.value}
      options={[
        { value: 'en', label: <span lang="en">English</span> },
        { value: 'fr', label: <span lang="fr">Français</span> },
      ]}
      onValue={chooseLocale}
    />
  );
}
