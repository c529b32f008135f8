import { useEffect, useRef, useState } from 'preact/hooks';
import { type IncidentLife, type Outcome, reopenMs } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { isNewResident, newcomerMs } from '../../shared/standing.ts';
import { t, times } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Icon } from '../ui/icons.tsx';
import { useCommand } from '../ui/use-command.ts';
import { CloseDialog } from './CloseDialog.tsx';
import { ReasonDialog } from './ReasonDialog.tsx';

type About = { incident: Incident; life: IncidentLife; room: OpenRoom };

/** Whether this device's member reported it: of an anonymous one only the server can tell, and tells nobody else. */
export const isReporter = (incident: Incident, room: OpenRoom): boolean =>
  room.state.own.value.has(incident.id) ||
  (incident.reportedBy !== null && incident.reportedBy === room.state.me.value?.id);

/** Whether the member coordinates or is on the scene, as far as this device knows: the server decides. */
function sees({ life, room }: About): boolean {
  const me = room.state.me.value;
  if (me === null) return false;
  return (
    me.role === 'coordinator' ||
    (!isNewResident(me, now.value) &&
      life.responses.some(({ memberId, kind }) => memberId === me.id && kind === 'on-scene'))
  );
}

export const mayClose = (about: About): boolean => {
  const me = about.room.state.me.value;
  if (me === null) return false;
  if (about.incident.sos)
    return (
      !isReporter(about.incident, about.room) &&
      !isNewResident(me, now.value) &&
      about.life.responses.some(({ memberId, kind }) => memberId === me.id && kind === 'on-scene')
    );
  const owns = about.life.handling?.ownerId === me.id && !isNewResident(me, now.value);
  return isReporter(about.incident, about.room) || owns || sees(about);
};

function endedBy({ by, kind, at }: Outcome, room: OpenRoom): string {
  const age = times().ago(at, now.value);
  if (kind === 'expired') return t('ended.byTime', { age });
  if (by === null) return t('ended.byReporter', { age });
  if (by === room.state.me.value?.id) return t('ended.byMe', { age });
  const name = room.state.members.value.get(by)?.name ?? t('incident.formerMember');
  return t('ended.by', { name, age });
}

function reasonOf({ kind, reason }: Outcome): string {
  if (reason !== '') return reason;
  return kind === 'duplicate' ? t('ended.duplicate') : t('ended.expired');
}

function ReopenDialog({ incident, room, onClose }: Omit<About, 'life'> & { onClose: () => void }) {
  const reopen = useCommand(async (key: string, reason: string) => {
    const told = await api.reopen(room.id, incident.id, { reason }, key);
    room.state.addToArchive([told.incident]);
    onClose();
  });
  return (
    <ReasonDialog
      title={t('reopen.title')}
      label={t('reopen.reason')}
      hint={t('reopen.hint')}
      action={t('reopen.do')}
      command={reopen}
      onReason={(reason) => reopen.start(reason)}
      onClose={onClose}
    />
  );
}

/** Takes the focus once the status changes and what had it went with the old one, so that nobody loses their place. */
function useFocusOnChange<Element extends HTMLElement>({ status }: Incident) {
  const element = useRef<Element>(null);
  const before = useRef(status);
  useEffect(() => {
    if (before.current === status) return;
    before.current = status;
    // Whoever reads further down stays there.
    if (document.activeElement === document.body) element.current?.focus({ preventScroll: true });
  }, [status]);
  return element;
}

/** First of all on a closed incident: how it ended, why, by whom and when. */
export function Ending({ incident, life, room }: About) {
  const [asking, setAsking] = useState(false);
  const end = useFocusOnChange<HTMLHeadingElement>(incident);
  const beginning = useFocusOnChange<HTMLParagraphElement>(incident);
  const { outcome, reopened } = incident;
  if (incident.status === 'open') {
    if (reopened === null) return null;
    const age = times().ago(reopened.at, now.value);
    return (
      <p ref={beginning} class="well" tabIndex={-1}>
        {t('reopen.note', { age, reason: reopened.reason })}
      </p>
    );
  }
  if (outcome === null) return null;
  const recent = now.value - outcome.at < reopenMs;
  const mayReopen = recent && !incident.sos && (isReporter(incident, room) || sees({ incident, life, room }));
  return (
    <section class="ending" aria-labelledby="ending-title">
      <h2 ref={end} id="ending-title" class="ending__how" tabIndex={-1}>
        <Icon name="check" />
        {t(`outcome.${outcome.kind}`)}
      </h2>
      <p class="words">{reasonOf(outcome)}</p>
      <p class="hint">
        <time dateTime={new Date(outcome.at).toISOString()} title={times().exact(outcome.at)}>
          {endedBy(outcome, room)}
        </time>
      </p>
      {mayReopen && (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          {t('reopen.do')}
        </button>
      )}
      {asking && <ReopenDialog incident={incident} room={room} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** Why somebody who is there, or has it in hand, is not offered to end it: an account of today must silence nothing. */
function TooNew({ incident, life, room }: About) {
  const me = room.state.me.value;
  if (me === null || !isNewResident(me, now.value) || isReporter(incident, room)) return null;
  const takesPart =
    life.handling?.ownerId === me.id ||
    life.responses.some(({ memberId, kind }) => memberId === me.id && kind === 'on-scene');
  if (!takesPart) return null;
  return (
    <p class="hint">{t('ending.tooNew', { when: times().since(me.joinedAt + newcomerMs, now.value) })}</p>
  );
}

/** The way to end it, for whoever may: the reporter gives the all-clear. */
export function CloseButton({ incident, life, room }: About) {
  const [asking, setAsking] = useState(false);
  if (incident.status === 'closed') return null;
  if (!mayClose({ incident, life, room })) return <TooNew incident={incident} life={life} room={room} />;
  return (
    <>
      <button type="button" class="button button--wide" onClick={() => setAsking(true)}>
        <Icon name="check" size={20} />
        {t(isReporter(incident, room) ? 'ending.allClear' : 'ending.close')}
      </button>
      {asking && <CloseDialog incident={incident} room={room} onClose={() => setAsking(false)} />}
    </>
  );
}
