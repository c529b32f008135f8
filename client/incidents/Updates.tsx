import { useState } from 'preact/hooks';
import { talkMs, type Update } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { FlagUpdate } from './FlagDialog.tsx';
import { UpdateReview } from './ReviewState.tsx';
import { UpdateComposer } from './UpdateComposer.tsx';

function Line({ update, incident, room }: { update: Update; incident: Incident; room: OpenRoom }) {
  const me = room.state.me.value?.id;
  const nameOf = (id: string) => room.state.members.value.get(id)?.name ?? t('incident.formerMember');
  const writer =
    update.by === null ? t('updates.nobody') : update.by === me ? t('responds.me') : nameOf(update.by);
  const others = update.mentions.filter((id) => id !== me);
  return (
    <li class="update">
      <p class="hint">
        {t('updates.by', { name: writer, age: times().ago(update.at, now.value) })}{' '}
        {me !== undefined && update.mentions.includes(me) && <span class="badge">{t('updates.toMe')}</span>}
      </p>
      {!update.hidden && <p class="words">{update.text}</p>}
      {others.length > 0 && <p class="hint">{t('updates.to', { names: others.map(nameOf).join(', ') })}</p>}
      <UpdateReview update={update} incident={incident} room={room} />
      <FlagUpdate update={update} name={writer} incident={incident} room={room} />
    </li>
  );
}

/** What neighbours see, told with the alarm; what they say of it, apart and closed; and a place to add to either. */
export function Updates({ incident, room }: { incident: Incident; room: OpenRoom }) {
  const [talking, setTalking] = useState(false);
  const all = room.state.updates.value.get(incident.id) ?? [];
  const seen = all.filter(({ kind }) => kind === 'observation');
  const said = all.filter(({ kind }) => kind === 'comment');
  const closedAt = incident.outcome?.at ?? incident.reportedAt;
  const open = incident.status === 'open' || now.value <= closedAt + talkMs;
  return (
    <section class="stack">
      <h2 class="panel__subtitle">{t('updates.title')}</h2>
      <div role="log" aria-label={t('updates.title')}>
        {seen.length === 0 ? (
          <p class="hint">{t('updates.none')}</p>
        ) : (
          <ol class="updates">
            {seen.map((update) => (
              <Line key={update.id} update={update} incident={incident} room={room} />
            ))}
          </ol>
        )}
      </div>
      <details class="talk" open={talking} onToggle={(event) => setTalking(event.currentTarget.open)}>
        <summary>{t('updates.talk', { count: said.length })}</summary>
        {said.length === 0 ? (
          <p class="hint">{t('updates.talkNone')}</p>
        ) : (
          <ol class="updates">
            {said.map((update) => (
              <Line key={update.id} update={update} incident={incident} room={room} />
            ))}
          </ol>
        )}
      </details>
      {open && (
        <UpdateComposer
          key={incident.id}
          incident={incident}
          room={room}
          onPosted={(kind) => {
            if (kind === 'comment') setTalking(true);
          }}
        />
      )}
    </section>
  );
}
