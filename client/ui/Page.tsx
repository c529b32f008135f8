import type { ComponentChildren } from 'preact';
import { t } from '../i18n/i18n.ts';
import { Icon } from './icons.tsx';
import { PageHeading } from './PageHeading.tsx';

/** A screen with a heading, a way back, its content, and a foot that stays in the thumb's reach. */
export function Page({
  title,
  back,
  onBack,
  foot,
  children,
}: {
  title: string;
  /** The address to go back to; none on the screens that the tabs lead to. */
  back?: string;
  /** Where going back is no other address. */
  onBack?: () => void;
  foot?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="page">
      <header class="page__head">
        {back !== undefined && (
          <a class="button button--icon" href={back} aria-label={t('app.back')}>
            <Icon name="back" />
          </a>
        )}
        {onBack !== undefined && (
          <button type="button" class="button button--icon" aria-label={t('app.back')} onClick={onBack}>
            <Icon name="back" />
          </button>
        )}
        <PageHeading text={title} />
      </header>
      <div class="page__content">{children}</div>
      {foot && <footer class="page__foot">{foot}</footer>}
    </section>
  );
}
