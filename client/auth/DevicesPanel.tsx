import { useEffect, useState } from 'preact/hooks';
import type { Device, LinkCreated } from '../../shared/auth.ts';
import { t, times } from '../i18n/i18n.ts';
import { api, rooms } from '../runtime.ts';
import { now } from '../state/browser.ts';
import { failureText } from '../ui/failure.ts';
import { Icon } from '../ui/icons.tsx';
import { QrCode } from '../ui/QrCode.tsx';
import { useCommand } from '../ui/use-command.ts';

function DeviceRow({ device, onRevoked }: { device: Device; onRevoked: () => void }) {
  const revoke = useCommand(async () => {
    await api.revokeDevice(device.id);
    onRevoked();
  });
  return (
    <li class="row">
      <Icon name="devices" />
      <span class="row__words">
        <span class="row__title">
          {device.name}
          {device.current && <span class="badge">{t('me.thisDevice')}</span>}
        </span>
        {!device.current && (
          <span class="hint">{t('me.lastSeen', { age: times().ago(device.lastSeenAt, now.value) })}</span>
        )}
        {revoke.failure && (
          <span class="failure" role="alert">
            {revoke.failure}
          </span>
        )}
      </span>
      {!device.current && (
        <button
          type="button"
          class="button"
          aria-label={t('me.revokeNamed', { name: device.name })}
          disabled={revoke.busy}
          onClick={() => revoke.start()}
        >
          {t('me.revoke')}
        </button>
      )}
    </li>
  );
}

/** Where I am signed in; signing one of them out; linking one more. */
export function DevicesPanel() {
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [made, setMade] = useState<LinkCreated | null>(null);
  const link = useCommand(async (key) => setMade(await api.createDeviceLink(key)));

  async function load(): Promise<void> {
    try {
      setDevices((await api.devices()).devices);
      setFailure(null);
    } catch (error) {
      setFailure(failureText(error));
    }
  }
  const live = rooms.connection.value === 'live';
  useEffect(() => {
    void load();
  }, [live]);

  return (
    <section class="stack">
      <h2>{t('me.devices')}</h2>
      {failure && <p class="failure">{failure}</p>}
      <ul class="rows">
        {devices?.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            onRevoked={() => {
              void load();
            }}
          />
        ))}
      </ul>
      {made ? (
        <div class="made">
          <QrCode text={made.url} label={t('me.linkQr')} />
          <p class="made__url">{made.url}</p>
          <p class="hint">{t('me.linkHint')}</p>
        </div>
      ) : (
        <button type="button" class="button button--wide" disabled={link.busy} onClick={() => link.start()}>
          <Icon name="qr" />
          {t('me.link')}
        </button>
      )}
      {link.failure && (
        <p class="failure" role="alert">
          {link.failure}
        </p>
      )}
    </section>
  );
}
