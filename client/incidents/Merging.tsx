import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { mergeTargets, type Nearby } from '../../shared/duplicates.ts';
import type { Incident } from '../../shared/incidents.ts';
import { isNewResident } from '../../shared/standing.ts';
import { t } from '../i18n/i18n.ts';
import { api } from '../runtime.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { paths } from '../ui/routes.ts';
import { useCommand } from '../ui/use-command.ts';
import { Candidate } from './Duplicates.tsx';
import { isReporter } from './Ending.tsx';
import { IncidentCard } from './IncidentCard.tsx';

const mostShown = 8;

/** Whether this member may say that it is a duplicate, as far as their device knows: the server decides. */
function mayMerge(incident: Incident, room: OpenRoom): boolean {
  const me = room.state.me.value;
  if (!me) return false;
  const ownerId = room.state.lives.value.get(incident.id)?.handling?.ownerId;
  const hasIt = ownerId === me.id && !isNewResident(me, now.value);
  return isReporter(incident, room) || hasIt || me.role !== 'resident';
}

/** The open ones nearby that this member may merge this one into. */
function targetsOf(incident: Incident, room: OpenRoom): Nearby[] {
  if (incident.status !== 'open' || !mayMerge(incident, room)) return [];
  return mergeTargets(room.state.incidents.value.values(), incident);
}

/** "This is the same as…": a choice among what is open nearby; this one closes and leads there. */
export function MergeButton({ room, incident }: { room: OpenRoom; incident: Incident }) {
  const { route } = useLocation();
  const [step, setStep] = useState<'closed' | 'choose' | Nearby>('closed');
  const merge = useCommand(async (key, into: string) => {
    await api.merge(room.id, incident.id, { into }, key);
    setStep('closed');
    route(paths.incident(room.id, into));
  });
  const close = () => {
    setStep('closed');
    merge.clear();
  };
  const targets = targetsOf(incident, room);
  if (targets.length === 0 && step === 'closed') return null;
  return (
    <>
      <button type="button" class="button" onClick={() => setStep('choose')}>
        <Icon name="link" size={20} />
        {t('duplicate.merge')}
      </button>
      {step === 'choose' && (
        <Dialog title={t('duplicate.mergeTitle')} onClose={close}>
          <p class="hint">{t('duplicate.mergeHint')}</p>
          <ul class="candidates__list">
            {targets.slice(0, mostShown).map((nearby) => (
              <li key={nearby.incident.id}>
                <button type="button" class="candidates__choice" onClick={() => setStep(nearby)}>
                  <Candidate room={room} nearby={nearby} />
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
      {typeof step === 'object' && (
        <Dialog title={t('duplicate.mergeAsk')} onClose={close}>
          <Candidate room={room} nearby={step} />
          <p class="hint">{t('duplicate.mergeHint')}</p>
          {merge.failure && (
            <p class="failure" role="alert">
              {merge.failure}
            </p>
          )}
          <div class="buttons">
            <button type="button" class="button" onClick={() => setStep('choose')}>
              {t('app.back')}
            </button>
            <button
              type="button"
              class="button button--primary"
              disabled={merge.busy}
              onClick={() => merge.start(step.incident.id)}
            >
              {t('duplicate.mergeDo')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Where a duplicate leads: first of all on its panel, since what is known is said there. */
export function DuplicateOf({ room, incident }: { room: OpenRoom; incident: Incident }) {
  const otherId = incident.outcome?.duplicateOf;
  if (!otherId) return null;
  const other = room.state.incidents.value.get(otherId);
  return (
    <section class="candidates">
      <p>{t(other ? 'duplicate.of' : 'duplicate.ofUnknown')}</p>
      <a class="list__item" href={paths.incident(room.id, otherId)}>
        {other ? <IncidentCard incident={other} /> : t('duplicate.open')}
      </a>
    </section>
  );
}

/** What was merged into this one: from the incidents themselves, so that it is there on every device and at once. */
export function AlsoReported({ room, incident }: { room: OpenRoom; incident: Incident }) {
  const others = [...room.state.incidents.value.values()].filter(
    ({ outcome }) => outcome?.duplicateOf === incident.id,
  );
  if (others.length === 0) return null;
  return (
    <section class="candidates">
      <h2>{t('duplicate.also')}</h2>
      <ul class="candidates__list">
        {others.map((other) => (
          <li key={other.id}>
            <a class="list__item" href={paths.incident(room.id, other.id)}>
              <IncidentCard incident={other} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
