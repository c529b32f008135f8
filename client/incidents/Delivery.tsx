import { Fragment } from 'preact';
import type { Reach, Receipts } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';

/** What there is none of is left out. */
function reachText({ maps, phones }: Reach): string {
  const onMaps = t('delivery.maps', { count: maps });
  const onPhones = t('delivery.phones', { count: phones });
  if (phones === 0) return onMaps;
  return maps === 0 ? onPhones : t('delivery.on', { maps: onMaps, phones: onPhones });
}

/** "told 41 devices, 37 got it, 29 saw it": only what receipts say, and nothing of what there is none of. */
function receiptsText({ told, got, saw }: Receipts): string {
  return [
    t('reach.told', { count: told }),
    ...(got > 0 ? [t('reach.got', { count: got })] : []),
    ...(saw > 0 ? [t('reach.saw', { count: saw })] : []),
  ].join(', ');
}

/** How far the alert got, device by device, and what took it back. */
function ReceiptList({ reach }: { reach: Reach }) {
  const lines = (['alert', 'correction'] as const).filter((of) => reach[of].told > 0);
  if (lines.length === 0) return null;
  return (
    <dl class="receipts">
      {lines.map((of) => (
        <Fragment key={of}>
          <dt>{t(`reach.${of}`)}</dt>
          <dd>{receiptsText(reach[of])}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/**
 * Where an alert is: on this device, with the server, on how many maps and phones. Its writer sees every stage,
 * the others how far it got. Never a promise that anybody saw it.
 */
export function Delivery({ sent, mine, reach }: { sent: boolean; mine: boolean; reach: Reach | null }) {
  const got = reach !== null && reach.maps + reach.phones > 0 ? reachText(reach) : null;
  if (!mine && got === null) return null;
  const seen = reach !== null && reach.alert.saw > 0;
  const stage = sent ? t('delivery.sent') : t('delivery.waiting');
  return (
    <div class="delivery" role="status">
      <p class="delivery__line">
        <Icon name={sent ? 'check' : 'clock'} size={20} />
        <span>{[stage, got].filter((part) => part !== null).join(' · ')}</span>
      </p>
      {reach !== null && <ReceiptList reach={reach} />}
      <p class="hint">{sent ? t(seen ? 'reach.seen' : 'delivery.never') : t('delivery.waitingHint')}</p>
    </div>
  );
}
