import { useState } from 'preact/hooks';
import { t } from '../i18n/i18n.ts';
import { BlockingChoice } from '../patrols/Blocking.tsx';
import { OwnDevice } from '../push/OwnDevice.tsx';
import { PushToggle } from '../push/PushToggle.tsx';
import { outbox, rooms, session, signOut } from '../runtime.ts';
import { SosSettings } from '../sos/SosSettings.tsx';
import { wide } from '../state/browser.ts';
import { chooseTheme, theme, themes } from '../state/theme.ts';
import { Choices } from '../ui/Choices.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { KeysDialog } from '../ui/KeysDialog.tsx';
import { LanguageChoice } from '../ui/LanguageChoice.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CalendarLinks } from '../calendar/CalendarLinks.tsx';
import { KitPanel } from '../neighbourhoods/KitPanel.tsx';
import { DevicesPanel } from './DevicesPanel.tsx';
import { MyData } from './MyData.tsx';

const themeKeys = { auto: 'me.themeAuto', light: 'me.themeLight', dark: 'me.themeDark' } as const;

/** What concerns only me: notifications, devices, language, theme, signing out. */
export function MePage() {
  const [asking, setAsking] = useState(false);
  const [keys, setKeys] = useState(false);
  const leave = useCommand(() => signOut());
  const waiting = outbox.letters.value.length;
  const names = [...new Set(session.me.value?.memberships.map(({ member }) => member.name))];
  return (
    <Page title={t('me.title')}>
      {names.length > 0 && <p>{t('me.signedInAs', { name: names.join(' / ') })}</p>}
      <section class="stack box">
        <h2>{t('me.notifications')}</h2>
        <PushToggle />
        <OwnDevice />
        {rooms.current.value && (
          <a class="button button--wide" href={paths.notifications(rooms.current.value.id)}>
            {t('wishes.open')}
          </a>
        )}
        <div class="buttons">
          <a class="button" href={paths.platform}>
            {t('platform.page')}
          </a>
          <a class="button" href={paths.ways}>
            {t('ways.title')}
          </a>
        </div>
      </section>
      {rooms.current.value && <SosSettings key={rooms.current.value.id} room={rooms.current.value} />}
      {rooms.current.value && (
        <>
          <BlockingChoice key={`blocking ${rooms.current.value.id}`} room={rooms.current.value} />
          <KitPanel room={rooms.current.value} />
          <a class="button button--wide" href={paths.pairings(rooms.current.value.id)}>
            {t('pairings.title')}
          </a>
          <CalendarLinks key={rooms.current.value.id} room={rooms.current.value} />
        </>
      )}
      <DevicesPanel />
      <LanguageChoice />
      <Choices
        legend={t('me.theme')}
        value={theme.value}
        options={themes.map((value) => ({ value, label: t(themeKeys[value]) }))}
        onValue={chooseTheme}
      />
      {wide.value && (
        <button type="button" class="button button--wide" onClick={() => setKeys(true)}>
          <Icon name="keyboard" />
          {t('me.keys')}
        </button>
      )}
      <MyData />
      <button type="button" class="button button--wide" disabled={leave.busy} onClick={() => setAsking(true)}>
        <Icon name="door" />
        {t('me.signOut')}
      </button>
      {leave.failure && (
        <p class="failure" role="alert">
          {leave.failure}
        </p>
      )}
      {keys && <KeysDialog onClose={() => setKeys(false)} />}
      {asking && (
        <Confirm
          question={t('me.signOut')}
          detail={`${t('me.signOutAsk')} ${waiting > 0 ? t('me.signOutWaiting', { count: waiting }) : ''}`}
          action={t('me.signOut')}
          onConfirm={() => leave.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </Page>
  );
}
