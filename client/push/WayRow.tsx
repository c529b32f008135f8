import { useState } from 'preact/hooks';
import type { Way, WayRun } from '../../shared/ways.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import { CopyButton } from '../ui/CopyButton.tsx';
import { Confirm } from '../ui/Dialog.tsx';
import { TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/use-command.ts';
import { LockScreenChoices } from './LockScreenChoices.tsx';

function runText({ at, outcome, reason }: WayRun): string {
  const age = times().ago(at, now.value);
  return outcome === 'accepted'
    ? t('ways.accepted', { age })
    : t(`ways.${outcome}`, { age, reason: reason ?? '' });
}

/** What came there is entered here: only then is anything told by it. */
function CodeForm({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  const [code, setCode] = useState('');
  const verify = useCommand(async (_key: string, entered: string) => {
    onChange((await api.verifyWay(way.id, entered)).way);
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        verify.start(code);
      }}
    >
      <TextField
        label={t('ways.code')}
        hint={t('ways.codeHint')}
        error={verify.failure}
        inputMode="numeric"
        value={code}
        onValue={setCode}
      />
      <button type="submit" class="button button--primary" disabled={verify.busy || code.trim().length < 6}>
        {t('ways.verify')}
      </button>
    </form>
  );
}

function Runs({ way }: { way: Way }) {
  const [last] = way.runs;
  if (last === undefined) return <p class="hint">{t('ways.never')}</p>;
  return (
    <details>
      <summary class="disclosure">{runText(last)}</summary>
      <p class="hint">
        {t('ways.runs')}. {t('ways.takenHint')}
      </p>
      <ul class="rows">
        {way.runs.map((run) => (
          <li key={run.at} class="hint">
            {runText(run)}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** How much it says, of one that may still be told: also before its code came back. */
function WayLockScreen({ way, onChange }: { way: Way; onChange: (way: Way) => void }) {
  return (
    <LockScreenChoices
      legend={t('ways.lock')}
      value={way.lockScreen}
      onValue={(lockScreen) => onChange({ ...way, lockScreen })}
      save={async (lockScreen) => onChange((await api.setWayLockScreen(way.id, lockScreen)).way)}
    />
  );
}

/** One way: how it stands, how its last messages went, and what can be done with it. */
export function WayRow({
  way,
  secret,
  onChange,
  onRemoved,
}: {
  way: Way;
  /** Where it was just added and has one. */
  secret: string | null;
  onChange: (way: Way) => void;
  onRemoved: () => void;
}) {
  const [asking, setAsking] = useState(false);
  const [tested, setTested] = useState<boolean | null>(null);
  const test = useCommand(async (key) => {
    const { way: changed } = await api.testWay(way.id, key);
    setTested(changed.runs[0]?.outcome === 'accepted');
    onChange(changed);
  });
  const remove = useCommand(async () => {
    await api.removeWay(way.id);
    onRemoved();
  });
  const failure = test.failure ?? remove.failure;
  return (
    <li class="stack box">
      <h2 class="way__title">
        {t(`ways.${way.kind}`)} <span class="badge">{t(`ways.${way.state}`)}</span>
      </h2>
      <p class="way__address">{way.address}</p>
      {secret !== null && (
        <div class="stack">
          <p>{t('ways.secret')}</p>
          <p class="made__url">{secret}</p>
          <CopyButton text={secret} label={t('ways.copy')} done={t('ways.copied')} icon="link" />
        </div>
      )}
      {way.state === 'unverified' && <CodeForm way={way} onChange={onChange} />}
      {way.state === 'ended' && <p>{t('ways.endedHint')}</p>}
      {way.state !== 'ended' && <WayLockScreen way={way} onChange={onChange} />}
      {way.state !== 'unverified' && <Runs way={way} />}
      <p class={tested === false ? 'failure' : 'well'} role="status">
        {tested !== null && t(tested ? 'ways.tested' : 'ways.notTested')}
      </p>
      <div class="buttons">
        {way.state === 'verified' && (
          <button type="button" class="button" disabled={test.busy} onClick={() => test.start()}>
            {t('ways.test')}
          </button>
        )}
        <button
          type="button"
          class="button"
          aria-label={t('ways.removeNamed', { address: way.address })}
          disabled={remove.busy}
          onClick={() => setAsking(true)}
        >
          {t('ways.remove')}
        </button>
      </div>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {asking && (
        <Confirm
          question={t('ways.removeNamed', { address: way.address })}
          detail={t('ways.removeAsk')}
          action={t('ways.remove')}
          onConfirm={() => remove.start()}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
