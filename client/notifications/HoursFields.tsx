import type { Hours } from '../../shared/preferences.ts';
import { t } from '../i18n/i18n.ts';
import { MomentField } from '../ui/Field.tsx';

const written = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The minute of the day; null where the field holds no time. */
function minuteOf(text: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)/u.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** A time on the clock, as the minute of the day. */
export function MinuteField(props: { label: string; value: number; onValue: (minute: number) => void }) {
  const { label, value, onValue } = props;
  return (
    <MomentField
      label={label}
      type="time"
      value={written(value)}
      onValue={(text) => {
        const minute = minuteOf(text);
        if (minute !== null) onValue(minute);
      }}
    />
  );
}

/** From when to when, by the clock on one's wall; across midnight too. */
export function HoursFields({ hours, onHours }: { hours: Hours; onHours: (hours: Hours) => void }) {
  const change = (next: Hours) => {
    // A day that ends as it begins would be no hours at all, or all of them.
    if (next.from !== next.to) onHours(next);
  };
  return (
    <div class="fields">
      <MinuteField label={t('area.from')} value={hours.from} onValue={(from) => change({ ...hours, from })} />
      <MinuteField label={t('area.to')} value={hours.to} onValue={(to) => change({ ...hours, to })} />
    </div>
  );
}

export const hoursText = ({ from, to }: Hours): string =>
  t('wishes.hours', { from: written(from), to: written(to) });
