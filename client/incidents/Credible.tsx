import { credibilityOf, widensAt, wordsOf } from '../../shared/credibility.ts';
import type { IncidentLife } from '../../shared/incident-life.ts';
import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { now } from '../state/browser.ts';
import { activeIn } from '../state/neighbourhood.ts';
import { Icon } from '../ui/icons.tsx';
import type { OpenRoom } from '../state/room.ts';
import { minutesUntil } from './progress.ts';

type About = { incident: Incident; life: IncidentLife; room: OpenRoom };

const credibilityIn = ({ incident, life, room }: About) =>
  credibilityOf(wordsOf(life.confirmations, activeIn(room.state)), now.value, incident.category);

/** What neighbours' words make of an incident; nothing where nobody has said any. */
export function Credible({ incident, life, room }: About) {
  const { state, confirms, disputes } = credibilityIn({ incident, life, room });
  const seen = confirms > 0 && t('credible.seen', { count: confirms });
  const notSo = disputes > 0 && t('credible.notSo', { count: disputes });
  const words = {
    confirmed: [t('credible.confirmed', { count: confirms }), notSo],
    disputed: [t('credible.disputed', { count: disputes }), seen],
    unconfirmed: [t('credible.unsure'), seen, notSo],
  };
  return (
    <p class={`credible credible--${state}`} role="status" hidden={confirms + disputes === 0}>
      <Icon name={state === 'confirmed' ? 'check' : 'question'} size={20} />
      <span>{words[state].filter((sentence) => sentence !== false).join(' ')}</span>
    </p>
  );
}

/** Who was told of an incident that waits for a second witness: the reporter learns why. */
export function ToldFirst({ incident, life, room, mine }: About & { mine: boolean }) {
  if (incident.audience === 'everyone' || incident.status === 'closed') return null;
  const { state } = credibilityIn({ incident, life, room });
  const minutes = minutesUntil(widensAt(incident), now.value);
  return (
    <p class="hint" role="status">
      {t(mine ? 'toldFirst.mine' : 'toldFirst.others')}
      {minutes !== null && state !== 'disputed' && ` ${t('toldFirst.soon', { count: minutes })}`}
    </p>
  );
}
