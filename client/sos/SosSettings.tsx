import { useState } from 'preact/hooks';
import type { Sharing, SosSettings as Settings } from '../../shared/sos.ts';
import type { Id } from '../../shared/text.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import type { OpenRoom } from '../state/room.ts';
import { Choices } from '../ui/Choices.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CodeField } from './CodeField.tsx';
import { useSettings } from './use-settings.ts';

type Settled = { room: OpenRoom; settings: Settings; onSettings: (settings: Settings) => void };

function WhoSeesMe({ room, settings, onSettings }: Settled) {
  const [chosen, setChosen] = useState<ReadonlySet<Id>>(
    new Set(settings.sharing === 'all' ? [] : settings.sharing),
  );
  const [all, setAll] = useState(settings.sharing === 'all');
  const save = useCommand(async (_: string, sharing: Sharing) => {
    onSettings(await api.chooseSharing(room.id, sharing));
  });
  const me = room.state.me.value?.id;
  const others = [...room.state.members.value.values()]
    .filter(({ id, status }) => status === 'active' && id !== me)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  function choose(id: Id, is: boolean) {
    const next = new Set(chosen);
    if (is) next.add(id);
    else next.delete(id);
    setChosen(next);
    // Nobody at all is not a choice: then everybody is told as before, until one is chosen.
    if (next.size > 0) save.start([...next]);
  }
  return (
    <div class="stack">
      <Choices
        legend={t('sos.who')}
        value={all ? 'all' : 'chosen'}
        options={[
          { value: 'all', label: t('sos.everybody') },
          { value: 'chosen', label: t('sos.chosen') },
        ]}
        onValue={(value) => {
          setAll(value === 'all');
          if (value === 'all') save.start('all');
          else if (chosen.size > 0) save.start([...chosen]);
        }}
      />
      {!all && (
        <fieldset class="stack sos-people">
          <legend class="unseen">{t('sos.chosen')}</legend>
          {others.map(({ id, name }) => (
            <label key={id} class="check">
              <input
                type="checkbox"
                checked={chosen.has(id)}
                onChange={(event) => choose(id, event.currentTarget.checked)}
              />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      {save.failure && (
        <p class="failure" role="alert">
          {save.failure}
        </p>
      )}
    </div>
  );
}

function Codes({ room, settings, onSettings }: Settled) {
  const [cancel, setCancel] = useState('');
  const [duress, setDuress] = useState('');
  const [current, setCurrent] = useState('');
  const [saved, setSaved] = useState(false);
  const save = useCommand(async () => {
    const body = { cancel, duress, ...(settings.hasCodes ? { current } : {}) };
    onSettings(await api.setCodes(room.id, body));
    setCancel('');
    setDuress('');
    setCurrent('');
    setSaved(true);
  });
  const complete = cancel.length >= 4 && duress.length >= 4 && cancel !== duress;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        setSaved(false);
        save.start();
      }}
    >
      <h3>{t('sos.codes')}</h3>
      <p class="hint">{t(settings.hasCodes ? 'sos.codesSet' : 'sos.codesHint')}</p>
      {settings.hasCodes && <CodeField label={t('sos.codeNow')} value={current} onValue={setCurrent} />}
      <CodeField label={t('sos.codeEnds')} value={cancel} onValue={setCancel} />
      <CodeField
        label={t('sos.codeDuress')}
        hint={t('sos.codeDuressHint')}
        value={duress}
        onValue={setDuress}
      />
      {save.failure && (
        <p class="failure" role="alert">
          {save.failure}
        </p>
      )}
      <p class="hint" role="status">
        {saved && t('sos.codesSaved')}
      </p>
      <button type="submit" class="button" disabled={!complete || save.busy}>
        {t('sos.codesSave')}
      </button>
    </form>
  );
}

/** What I settle beforehand for an SOS: who sees me, and the codes; and the way to the walk home. */
export function SosSettings({ room }: { room: OpenRoom }) {
  const { settings, setSettings } = useSettings(room.id);
  return (
    <section class="stack box">
      <h2>{t('sos.settings')}</h2>
      <a class="button button--wide" href={paths.walk(room.id)}>
        {t('walk.title')}
      </a>
      {settings !== null && (
        <>
          <WhoSeesMe room={room} settings={settings} onSettings={setSettings} />
          <Codes room={room} settings={settings} onSettings={setSettings} />
        </>
      )}
    </section>
  );
}
