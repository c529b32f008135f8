import { categories } from '../../shared/categories.ts';
import type { EmergencyService } from '../../shared/emergency.ts';
import type { Category } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';
import { Icon } from '../ui/icons.tsx';
import { numbersHere } from './emergency.ts';

const services: readonly EmergencyService[] = ['police', 'fire', 'ambulance'];

/**
 * The emergency number first, as a link that dials; the same on every screen that raises an alarm. With a category, it
 * is the number of the service that comes for it, and the general one stands beside.
 */
export function EmergencyCall({ category = null }: { category?: Category | null }) {
  const numbers = numbersHere();
  const service = category === null ? null : categories[category].service;
  const number = service === null ? numbers.general : numbers[service];
  const others: (EmergencyService | 'general')[] = (
    service === null ? services : (['general'] as const)
  ).filter((other) => numbers[other] !== number);
  return (
    <div class="emergencies">
      <a class="emergency" href={`tel:${number}`}>
        <Icon name="phone" size={28} />
        <span class="emergency__words">
          <strong>{t('alert.call', { number })}</strong>
          <span>
            {service !== null && `${t(`emergency.${service}`)}. `}
            {t('alert.callHint')}
          </span>
        </span>
      </a>
      {others.length > 0 && (
        <div class="emergencies__others">
          {others.map((other) => (
            <a
              key={other}
              class="button button--stacked"
              href={`tel:${numbers[other]}`}
              aria-label={t('emergency.number', {
                service: t(`emergency.${other}`),
                number: numbers[other],
              })}
            >
              <span class="button__hint">{t(`emergency.${other}`)}</span>
              {numbers[other]}
            </a>
          ))}
        </div>
      )}
    </div>
  );
}
