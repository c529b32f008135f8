import type { Reach } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';

/** Where an alert is: on this phone, with the server, on how many maps and phones. Never a promise that anybody saw it. */
export function Delivery({ sent, reach }: { sent: boolean; reach: Reach | null }) {
  const got = reach !== null && reach.maps + reach.phones > 0;
  return (
    <div class="delivery" role="status">
      <p class="delivery__line">
        <Icon name={sent ? 'check' : 'clock'} size={20} />
        <span>
          {!sent && t('delivery.waiting')}
          {sent && t('delivery.sent')}
          {got && (
            <>
              {' · '}
              {t('delivery.on', {
                maps: t('delivery.maps', { count: reach.maps }),
                phones: t('delivery.phones', { count: reach.phones }),
              })}
            </>
          )}
        </span>
      </p>
      <p class="hint">{sent ? t('delivery.never') : t('delivery.waitingHint')}</p>
    </div>
  );
}
