import { useState } from 'preact/hooks';
import type { Incident } from '../../shared/incidents.ts';
import type { SosSettings } from '../../shared/sos.ts';
import { t, times } from '../i18n/i18n.ts';
import { EmergencyCall } from '../incidents/EmergencyCall.tsx';
import { NobodyComes } from '../incidents/NobodyComes.tsx';
import { lifeOf } from '../incidents/progress.ts';
import { WhoIsComing } from '../incidents/WhoIsComing.tsx';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CodeField } from './CodeField.tsx';
import { ownSos } from './own.ts';
import { useDark } from './use-dark.ts';
import { useSettings } from './use-settings.ts';
import { sharing } from './use-sharing.ts';

function SharedWith({ settings, room }: { settings: SosSettings | null; room: OpenRoom }) {
  if (sharing.value === 'impossible') return <p class="well">{t('sos.noPosition')}</p>;
  const names =
    settings === null || settings.sharing === 'all'
      ? t('sos.everybody')
      : settings.sharing
          .map((id) => room.state.members.value.get(id)?.name ?? t('incident.formerMember'))
          .join(', ');
  return (
    <p class="well" role="status">
      {sharing.value === 'on' ? t('sos.sharedWith', { names }) : t('sos.findingPosition')}
    </p>
  );
}

function EndForm({ incident, room, coded }: { incident: Incident; room: OpenRoom; coded: boolean }) {
  const [code, setCode] = useState('');
  const end = useCommand(async (key: string, given: string) => {
    const told = await api.endSos(room.id, incident.id, given === '' ? {} : { code: given }, key);
    room.state.takeIncident(told.incident);
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        end.start(code);
      }}
    >
      {coded && <CodeField label={t('sos.code')} value={code} onValue={setCode} />}
      {end.failure && (
        <p class="failure" role="alert">
          {end.failure}
        </p>
      )}
      <button type="submit" class="button button--fear button--wide" disabled={end.busy}>
        {t('sos.end')}
      </button>
    </form>
  );
}

/** My own SOS: whom to call first, who comes, who sees me, and its end. Over, it says so. */
export function SosPage({ room }: { room: OpenRoom }) {
  const { settings } = useSettings(room.id);
  const own = ownSos.value;
  useDark(own?.sos?.silent === true);
  if (own === null) {
    return (
      <Page title={t('sos.over')} back={paths.neighbourhood(room.id)}>
        <p>{t('sos.overHint')}</p>
        <a class="button button--wide" href={paths.neighbourhood(room.id)}>
          {t('sos.toMap')}
        </a>
        <a class="button button--wide" href={paths.walk(room.id)}>
          {t('walk.title')}
        </a>
      </Page>
    );
  }
  const life = lifeOf(room.state.lives.value, own.id);
  return (
    <Page title={t('sos.runs')} back={paths.neighbourhood(room.id)}>
      <EmergencyCall />
      <p class="hint">{t('sos.since', { age: times().ago(own.reportedAt, now.value) })}</p>
      {own.sos?.startedBy === 'walk' && <p>{t('sos.byWalk')}</p>}
      <NobodyComes incident={own} life={life} numberShown />
      <WhoIsComing life={life} room={room} />
      <SharedWith settings={settings} room={room} />
      <EndForm incident={own} room={room} coded={settings?.hasCodes === true} />
    </Page>
  );
}
