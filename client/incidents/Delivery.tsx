import type { Reach } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';

/** What there is none of is left out. */
function reachText({ maps, phones }: Reach): string {
  const onMaps = t('delivery.maps', { count: maps });
  const onPhones = t('delivery.phones', { count: phones });
  if (phones === 0) return onMaps;
  return maps === 0 ? onPhones : t('delivery.on', { maps: onMaps, phones: onPhones });
}

/**
 * Where an alert is: on this device, with the server, on how many maps and phones. Its writer sees every stage,
 * the others how far it got. Never a promise that anybody saw it.
 */
export function Delivery({ sent, mine, reach }: { sent: boolean; mine: boolean; reach: Reach | null }) {
  const got = reach !== null && reach.maps + reach.phones > 0 ? reachText(reach) : null;
  if (!mine && got === null) return null;
  const stage = sent ? t('delivery.sent') : t('delivery.waiting');
  return (
    <div class="delivery" role="status">
      <p class="delivery__line">
        <Icon name={sent ? 'check' : 'clock'} size={20} />
        <span>{[stage, got].filter((part) => part !== null).join(' · ')}</span>
      </p>
      <p class="hint">{sent ? t('delivery.never') : t('delivery.waitingHint')}</p>
    </div>
  );
}
