import { useState } from 'preact/hooks';
import { staleAt } from '../../shared/freshness.ts';
import type { IncidentLife } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CloseDialog } from './CloseDialog.tsx';
import { isReporter, mayClose } from './Ending.tsx';
import { IncidentCard } from './IncidentCard.tsx';

/** Of an SOS the others say so. */
const maySayStillSo = (incident: Incident, room: OpenRoom): boolean =>
  incident.sos === null || !isReporter(incident, room);

/** "Still so?" Whoever has it open may know; without an answer it closes by itself, which is said. */
export function StillSo({
  incident,
  life,
  room,
}: {
  incident: Incident;
  life: IncidentLife;
  room: OpenRoom;
}) {
  const [ending, setEnding] = useState(false);
  const yes = useCommand(async (key: string) => {
    const told = await api.sayStillSo(room.id, incident.id, key);
    room.state.addToArchive([told.incident]);
  });
  const endsAt = staleAt(incident);
  if (incident.askedAt === null || endsAt === null) return null;
  return (
    <section class="still-so" aria-labelledby="still-so-title">
      <h2 id="still-so-title" class="panel__subtitle">
        {t('fresh.ask')}
      </h2>
      <p class="hint">{t('fresh.hint', { when: times().since(endsAt, now.value) })}</p>
      <div class="buttons">
        {maySayStillSo(incident, room) && (
          <button
            type="button"
            class="button button--primary"
            disabled={yes.busy}
            onClick={() => yes.start()}
          >
            {t('fresh.yes')}
          </button>
        )}
        {mayClose({ incident, life, room }) && (
          <button type="button" class="button" onClick={() => setEnding(true)}>
            {t('fresh.over')}
          </button>
        )}
      </div>
      {yes.failure && (
        <p class="failure" role="alert">
          {yes.failure}
        </p>
      )}
      {ending && <CloseDialog incident={incident} room={room} onClose={() => setEnding(false)} />}
    </section>
  );
}

/** What the reporter and the owner are asked about, also when they have something else on the screen. */
export function AskedOfMe({ room }: { room: OpenRoom }) {
  const me = room.state.me.value?.id;
  const { incidents, lives } = room.state;
  const asked = [...incidents.value.values()].filter(
    (incident) =>
      incident.status === 'open' &&
      incident.askedAt !== null &&
      maySayStillSo(incident, room) &&
      (isReporter(incident, room) || lives.value.get(incident.id)?.handling?.ownerId === me),
  );
  if (me === undefined || asked.length === 0) return null;
  return (
    <section class="still-so" aria-labelledby="asked-title">
      <h2 id="asked-title" class="panel__subtitle">
        {t('fresh.list')}
      </h2>
      <ul class="candidates__list">
        {asked.map((incident) => (
          <li key={incident.id}>
            <a class="list__item" href={paths.incident(room.id, incident.id)}>
              <IncidentCard incident={incident} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
