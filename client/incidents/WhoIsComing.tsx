import type { IncidentLife, Response } from '../../shared/incident-life.ts';
import type { Id } from '../../shared/text.ts';
import { t, times } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import type { OpenRoom } from '../state/room.ts';
import { minutesUntil, responders } from './progress.ts';

function memberName(room: OpenRoom, memberId: Id): string {
  return room.state.members.value.get(memberId)?.name ?? t('incident.formerMember');
}

function doing({ kind, etaAt }: Response): string {
  if (kind !== 'en-route') return t(`responds.${kind}`);
  if (etaAt === null) return t('responds.en-route');
  const count = minutesUntil(etaAt, now.value);
  return count === null ? t('responds.due') : t('responds.eta', { count });
}

/** Nobody has it in hand: who is being asked. That nobody came is said above everything else. */
function Unhandled({ life }: { life: IncidentLife }) {
  const { handling } = life;
  if (handling === null || handling.step === 'owned' || handling.step === 'exhausted')
    return responders(life).length === 0 ? <p class="hint">{t('handling.unanswered')}</p> : null;
  return <p>{t(`handling.${handling.step}`, { age: times().ago(handling.since, now.value) })}</p>;
}

/** Who does what about an incident at the moment, the owner first marked, with the minutes running down. */
export function WhoIsComing({ life, room }: { life: IncidentLife; room: OpenRoom }) {
  const answers = responders(life);
  const ownerId = life.handling?.ownerId ?? null;
  const silentOwner = ownerId !== null && !answers.some(({ memberId }) => memberId === ownerId);
  const me = room.state.me.value?.id;
  const name = (memberId: Id) => (memberId === me ? t('responds.me') : memberName(room, memberId));
  return (
    <section class="stack">
      <h2 class="panel__subtitle">{t('responds.title')}</h2>
      <Unhandled life={life} />
      {(answers.length > 0 || silentOwner) && (
        <ul class="responders">
          {silentOwner && (
            <li class="responder">
              <span class="responder__mark responder__mark--acknowledged" aria-hidden="true" />
              <span>
                <strong>{name(ownerId)}</strong>, {t('responds.handed')}
              </span>
              <span class="badge">{t('responds.owner')}</span>
            </li>
          )}
          {answers.map((answer) => (
            <li key={answer.memberId} class="responder">
              <span class={`responder__mark responder__mark--${answer.kind}`} aria-hidden="true" />
              <span>
                <strong>{name(answer.memberId)}</strong>, {doing(answer)}
              </span>
              {answer.memberId === ownerId && <span class="badge">{t('responds.owner')}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
