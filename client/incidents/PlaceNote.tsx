import type { Incident } from '../../shared/incidents.ts';
import { t } from '../i18n/i18n.ts';

/** "120 m away", rounded as nobody knows better. */
export function awayText(metres: number): string {
  return metres < 1000
    ? t('place.metres', { count: Math.round(metres / 10) * 10 })
    : t('place.kilometres', { count: Math.round(metres / 100) / 10 });
}

/** That the place of a home is told as a square, and no more. */
export function PlaceNote({ incident }: { incident: Pick<Incident, 'coarse'> }) {
  if (!incident.coarse) return null;
  return (
    <p class="hint">
      ≈ {t('place.about')}. {t('place.aboutHint')}
    </p>
  );
}
