import { useEffect, useRef, useState } from 'preact/hooks';
import type { Device, LinkCreated } from '../../shared/auth.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { api, rooms } from '../runtime.ts';
import { now } from '../state/browser.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { failureText } from '../ui/failure.ts';
import { Icon } from '../ui/icons.tsx';
import { QrCode } from '../ui/QrCode.tsx';
import { useCommand } from '../ui/use-command.ts';

const untilLinked = 2000; // ms between looks whether the code was used

function DeviceRow({ device, onRevoked }: { device: Device; onRevoked: () => void }) {
  const [asking, setAsking] = useState(false);
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
        <span class="hint">
          {t('me.linkedOn', { date: times().day(device.createdAt) })}
          {!device.current && ` · ${t('me.lastSeen', { age: times().ago(device.lastSeenAt, now.value) })}`}
        </span>
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
          onClick={() => setAsking(true)}
        >
          {t('me.revoke')}
        </button>
      )}
      {asking && (
        <Confirm
          question={t('me.revokeNamed', { name: device.name })}
          detail={t('me.revokeAsk')}
          action={t('me.revoke')}
          onConfirm={() => revoke.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

/** Where I am signed in; signing one of them out; linking one more. */
export function DevicesPanel() {
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [made, setMade] = useState<LinkCreated | null>(null);
  const [linked, setLinked] = useState<string | null>(null);
  const before = useRef<ReadonlySet<Id>>(new Set());
  const link = useCommand(async (key) => {
    before.current = new Set((await api.devices()).devices.map(({ id }) => id));
    setMade(await api.createDeviceLink(key));
    setLinked(null);
  });

  async function load(): Promise<readonly Device[]> {
    try {
      const { devices: found } = await api.devices();
      setDevices(found);
      setFailure(null);
      return found;
    } catch (error) {
      setFailure(failureText(error));
      return [];
    }
  }
  const live = rooms.connection.value === 'live';
  useEffect(() => {
    void load();
  }, [live]);

  // The other device tells nobody that it used the code: this one looks.
  const open = made !== null && made.expiresAt > now.value;
  useEffect(() => {
    if (!open) return undefined;
    let looking = true;
    const look = async () => {
      if (document.hidden) return;
      const came = (await load()).find(({ id }) => !before.current.has(id));
      if (!looking || came === undefined) return;
      setMade(null);
      setLinked(came.name);
    };
    const again = () => void look();
    const timer = setInterval(again, untilLinked);
    addEventListener('focus', again);
    return () => {
      looking = false;
      clearInterval(timer);
      removeEventListener('focus', again);
    };
  }, [open]);

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
      <p class="well" role="status">
        {linked !== null && t('me.linked', { name: linked })}
      </p>
      {made !== null && open ? (
        <div class="made">
          <QrCode text={made.url} label={t('me.linkQr')} />
          <p class="made__url">{made.url}</p>
          <CopyButton text={made.url} label={t('me.linkCopy')} done={t('calendar.copied')} icon="link" />
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
