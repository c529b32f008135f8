import { useEffect } from 'preact/hooks';
import { locale, t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { Icon } from '../ui/icons.tsx';
import { useCommand } from '../ui/use-command.ts';
import { pushStatus, refreshPush, turnPushOff, turnPushOn } from './push.ts';

const words = {
  insecure: 'app.insecure',
  unsupported: 'me.notificationsNone',
  install: 'me.notificationsInstall',
  denied: 'me.notificationsDenied',
} as const;

/** Notifications on this device: the reason first, the browser's question only after the person wants it. */
export function PushToggle() {
  const status = pushStatus.value;
  const change = useCommand((_key: string, on: boolean) =>
    on ? turnPushOn(api, locale.value) : turnPushOff(api),
  );
  useEffect(() => {
    if (pushStatus.value === 'unknown') void refreshPush(api, locale.value).catch(() => undefined);
  }, []);
  return (
    <div class="stack">
      <p>{t('me.notificationsReason')}</p>
      {status in words && <p class="hint">{t(words[status as keyof typeof words])}</p>}
      {status === 'on' && (
        <p class="well">
          <Icon name="check" /> {t('me.notificationsOn')}
        </p>
      )}
      {(status === 'on' || status === 'off') && (
        <button
          type="button"
          class={status === 'off' ? 'button button--primary' : 'button'}
          disabled={change.busy}
          onClick={() => change.start(status === 'off')}
        >
          <Icon name="bell" />
          {status === 'off' ? t('me.notificationsTurnOn') : t('me.notificationsTurnOff')}
        </button>
      )}
      {change.failure && (
        <p class="failure" role="alert">
          {change.failure}
        </p>
      )}
    </div>
  );
}
