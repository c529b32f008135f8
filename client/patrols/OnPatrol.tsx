import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { clockMs, type Patrol, walkersOf } from '../../shared/patrols.ts';
import type { ComponentChildren } from 'preact';
import type { Incident } from '../../shared/incidents.ts';
import { t, times } from '../i18n/i18n.ts';
import { selectIncidents, noFilters } from '../incidents/filters.ts';
import { IncidentCard } from '../incidents/IncidentCard.tsx';
import { disputedIncidents, handledIncidents } from '../incidents/view.ts';
import { api } from '../runtime.ts';
import { Countdown } from '../sos/Countdown.tsx';
import { ownSos } from '../sos/own.ts';
import { clockAhead, now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Confirm } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { Page } from '../ui/Page.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { CheckInRing } from './CheckInRing.tsx';
import { NoteDialog } from './NoteDialog.tsx';
import { type Note, notesOf } from './notes.ts';
import { wayTo } from './nearby.ts';
import { OnDuty } from './OnDuty.tsx';
import { here, isSeen, othersOnDuty, telling } from './own.ts';
import { Asking, PartnerCode } from './Partners.tsx';

const mostShown = 5;

/** Who sees me: always readable, and true only once my own position has come back from the server. */
function Visible() {
  const state = telling.value;
  const off = Math.round(clockAhead.value / 60_000);
  const text =
    state === 'impossible'
      ? t('round.noPosition')
      : Math.abs(clockAhead.value) > clockMs
        ? t(off > 0 ? 'round.clockFast' : 'round.clockSlow', { count: Math.abs(off) })
        : isSeen.value
          ? t('round.visible', { count: othersOnDuty.value.size })
          : t(state === 'on' ? 'round.notSeen' : 'round.finding');
  return (
    <p class={`round-visible ${isSeen.value ? 'well' : 'round-unseen'}`} role="status">
      <Icon name="eye" />
      <span>{text}</span>
    </p>
  );
}

/** How old it is and, as the map shows it, how far away. */
function ageAndWay({ observedAt, position, sos }: Incident): string {
  const age = times().ago(observedAt, now.value);
  const mine = here.value;
  // Where somebody is who raised an SOS changes, and is told by its own page.
  return mine === null || sos !== null ? age : `${age} · ${wayTo(mine.position, position)}`;
}

function OpenIncidents({ room }: { room: OpenRoom }) {
  const all = selectIncidents(room.state.incidents.value.values(), noFilters, now.value, () => '');
  const open = all.filter(({ status }) => status === 'open').slice(0, mostShown);
  return (
    <section class="stack">
      <h2>{t('round.nearby')}</h2>
      {open.length === 0 && <p class="hint">{t('round.nothingOpen')}</p>}
      <ul class="rows">
        {open.map((incident) => (
          <li key={incident.id}>
            <a class="round-incident" href={paths.incident(room.id, incident.id)}>
              <IncidentCard
                incident={incident}
                handled={handledIncidents.value.has(incident.id)}
                disputed={disputedIncidents.value.has(incident.id)}
                age={ageAndWay(incident)}
              />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/**
 * The screen on the way, under the map of it or beside it: three big buttons, who is on duty, who sees me, what is open,
 * and the end.
 */
export function OnPatrol({
  patrol,
  room,
  children,
}: {
  patrol: Patrol;
  room: OpenRoom;
  children: ComponentChildren;
}) {
  const { route } = useLocation();
  const [noting, setNoting] = useState(false);
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const [calling, setCalling] = useState(false);
  const [ending, setEnding] = useState(false);
  useEffect(() => {
    void notesOf(patrol.id).then(setNotes);
  }, [patrol.id]);
  const end = useCommand(async (key: string) => {
    room.state.rounds.take([(await api.endPatrol(room.id, patrol.id, key)).patrol]);
  });
  const leave = useCommand(async (key: string) => {
    room.state.rounds.take([(await api.leavePatrol(room.id, patrol.id, key)).patrol]);
  });
  const me = room.state.me.value?.id;
  const partners = walkersOf(patrol).filter((id) => id !== me);
  const minutes = Math.max(0, Math.floor((now.value - (patrol.runningSince ?? patrol.startedAt)) / 60_000));
  const failure = end.failure ?? leave.failure;
  return (
    <Page
      title={t('round.on')}
      back={paths.neighbourhood(room.id)}
      foot={
        <div class="round-buttons">
          <button type="button" class="answer" onClick={() => setNoting(true)}>
            <Icon name="note" size={28} />
            <span>{t('round.note')}</span>
          </button>
          <a class="answer" href={paths.alert(room.id)}>
            <Icon name="bell" size={28} />
            <span>{t('round.alert')}</span>
          </a>
          {ownSos.value === null ? (
            <button type="button" class="answer round-help" onClick={() => setCalling(true)}>
              <span class="round-help__sos" aria-hidden="true">
                SOS
              </span>
              <span>{t('round.help')}</span>
            </button>
          ) : (
            <a class="answer round-help" href={paths.sos(room.id)}>
              <span>{t('sos.mine')}</span>
            </a>
          )}
        </div>
      }
    >
      {children}
      <Visible />
      <CheckInRing patrol={patrol} room={room} />
      <Asking patrol={patrol} room={room} />
      <p class="hint">
        {t('round.since', { minutes: String(minutes), time: times().clock(patrol.endsBy) })}
        {notes.length > 0 && ` · ${t('round.notes', { count: notes.length })}`}
        {patrol.visited > 0 && ` · ${t('round.visits', { count: patrol.visited })}`}
      </p>
      <OnDuty patrol={patrol} room={room} />
      <OpenIncidents room={room} />
      <details>
        <summary>{t('round.more')}</summary>
        <PartnerCode patrol={patrol} room={room} />
      </details>
      {failure && (
        <p class="failure" role="alert">
          {failure}
        </p>
      )}
      {partners.length > 1 && (
        <button type="button" class="button button--wide" disabled={leave.busy} onClick={() => leave.start()}>
          {t('round.leave')}
        </button>
      )}
      <button
        type="button"
        class="button button--fear button--wide"
        disabled={end.busy}
        onClick={() => setEnding(true)}
      >
        {t('round.end')}
      </button>
      {noting && (
        <NoteDialog patrolId={patrol.id} notes={notes} onNotes={setNotes} onClose={() => setNoting(false)} />
      )}
      {calling && (
        <Countdown room={room} onRaised={() => route(paths.sos(room.id))} onClose={() => setCalling(false)} />
      )}
      {ending && (
        <Confirm
          question={t('round.endAsk')}
          detail={t('round.endHint')}
          action={t('round.end')}
          onConfirm={() => end.start()}
          onClose={() => setEnding(false)}
        />
      )}
    </Page>
  );
}
