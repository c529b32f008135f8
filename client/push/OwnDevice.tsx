import { useEffect, useState } from 'preact/hooks';
import type { PushTest } from '../../shared/push.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { later, now } from '../state/browser.ts';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { LockScreenChoices } from './LockScreenChoices.tsx';
import { isSilent, loadPushDevice, platformOf, pushDevice } from './own-device.ts';
import { pushStatus } from './push.ts';

const lookEvery = 1000;
/** After so long it will not come any more. */
const waitMs = 60_000;

/** What this device's lock screen may say of alerts. */
function LockScreenChoice() {
  const device = pushDevice.value;
  if (device === null || !device.subscribed) return null;
  return (
    <LockScreenChoices
      legend={t('lock.title')}
      value={device.lockScreen}
      onValue={(lockScreen) => {
        pushDevice.value = { ...device, lockScreen };
      }}
      save={(lockScreen) => api.setLockScreen(lockScreen)}
    />
  );
}

type Trial = { test: PushTest; over: boolean };

/** Looks whether the test came, until it did or too long has passed. */
function useTrial() {
  const [trial, setTrial] = useState<Trial | null>(null);
  const [looks, setLooks] = useState(0);
  const waiting = trial !== null && !trial.over;
  useEffect(() => {
    if (!waiting) return undefined;
    return later(lookEvery, () => {
      const look = async () => {
        const device = await loadPushDevice(api).catch(() => null);
        const came = device?.test?.id === trial.test.id && device.test.arrivedAt !== null;
        if (came && device?.test) setTrial({ test: device.test, over: true });
        else if (looks * lookEvery >= waitMs) setTrial({ ...trial, over: true });
        else setLooks(looks + 1);
      };
      void look();
    });
  }, [waiting, looks]);
  const begin = (test: PushTest) => {
    setLooks(0);
    setTrial({ test, over: test.outcome !== 'accepted' });
  };
  return { trial, begin };
}

function TrialResult({ trial: { test, over } }: { trial: Trial }) {
  if (test.arrivedAt !== null) {
    return (
      <p class="well" role="status">
        <Icon name="check" /> {t('test.arrived')}
      </p>
    );
  }
  if (!over) return <p role="status">{t('test.waiting')}</p>;
  if (test.outcome !== 'accepted') {
    return (
      <p class="failure" role="alert">
        {t(`test.${test.outcome}`)}
      </p>
    );
  }
  return (
    <div role="alert">
      <p class="failure">{t('test.missing')}</p>
      <p>{t(`test.${platformOf(navigator.userAgent, navigator.maxTouchPoints)}`)}</p>
      <a class="button" href={paths.platform}>
        {t('platform.page')}
      </a>
    </div>
  );
}

/** A real push to this device, which ends with a tick, or with what went wrong and what to do. */
function PushTrial() {
  const { trial, begin } = useTrial();
  const send = useCommand(async (key: string) => begin((await api.testPush(key)).test));
  const device = pushDevice.value;
  if (device === null) return null;
  const busy = send.busy || (trial !== null && !trial.over);
  return (
    <div class="stack">
      {isSilent(device, now.value) && <p>{t('test.silent')}</p>}
      <button type="button" class="button" aria-disabled={busy} onClick={() => !busy && send.start()}>
        <Icon name="bell" />
        {t('test.button')}
      </button>
      <p class="hint">
        {t('test.lead')}{' '}
        {device.arrivedAt !== null && t('test.last', { age: times().ago(device.arrivedAt, now.value) })}
      </p>
      {trial && <TrialResult trial={trial} />}
      {send.failure && (
        <p class="failure" role="alert">
          {send.failure}
        </p>
      )}
    </div>
  );
}

/** What concerns pushes to this device alone, where it gets any. */
export function OwnDevice() {
  const on = pushStatus.value === 'on';
  useEffect(() => {
    if (on) void loadPushDevice(api).catch(() => undefined);
  }, [on]);
  if (!on) return null;
  return (
    <>
      <PushTrial />
      <LockScreenChoice />
    </>
  );
}

/** One quiet line where no push has come for a month: it may be that none would. */
export function SilentDevice() {
  const on = pushStatus.value === 'on';
  useEffect(() => {
    if (on && pushDevice.value === null) void loadPushDevice(api).catch(() => undefined);
  }, [on]);
  if (!on || !isSilent(pushDevice.value, now.value)) return null;
  return (
    <p class="hint">
      {t('test.silent')} <a href={paths.me}>{t('test.go')}</a>
    </p>
  );
}
