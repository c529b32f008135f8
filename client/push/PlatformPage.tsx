import { t } from '../i18n/i18n.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { HomeScreenSteps } from './HomeScreenSteps.tsx';
import { inOrder, type Platform, platformOf } from './platform.ts';
import { PushToggle } from './PushToggle.tsx';

const isInstalled = () => matchMedia('(display-mode: standalone)').matches;

function Facts({ platform, own }: { platform: Platform; own: boolean }) {
  return (
    <section class="stack box">
      <h2>
        {t(`platform.${platform}`)} {own && <span class="badge">{t('platform.here')}</span>}
      </h2>
      <h3>{t('platform.can')}</h3>
      <p>{t(`platform.${platform}Can`)}</p>
      <h3>{t('platform.cannot')}</h3>
      <p>{t(`platform.${platform}Cannot`)}</p>
      <h3>{t('platform.todo')}</h3>
      <p>{t(`platform.${platform}Do`)}</p>
      {platform === 'ios' && <HomeScreenSteps />}
      {platform === 'ios' && own && isInstalled() && <p class="well">{t('platform.iosDone')}</p>}
      {platform === 'none' && (
        <a class="button" href={paths.ways}>
          {t('platform.ways')}
        </a>
      )}
      {own && <PushToggle />}
    </section>
  );
}

/** What each kind of device can and cannot do about alerts, the reader's own first. */
export function PlatformPage() {
  const own = platformOf(navigator);
  return (
    <Page title={t('platform.title')} back={paths.me}>
      <p>{t('platform.lead')}</p>
      {inOrder(own).map((platform) => (
        <Facts key={platform} platform={platform} own={platform === own} />
      ))}
    </Page>
  );
}
